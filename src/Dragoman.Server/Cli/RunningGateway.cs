using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Relay;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Cli;

/// <summary>Asks the gateway that may be running with this configuration: it alone knows what cools down now.</summary>
internal static class RunningGateway
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The running gateway's explanation as JSON; null when none runs.</summary>
    public static async Task<string?> ExplainAsync(GatewayConfig config, string model, CancellationToken cancellationToken)
    {
        var listener = config.Listeners[0];
        if (!listener.IsLoopback || config.Tls.Enable) return null;
        using var http = new UpstreamHttp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.Host}:{listener.Port}/api/v1/explain?model={Uri.EscapeDataString(model)}");
            using var response = await http.SendAsync(Self, request, limit.Token);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(limit.Token) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private static Account Self { get; } = new()
    {
        Id = "self",
        Label = "self",
        Provider = "openai",
        Language = Language.OpenAiChat,
        BaseUrl = "",
        Credential = new NoCredential(),
        ProxyUrl = "direct",
    };
}

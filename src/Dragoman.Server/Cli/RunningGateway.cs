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
        if (config.Tls.Enable || listener.Port == 0) return null;
        using var http = new UpstreamHttp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{HostOf(listener)}:{listener.Port}/api/v1/explain?model={Uri.EscapeDataString(model)}");
            using var response = await http.SendAsync(Self, request, limit.Token);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "application/json") return null;
            var plan = await response.Content.ReadAsStringAsync(limit.Token);
            // Something else may listen there.
            return plan.StartsWith("{\"model\":", StringComparison.Ordinal) ? plan : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Where this machine reaches a listener: the management routes answer loopback only.</summary>
    private static string HostOf(ListenerOptions listener)
        => listener.IsLoopback ? listener.Host.Contains(':', StringComparison.Ordinal) ? $"[{listener.Host.Trim('[', ']')}]" : listener.Host : "127.0.0.1";

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

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols.Json;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// Requests to the Codex backend of ChatGPT (wire notes codex-and-antigravity §B.1, §B.2). The gateway names itself in <c>originator</c> and <c>User-Agent</c>; <c>version</c> says whose requests
/// it can make, because the backend keeps newer models from older versions. It has no endpoint that counts tokens.
/// </summary>
internal sealed class ChatGptRequests : IRequestBuilder
{
    private static readonly JsonRequests Json = new(PathOf);

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (Json.Build(call) is not { } built) return null;
        var headers = built.Message.Headers;
        // A client of the same protocol names itself; that is no disguise of ours.
        Add("originator", call.Account.Options.GetValueOrDefault(ChatGptAccountSchema.Originator));
        Add("version", call.Account.Options.GetValueOrDefault(ChatGptAccountSchema.ClientVersion));
        if (call.Operation != UpstreamOperation.Generate) return built;
        headers.TryAddWithoutValidation("Accept", "text/event-stream");
        // The backend keeps the turns of a session near their cache; older clients spell it otherwise.
        if (!headers.Contains("session-id") && !headers.Contains("session_id")) Add("session-id", SessionOf(call.Body.Span));
        return built;

        void Add(string name, string? value)
        {
            if (value is { Length: > 0 } && !headers.Contains(name)) headers.TryAddWithoutValidation(name, value);
        }
    }

    private static string? PathOf(UpstreamCall call) => call.Operation switch
    {
        UpstreamOperation.Generate => "/responses",
        UpstreamOperation.ListModels => $"/models?client_version={Uri.EscapeDataString(call.Account.Options.GetValueOrDefault(ChatGptAccountSchema.ClientVersion) ?? ChatGptSettings.DefaultClientVersion)}",
        _ => null,
    };

    private static string? SessionOf(ReadOnlySpan<byte> body)
    {
        var key = TopLevelJsonScanner.TextOf(body, "prompt_cache_key"u8);
        return key.Length is > 0 and <= 128 && System.Text.Encoding.UTF8.GetString(key) is var text && HeaderSafe.Check(text) ? text : null;
    }
}

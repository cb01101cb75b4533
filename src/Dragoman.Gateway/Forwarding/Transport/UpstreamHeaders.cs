using System.Collections.Frozen;
using System.Net.Http.Headers;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>Which headers of an upstream's answer are the client's to see: ids and limits, never cookies or the upstream's inner workings.</summary>
internal static class UpstreamHeaders
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "request-id", "x-request-id", "x-amzn-requestid", "openai-processing-ms", "openai-version", "openai-model", "openai-organization",
        "anthropic-organization-id", "x-should-retry", "retry-after-ms", "x-models-etag", "x-codex-turn-state");

    /// <summary>What never travels on, even when all shall: of this connection, of the body as it was, or said anew by the gateway.</summary>
    private static readonly FrozenSet<string> NeverNames = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "set-cookie", "set-cookie2", "server", "date", "alt-svc", "via", "strict-transport-security", "retry-after", "vary", "nel", "report-to");

    private static readonly string[] NeverPrefixes = ["access-control-", "x-dragoman-", "cf-", "x-litellm-", "helicone-", "x-portkey-", "x-kong-", "x-bt-"];

    /// <summary>The chosen headers; with <paramref name="all"/> (<c>passthrough-headers</c>) all that do no harm.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Select(HttpResponseHeaders headers, bool all)
    {
        List<KeyValuePair<string, string>>? chosen = null;
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!IsChosen(name) && !(all && IsHarmless(name))) continue;
            foreach (var value in values) (chosen ??= []).Add(new(name, HeaderText.Clean(value)));
        }

        return chosen ?? (IReadOnlyList<KeyValuePair<string, string>>)[];
    }

    public static string? RequestId(HttpResponseHeaders headers)
    {
        foreach (var name in (ReadOnlySpan<string>)["request-id", "x-request-id", "x-amzn-requestid"])
        {
            if (headers.NonValidated.TryGetValues(name, out var values)) return HeaderText.Clean(values.ToString());
        }

        return null;
    }

    private static bool IsChosen(string name)
        => name.Length > 0 && (name[0] | 0x20) is 'x' or 'a' or 'o' or 'r'
            && (name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("anthropic-ratelimit-", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("x-codex-", StringComparison.OrdinalIgnoreCase)
                || Names.Contains(name));

    private static bool IsHarmless(string name)
        => !NeverNames.Contains(name)
            && !Array.Exists(NeverPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}

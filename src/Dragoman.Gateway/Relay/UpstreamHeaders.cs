using System.Net.Http.Headers;

namespace Dragoman.Gateway.Relay;

/// <summary>Which headers of an upstream's answer are the client's to see: ids and limits, never cookies or the upstream's inner workings.</summary>
internal static class UpstreamHeaders
{
    private static readonly string[] Names =
    [
        "request-id", "x-request-id", "x-amzn-requestid", "openai-processing-ms", "openai-version", "openai-model", "openai-organization",
        "anthropic-organization-id", "x-should-retry", "retry-after-ms", "x-models-etag", "x-codex-turn-state",
    ];

    public static IReadOnlyList<KeyValuePair<string, string>> Select(HttpResponseHeaders headers)
    {
        List<KeyValuePair<string, string>>? chosen = null;
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!IsChosen(name)) continue;
            foreach (var value in values) (chosen ??= []).Add(new(name, value));
        }

        return chosen ?? (IReadOnlyList<KeyValuePair<string, string>>)[];
    }

    public static string? RequestId(HttpResponseHeaders headers)
    {
        foreach (var name in (ReadOnlySpan<string>)["request-id", "x-request-id", "x-amzn-requestid"])
        {
            if (headers.NonValidated.TryGetValues(name, out var values)) return values.ToString();
        }

        return null;
    }

    private static bool IsChosen(string name)
        => name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("anthropic-ratelimit-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("x-codex-", StringComparison.OrdinalIgnoreCase)
            || Names.Contains(name, StringComparer.OrdinalIgnoreCase);
}

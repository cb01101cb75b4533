using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>The headers that tell a client how it stands with its rates, in the spelling its SDK knows.</summary>
internal static class LimitHeaders
{
    public static IReadOnlyList<KeyValuePair<string, string>> Create(ProtocolTraits client, in KeyRates rates, DateTimeOffset now)
    {
        if (rates.RequestLimit is null && rates.TokenLimit is null) return [];
        var headers = new List<KeyValuePair<string, string>>(6);
        if (rates.RequestLimit is { } requests) client.AddRateLimitHeaders(headers, new("requests", requests, Math.Max(0, requests - rates.RequestsTaken), rates.RequestsReset), now);
        if (rates.TokenLimit is { } tokens) client.AddRateLimitHeaders(headers, new("tokens", tokens, Math.Max(0, tokens - rates.TokensTaken), rates.TokensReset), now);
        return headers;
    }
}

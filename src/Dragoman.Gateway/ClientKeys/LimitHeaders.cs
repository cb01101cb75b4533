using System.Globalization;
using Dragoman.Protocols;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>The headers that tell a client how it stands with its rates, in the spelling its SDK knows.</summary>
internal static class LimitHeaders
{
    /// <summary>SDKs of OpenAI and Anthropic try no more on this word: waiting a minute or two would not help.</summary>
    public static readonly KeyValuePair<string, string> DoNotRetry = new("x-should-retry", "false");

    public static IReadOnlyList<KeyValuePair<string, string>> Of(Protocol language, in KeyRates rates, DateTimeOffset now)
    {
        if (rates.RequestLimit is null && rates.TokenLimit is null) return [];
        var headers = new List<KeyValuePair<string, string>>(6);
        var anthropic = language == Protocol.AnthropicMessages;
        if (rates.RequestLimit is { } requests) Add(headers, anthropic, "requests", requests, rates.RequestsTaken, rates.RequestsReset, now);
        if (rates.TokenLimit is { } tokens) Add(headers, anthropic, "tokens", tokens, rates.TokensTaken, rates.TokensReset, now);
        return headers;
    }

    private static void Add(List<KeyValuePair<string, string>> headers, bool anthropic, string what, long limit, long taken, TimeSpan reset, DateTimeOffset now)
    {
        var most = limit.ToString(CultureInfo.InvariantCulture);
        var left = Math.Max(0, limit - taken).ToString(CultureInfo.InvariantCulture);
        if (anthropic)
        {
            headers.Add(new($"anthropic-ratelimit-{what}-limit", most));
            headers.Add(new($"anthropic-ratelimit-{what}-remaining", left));
            headers.Add(new($"anthropic-ratelimit-{what}-reset", Ceiling(now + reset).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        }
        else
        {
            headers.Add(new($"x-ratelimit-limit-{what}", most));
            headers.Add(new($"x-ratelimit-remaining-{what}", left));
            headers.Add(new($"x-ratelimit-reset-{what}", Spell(reset)));
        }
    }

    private static DateTimeOffset Ceiling(DateTimeOffset time)
        => new((time.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    /// <summary>A duration as OpenAI spells it: <c>250ms</c>, <c>12s</c>, <c>1m0s</c>.</summary>
    private static string Spell(TimeSpan time)
    {
        var milliseconds = (long)Math.Ceiling(time.TotalMilliseconds);
        if (milliseconds < 1_000) return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        var seconds = (milliseconds + 999) / 1_000;
        return seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds}s") : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s");
    }
}

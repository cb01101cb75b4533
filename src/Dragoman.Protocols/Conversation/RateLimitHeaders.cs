using System.Globalization;

namespace Dragoman.Protocols.Conversation;

/// <summary>The headers of a rate limit as OpenAI spells them (<c>x-ratelimit-limit-requests</c>), which most compatible servers do too.</summary>
internal static class RateLimitHeaders
{
    /// <summary>Adds the headers of one limit.</summary>
    public static void Add(ICollection<KeyValuePair<string, string>> headers, in RateLimitState state)
    {
        headers.Add(new($"x-ratelimit-limit-{state.Unit}", state.Limit.ToString(CultureInfo.InvariantCulture)));
        headers.Add(new($"x-ratelimit-remaining-{state.Unit}", state.Remaining.ToString(CultureInfo.InvariantCulture)));
        headers.Add(new($"x-ratelimit-reset-{state.Unit}", Spell(state.Reset)));
    }

    /// <summary>A duration as OpenAI spells it: <c>250ms</c>, <c>12s</c>, <c>1m0s</c>.</summary>
    private static string Spell(TimeSpan time)
    {
        var milliseconds = (long)Math.Ceiling(time.TotalMilliseconds);
        if (milliseconds < 1_000) return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        var seconds = (milliseconds + 999) / 1_000;
        return seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds}s") : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s");
    }
}

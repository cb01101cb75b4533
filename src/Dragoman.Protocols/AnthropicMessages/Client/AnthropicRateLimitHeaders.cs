using System.Globalization;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>The headers of a rate limit as Anthropic spells them (<c>anthropic-ratelimit-requests-limit</c>; the reset is a moment in RFC 3339).</summary>
internal static class AnthropicRateLimitHeaders
{
    /// <summary>Adds the headers of one limit.</summary>
    public static void Add(ICollection<KeyValuePair<string, string>> headers, in RateLimitState state, DateTimeOffset now)
    {
        headers.Add(new($"anthropic-ratelimit-{state.Unit}-limit", state.Limit.ToString(CultureInfo.InvariantCulture)));
        headers.Add(new($"anthropic-ratelimit-{state.Unit}-remaining", state.Remaining.ToString(CultureInfo.InvariantCulture)));
        headers.Add(new($"anthropic-ratelimit-{state.Unit}-reset", Ceiling(now + state.Reset).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
    }

    private static DateTimeOffset Ceiling(DateTimeOffset time)
        => new((time.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}

using System.Globalization;
using System.Net.Http.Headers;

namespace Dragoman.Providers.Abstractions;

/// <summary>Reads from headers how long the upstream wants to be left alone.</summary>
public static class RetryHints
{
    /// <summary>The wait, or null where no header says it. Never negative; not capped.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (First(headers, "retry-after-ms") is { } text && double.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return Positive(TimeSpan.FromMilliseconds(Math.Min(milliseconds, 1e11)));
        }

        if (First(headers, "retry-after") is { } after)
        {
            if (double.TryParse(after, CultureInfo.InvariantCulture, out var seconds)) return Positive(TimeSpan.FromSeconds(Math.Min(seconds, 1e8)));
            if (DateTimeOffset.TryParse(after, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) return Positive(date - now);
        }

        return UnifiedReset(headers, now);
    }

    /// <summary>Anthropic's subscription windows: the latest reset of a window that rejects (epoch seconds).</summary>
    private static TimeSpan? UnifiedReset(HttpResponseHeaders headers, DateTimeOffset now)
    {
        TimeSpan? latest = null;
        foreach (var window in (ReadOnlySpan<string>)["", "-5h", "-7d"])
        {
            if (First(headers, $"anthropic-ratelimit-unified{window}-status") is not "rejected") continue;
            if (!long.TryParse(First(headers, $"anthropic-ratelimit-unified{window}-reset"), CultureInfo.InvariantCulture, out var epoch)) continue;
            var wait = Positive(DateTimeOffset.FromUnixTimeSeconds(epoch) - now);
            if (latest is null || wait > latest) latest = wait;
        }

        return latest;
    }

    private static string? First(HttpResponseHeaders headers, string name)
        => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static TimeSpan Positive(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;
}

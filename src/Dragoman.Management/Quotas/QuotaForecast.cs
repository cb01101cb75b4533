using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Quotas;

/// <summary>How a window ends if it is used on as it was since it began.</summary>
/// <param name="ExhaustedAt">When it is used up; absent where it resets before.</param>
/// <param name="UsedAtReset">The share used at the reset, 1 for all of it and more than 1 where it would not suffice; absent where the window's length is not known.</param>
public sealed record QuotaForecastView(DateTimeOffset? ExhaustedAt, double? UsedAtReset)
{
    /// <summary>Below this share of a window a pace says nothing.</summary>
    private const double LeastElapsed = 0.02;

    private const double Most = 100;

    /// <summary>The forecast of a window; null where too little is known.</summary>
    /// <param name="window">The window.</param>
    /// <param name="used">The share of it that is used.</param>
    /// <param name="length">Its length.</param>
    /// <param name="byTrend">When it is used up at the pace of the last half hour, for windows whose length is not known.</param>
    /// <param name="now">The time.</param>
    internal static QuotaForecastView? Of(QuotaWindow window, double? used, TimeSpan? length, DateTimeOffset? byTrend, DateTimeOffset now)
    {
        if (used is not { } share || share >= 1 || window.ResetsAt is not { } reset || reset <= now || length is not { } whole) return byTrend is null ? null : new QuotaForecastView(byTrend, null);
        var seen = window.SeenAt ?? now;
        var elapsed = whole - (reset - seen);
        if (elapsed < whole * LeastElapsed) return byTrend is null ? null : new QuotaForecastView(byTrend, null);
        var atReset = Math.Min(share * (whole / elapsed), Most);
        if (atReset < 1) return new QuotaForecastView(null, Math.Round(atReset, 4));
        var end = seen.AddSeconds(Math.Round((1 - share) / share * elapsed.TotalSeconds));
        return new QuotaForecastView(end < now ? now : end, Math.Round(atReset, 4));
    }
}

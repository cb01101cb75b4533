using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Accounts;

/// <summary>What follows from the quota windows of a target.</summary>
internal static class QuotaWindows
{
    /// <summary>How long a window counts that says nothing of its reset and is not mentioned any more.</summary>
    private static readonly TimeSpan KeptWithoutReset = TimeSpan.FromHours(1);

    /// <summary>The windows that are known after some were stated: those, and of the others the ones that are not over. Headers and a vendor's usage page name different windows.</summary>
    public static IReadOnlyList<QuotaWindow> Merge(IReadOnlyList<QuotaWindow> before, IReadOnlyList<QuotaWindow> stated, DateTimeOffset now)
    {
        var all = new List<QuotaWindow>(stated.Count);
        foreach (var window in stated) all.Add(window.SeenAt is null ? window with { SeenAt = now } : window);
        foreach (var window in before)
            if (!IsOver(window, now) && !all.Exists(other => other.Name == window.Name)) all.Add(window);
        return all;
    }

    /// <summary>Whether a window says nothing any more.</summary>
    public static bool IsOver(QuotaWindow window, DateTimeOffset now) => window.ResetsAt is { } reset ? reset <= now : !(now - window.SeenAt < KeptWithoutReset);

    /// <summary>What is left of a window, 0 to 1; null where it does not say.</summary>
    public static double? LeftOf(QuotaWindow window, DateTimeOffset now)
    {
        if (window.ResetsAt <= now) return 1;
        if (window.UsedFraction is { } used) return Math.Clamp(1 - used, 0, 1);
        return window is { Limit: > 0 and var limit, Remaining: { } remaining } ? Math.Clamp((double)remaining / limit, 0, 1) : null;
    }
}

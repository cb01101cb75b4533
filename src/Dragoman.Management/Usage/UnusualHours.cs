using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Usage;

/// <summary>
/// Which hours cost or failed far more than the same hours of the days before. An hour is compared with the same hour of each of the 14 days before it, as far as the gateway was in use by then; five of them are
/// needed. It is unusual where it lies above their median by more than twice the median, by more than six times their spread (the median of the distances from the median), and by more than what is worth a word: a
/// dollar, or ten failures which are a tenth of the hour's requests.
/// </summary>
internal static class UnusualHours
{
    /// <summary>How far back hours are compared.</summary>
    public const int Days = 14;

    private const int FewestDays = 5;
    private const decimal LeastSpend = 1;
    private const long LeastFailures = 10;
    private const int LeastShare = 10;

    /// <summary>The unusual hours, newest first.</summary>
    /// <param name="hours">The sums of hours, from the days before on; hours without requests may be missing.</param>
    /// <param name="from">The first hour that is looked at.</param>
    /// <param name="most">How many are told at most.</param>
    public static IReadOnlyList<UnusualHourView> Find(IReadOnlyList<UsageRow> hours, DateTimeOffset from, int most)
    {
        var known = hours.Where(static row => row.At is not null).ToDictionary(static row => row.At!.Value.ToUniversalTime());
        if (known.Count == 0) return [];
        var first = known.Keys.Min();
        var found = new List<UnusualHourView>();
        foreach (var (at, row) in known.Where(pair => pair.Key >= from).OrderByDescending(static pair => pair.Key))
        {
            // Where nobody asked, nothing was spent; before the first request nothing is known.
            var before = Enumerable.Range(1, Days).Select(day => at.AddDays(-day)).Where(hour => hour >= first).Select(hour => known.GetValueOrDefault(hour)).ToList();
            if (before.Count < FewestDays) continue;
            if (Excess(row.Cost ?? 0, [.. before.Select(static hour => hour?.Cost ?? 0)], LeastSpend) is { } spend) found.Add(View("spend", row.Cost ?? 0, spend));
            if (row.Errors * LeastShare >= row.Requests && Excess(row.Errors, [.. before.Select(static hour => (decimal)(hour?.Errors ?? 0))], LeastFailures) is { } failures) found.Add(View("failures", row.Errors, failures));
            if (found.Count >= most) break;

            UnusualHourView View(string kind, decimal value, (decimal Usual, decimal Limit) than) => new(at, kind, value, than.Usual, than.Limit, row.Requests);
        }

        return [.. found.Take(most)];
    }

    /// <summary>What is usual, and the limit that a value lies above; null where it does not.</summary>
    private static (decimal Usual, decimal Limit)? Excess(decimal value, decimal[] before, decimal least)
    {
        var usual = MedianOf(before);
        var spread = MedianOf([.. before.Select(one => Math.Abs(one - usual))]);
        var limit = usual + Math.Max(least, Math.Max(2 * usual, 6 * spread));
        return value > limit ? (usual, limit) : null;
    }

    private static decimal MedianOf(decimal[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

/// <summary>Hours that cost or failed far more than the same hours of the days before.</summary>
/// <param name="Hours">The hours, newest first; at most a hundred.</param>
public sealed record UnusualHoursView(IReadOnlyList<UnusualHourView> Hours);

/// <summary>An hour that is far from usual.</summary>
/// <param name="At">When it began.</param>
/// <param name="Kind">What is unusual: <c>spend</c> in US dollars, or <c>failures</c>, which are requests.</param>
/// <param name="Value">How much it was.</param>
/// <param name="Usual">The median of the same hour of the days before.</param>
/// <param name="Limit">What an hour may come to before it is unusual.</param>
/// <param name="Requests">The requests of the hour.</param>
public sealed record UnusualHourView(DateTimeOffset At, string Kind, decimal Value, decimal Usual, decimal Limit, long Requests);

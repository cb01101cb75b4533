using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Quotas;

/// <summary>The periods of a window, made of its readings by their stated resets.</summary>
internal static class QuotaPeriods
{
    /// <summary>Vendors state a reset some seconds or minutes apart.</summary>
    private static readonly TimeSpan SameReset = TimeSpan.FromMinutes(10);

    /// <summary>The highest reading for each stated reset.</summary>
    /// <param name="readings">The readings of one window.</param>
    public static IEnumerable<QuotaPeak> PeaksOf(IEnumerable<StoredQuotaReading> readings)
        => readings.Where(reading => reading.ResetsAt is not null).GroupBy(reading => reading.ResetsAt!.Value)
            .Select(group => new QuotaPeak(group.First().AccountId, group.First().Model, group.First().Name, group.Min(reading => reading.At), group.Key, group.Max(reading => reading.Length), group.Max(reading => reading.Used)));

    /// <summary>The periods of one window, in order. A window that nobody uses states another reset each time: what then overlaps the next period and used nothing is none.</summary>
    public static IReadOnlyList<QuotaPeriodView> Of(IEnumerable<QuotaPeak> peaks)
    {
        var periods = new List<(DateTimeOffset Start, DateTimeOffset End, double Peak)>();
        foreach (var peak in peaks.OrderBy(peak => peak.ResetsAt))
        {
            var start = peak.Length is { } length ? peak.ResetsAt - length : peak.FirstAt;
            if (periods.Count > 0 && periods[^1] is var last)
            {
                if (peak.ResetsAt - last.End <= SameReset)
                {
                    periods[^1] = (last.Start, peak.ResetsAt, Math.Max(last.Peak, peak.Used));
                    continue;
                }

                if (last.Peak < 0.001 && start < last.End) periods.RemoveAt(periods.Count - 1);
            }

            periods.Add((start, peak.ResetsAt, peak.Used));
        }

        return [.. periods.Select(period => new QuotaPeriodView(period.Start, period.End, Math.Round(period.Peak, 4)))];
    }
}

/// <summary>A period of a window.</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended or ends.</param>
/// <param name="PeakFraction">The most that was used, 0 to 1.</param>
public sealed record QuotaPeriodView(DateTimeOffset Start, DateTimeOffset End, double PeakFraction);

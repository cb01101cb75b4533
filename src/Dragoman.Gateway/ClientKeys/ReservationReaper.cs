using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>Says that this process lives, so that its reservations stay open, and settles those of processes that are gone.</summary>
public sealed partial class ReservationReaper(IBudgetStore store, string instance, TimeProvider time, ILogger log)
{
    /// <summary>How long reservations stay open without a sign of life.</summary>
    internal static readonly TimeSpan Term = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(40);
    private DateTimeOffset _pruned;

    /// <summary>Settles what processes that are known to be gone left open, and what is over its term.</summary>
    public async Task SettleOrphansAsync(IReadOnlyList<string> gone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(gone);
        foreach (var ended in gone) ReportOrphans(await store.SettleOrphansAsync(ended, cancellationToken));
        ReportOrphans(await store.SettleOrphansAsync(null, cancellationToken));
    }

    /// <summary>Runs until it is asked to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await TickAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task TickAsync(CancellationToken stop)
    {
        try
        {
            await store.KeepAliveAsync(instance, Term, stop);
            await SettleOrphansAsync([], stop);
            var now = time.GetUtcNow();
            if (now - _pruned < TimeSpan.FromHours(1)) return;
            _pruned = now;
            await store.PruneAsync(now - Kept, stop);
        }
        catch (StoreException ex)
        {
            LogUnavailable(ex.Message);
        }
    }

    private void ReportOrphans(IReadOnlyList<UsageEntry> orphans)
    {
        if (orphans.Count > 0) LogOrphans(orphans.Count);
    }

    [LoggerMessage(34, LogLevel.Warning, "{Count} request(s) of a process that ended without a word were booked as estimated")]
    private partial void LogOrphans(int count);

    [LoggerMessage(35, LogLevel.Warning, "Budgets could not be looked after: {Reason}")]
    private partial void LogUnavailable(string reason);
}

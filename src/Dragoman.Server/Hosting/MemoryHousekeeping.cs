using Dragoman.Protocols.Json;

namespace Dragoman.Server.Hosting;

/// <summary>
/// Gives memory back to the system after a rush. The collector works when something is allocated; a gateway that has nothing to do allocates nothing,
/// and would keep for days what one hour needed.
/// </summary>
internal sealed class MemoryHousekeeping : IAsyncDisposable
{
    /// <summary>How often it is looked after.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>Less than this is not worth a full collection.</summary>
    private const long WorthIt = 192L << 20;

    private const int LongestPause = 64;
    private static long _lastReclaim = -(1L << 40);
    private readonly MemoryBudget _budget;
    private readonly Func<long> _reclaimable;
    private readonly Action _reclaim;
    private readonly ITimer _timer;
    private int _pause = 1;
    private int _waited;

    public MemoryHousekeeping(MemoryBudget budget, TimeProvider time, Func<long>? reclaimable = null, Action? reclaim = null)
    {
        _budget = budget;
        _reclaimable = reclaimable ?? (() => Environment.WorkingSet - _budget.Used);
        _reclaim = reclaim ?? Reclaim;
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    /// <summary>One process has one heap, however many gateways are in it.</summary>
    private static void Reclaim()
    {
        var now = Environment.TickCount64;
        if (now - Interlocked.Exchange(ref _lastReclaim, now) < Interval.TotalMilliseconds) return;
        ByteArrays.Trim();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private void Tick()
    {
        Look();
        try
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The gateway stops.
        }
    }

    /// <summary>Collects where much is held that no body needs. What did not help is tried less and less often: then it is needed after all.</summary>
    private void Look()
    {
        if (++_waited < _pause) return;
        _waited = 0;
        var before = _reclaimable();
        if (before < WorthIt)
        {
            _pause = 1;
            return;
        }

        _reclaim();
        var freed = before - _reclaimable();
        _pause = freed > before / 4 ? 3 : Math.Min(Math.Max(_pause, 3) * 2, LongestPause);
    }
}

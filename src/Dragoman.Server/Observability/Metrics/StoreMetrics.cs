using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>How the store is doing. It is asked at a scrape, at most every few seconds, and never waited for longer than a moment.</summary>
internal sealed class StoreMetrics(IGatewayStore store, TimeProvider time) : IMetricsPart
{
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private Task<StoreHealth>? _check;
    private long _begun;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        StoreHealth? health = null;
        try
        {
            health = await Check().WaitAsync(Timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It hangs: not up.
        }

        text.Gauge("dragoman_store_up", "Whether reading and writing the store work: 1 or 0.").Sample(health is { Healthy: true } ? 1 : 0);
        text.Gauge("dragoman_store_check_seconds", "How long the store's last sign of life took.").Sample(health?.Latency.TotalSeconds ?? Timeout.TotalSeconds);
        text.Gauge("dragoman_store_writes_waiting", "Writes that wait for the store's writer.").Sample(health?.Waiting ?? 0);
        if (health?.Bytes is { } bytes) text.Gauge("dragoman_store_bytes", "Bytes of the store on disk.").Sample(bytes);
    }

    private Task<StoreHealth> Check()
    {
        lock (_gate)
        {
            // One that hangs is not asked a second time.
            if (_check is { IsCompleted: false } || (_check is not null && time.GetElapsedTime(_begun) < CacheTime)) return _check;
            _begun = time.GetTimestamp();
            return _check = store.CheckAsync(CancellationToken.None);
        }
    }
}

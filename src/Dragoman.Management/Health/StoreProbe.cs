using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Health;

/// <summary>
/// Asks the store for a sign of life when somebody wants to know, at most every two seconds: balancers ask often. A store that does not answer
/// within the limit counts as away, and the question goes on behind it.
/// </summary>
public sealed class StoreProbe(IGatewayStore store, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private Task<StoreHealth>? _checking;
    private StoreHealth? _last;
    private long _at;

    /// <summary>How the store is; never throws for a store that is away.</summary>
    public async Task<StoreHealth> CheckAsync(CancellationToken cancellationToken)
    {
        Task<StoreHealth> asking;
        lock (_gate)
        {
            if (_last is { } last && time.GetElapsedTime(_at) < CacheTime) return last;
            if (_checking is null or { IsCompleted: true }) _checking = ProbeAsync();
            asking = _checking;
        }

        try
        {
            return await asking.WaitAsync(Limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new StoreHealth { Engine = _last?.Engine ?? "", Healthy = false, Problem = $"The store did not answer within {Limit.TotalSeconds:0} seconds.", Latency = Limit };
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (_checking is { } asking) await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task<StoreHealth> ProbeAsync()
    {
        var health = await store.CheckAsync(_closing.Token);
        lock (_gate) (_last, _at) = (health, time.GetTimestamp());
        return health;
    }
}

using System.Threading.Channels;
using Dragoman.Gateway.State;

namespace Dragoman.Gateway.Tests.Support;

/// <summary>A store of lanes in memory, with its notices: what two gateways on one database share.</summary>
internal sealed class MemoryLanes : ILaneStore, IChangeFeed
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string, string?), StoredLane> lanes = [];
    private readonly List<Channel<StoreChange>> listeners = [];

    public bool IsDown { get; set; }

    public int Saves { get; private set; }

    public IReadOnlyList<StoredLane> All
    {
        get
        {
            lock (gate) return [.. lanes.Values];
        }
    }

    public Task<IReadOnlyList<StoredLane>> ListAsync(CancellationToken cancel = default) => IsDown ? throw Down() : Task.FromResult(All);

    public Task SaveAsync(IReadOnlyList<StoredLane> learnt, CancellationToken cancel = default)
    {
        if (IsDown) throw Down();
        lock (gate)
        {
            Saves++;
            foreach (var lane in learnt)
                if (!lanes.TryGetValue((lane.AccountId, lane.Model), out var known) || lane.ObservedAt >= known.ObservedAt) lanes[(lane.AccountId, lane.Model)] = lane;
        }

        Tell();
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string accountId, CancellationToken cancel = default)
    {
        if (IsDown) throw Down();
        lock (gate)
            foreach (var key in lanes.Keys.Where(key => key.Item1 == accountId).ToList()) lanes.Remove(key);
        Tell();
        return Task.CompletedTask;
    }

    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancel = default) => IsDown ? throw Down() : Task.FromResult(0);

    public IAsyncEnumerable<StoreChange> ListenAsync(CancellationToken cancel = default)
    {
        var channel = Channel.CreateUnbounded<StoreChange>();
        lock (gate) listeners.Add(channel);
        return channel.Reader.ReadAllAsync(cancel);
    }

    private static StoreException Down() => new(StoreFault.Unavailable, "The store is down.");

    private void Tell()
    {
        lock (gate)
            foreach (var listener in listeners) listener.Writer.TryWrite(new StoreChange(StoreChangeKind.Lane, ""));
    }
}

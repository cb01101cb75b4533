using System.Threading.Channels;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Tests.Support;

/// <summary>A store of lanes in memory, with its notices: what two gateways on one database share.</summary>
internal sealed class MemoryCooldowns : ICooldownStore, IChangeFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string?), StoredCooldown> _lanes = [];
    private readonly List<Channel<StoreChange>> _listeners = [];

    public bool IsDown { get; set; }

    public int Saves { get; private set; }

    public IReadOnlyList<StoredCooldown> All
    {
        get
        {
            lock (_gate) return [.. _lanes.Values];
        }
    }

    public Task<IReadOnlyList<StoredCooldown>> ListAsync(CancellationToken cancellationToken = default) => IsDown ? throw Down() : Task.FromResult(All);

    public Task SaveAsync(IReadOnlyList<StoredCooldown> changed, CancellationToken cancellationToken = default)
    {
        if (IsDown) throw Down();
        lock (_gate)
        {
            Saves++;
            foreach (var cooldown in changed)
                if (!_lanes.TryGetValue((cooldown.AccountId, cooldown.Model), out var known) || cooldown.ObservedAt >= known.ObservedAt) _lanes[(cooldown.AccountId, cooldown.Model)] = cooldown;
        }

        Tell();
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string accountId, CancellationToken cancellationToken = default)
    {
        if (IsDown) throw Down();
        lock (_gate)
            foreach (var key in _lanes.Keys.Where(key => key.Item1 == accountId).ToList()) _lanes.Remove(key);
        Tell();
        return Task.CompletedTask;
    }

    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => IsDown ? throw Down() : Task.FromResult(0);

    public IAsyncEnumerable<StoreChange> ListenAsync(CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<StoreChange>();
        lock (_gate) _listeners.Add(channel);
        return channel.Reader.ReadAllAsync(cancellationToken);
    }

    private static StoreException Down() => new(StoreFault.Unavailable, "The store is down.");

    private void Tell()
    {
        lock (_gate)
            foreach (var listener in _listeners) listener.Writer.TryWrite(new StoreChange(StoreChangeKind.Cooldown, ""));
    }
}

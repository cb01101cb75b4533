using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Tests.CredentialRefresh;

/// <summary>The database that all nodes share: accounts with versions and fences, and leases by its own clock.</summary>
internal sealed class SimulatedDatabase(SimulatedWorld world)
{
    public Dictionary<string, StoredAccount> Accounts { get; } = new(StringComparer.Ordinal);

    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);

    /// <summary>Counts the saves.</summary>
    public long Changes { get; private set; }

    public SaveResult Update(StoredAccount account, Fence? fence)
    {
        if (!Accounts.TryGetValue(account.Id, out var now)) return new SaveResult(SaveOutcome.Missing, 0);
        if (fence is not null && _leases.GetValueOrDefault(fence.Lease)?.Epoch != fence.Epoch) return new SaveResult(SaveOutcome.Fenced, 0);
        if (now.Version != account.Version) return new SaveResult(SaveOutcome.Conflict, 0);
        Accounts[account.Id] = account with { Version = account.Version + 1 };
        Changes++;
        return new SaveResult(SaveOutcome.Saved, account.Version + 1);
    }

    public Lease? Take(string name, string holder, TimeSpan term)
    {
        var last = _leases.GetValueOrDefault(name);
        if (last is not null && last.ExpiresAt > world.Now) return null;
        return _leases[name] = new Lease(name, holder, (last?.Epoch ?? 0) + 1, world.Now + term, world.Now + term * 0.8);
    }

    public bool Release(Lease lease)
    {
        if (_leases.GetValueOrDefault(lease.Name)?.Epoch != lease.Epoch) return false;
        _leases[lease.Name] = lease with { ExpiresAt = world.Now };
        return true;
    }
}

/// <summary>One process's way to the database: it takes time, breaks, and ends with the process.</summary>
internal sealed class SimulatedStore(SimulatedDatabase database, SimulatedProcess process) : IAccountStore, ILeaseStore
{
    public Task<StoredAccount?> GetAsync(string id, CancellationToken cancellationToken = default) => CallAsync(() => database.Accounts.GetValueOrDefault(id));

    public Task<IReadOnlyList<StoredAccount>> ListAsync(CancellationToken cancellationToken = default) => CallAsync<IReadOnlyList<StoredAccount>>(() => [.. database.Accounts.Values]);

    public Task<SaveResult> UpdateAsync(StoredAccount account, Fence? fence = null, CancellationToken cancellationToken = default) => CallAsync(() => database.Update(account, fence));

    public Task<Lease?> TryTakeAsync(string name, string holder, TimeSpan term, CancellationToken cancellationToken = default) => CallAsync(() => database.Take(name, holder, term));

    public Task<bool> ForgetAsync(Lease lease, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) => CallAsync(() => database.Release(lease));

    public Task<SaveResult> AddAsync(StoredAccount account, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<SaveResult> RemoveAsync(string id, long version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Lease?> RenewAsync(Lease lease, TimeSpan term, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Lease?> GetAsync(string name) => throw new NotSupportedException();

    Task<Lease?> ILeaseStore.GetAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    private async Task<T> CallAsync<T>(Func<T> run)
    {
        await process.PassTimeAsync();
        if (process.IsPartitioned) throw new StoreException(StoreFault.Unavailable, "The database cannot be reached.");
        var result = run();
        await process.PassTimeAsync();
        // What was done is done, though nobody hears of it.
        if (process.IsPartitioned) throw new StoreException(StoreFault.Unavailable, "The connection broke before the answer came.");
        return result;
    }
}

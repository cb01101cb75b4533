using System.Collections.Concurrent;

namespace Dragoman.Gateway.Accounts;

/// <summary>The gauges of all accounts, by id: they outlive configurations.</summary>
public sealed class AccountLoadTracker(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, AccountLoad> _byAccount = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _freed;

    /// <summary>Ends when a place at an account with a limit is given back. Ask for it before looking for a place, or the notice is missed.</summary>
    public Task SlotFreed
    {
        get
        {
            lock (_gate) return (_freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The gauge of an account.</summary>
    public AccountLoad Get(Account account) => _byAccount.GetOrAdd(account.Id, static (_, clock) => new AccountLoad(clock), time);

    /// <summary>What is counted of an account.</summary>
    public AccountLoadReport Report(string accountId)
        => _byAccount.TryGetValue(accountId, out var gauge) ? gauge.Report() : new AccountLoadReport(0, 0, 0, 0, null, null, null);

    /// <summary>Whether an account serves as many requests as it may.</summary>
    public bool IsFull(Account account) => account.Concurrency is { } limit && _byAccount.TryGetValue(account.Id, out var gauge) && gauge.Running >= limit;

    /// <summary>Gives a place back and wakes those who wait for one.</summary>
    public void Release(Account account)
    {
        Get(account).Release();
        if (account.Concurrency is null) return;
        TaskCompletionSource? waiting;
        lock (_gate) (waiting, _freed) = (_freed, null);
        waiting?.TrySetResult();
    }

    /// <summary>Forgets the faults of an account: its owner has repaired it.</summary>
    public void ResetHealth(string accountId)
    {
        if (_byAccount.TryGetValue(accountId, out var gauge)) gauge.ResetHealth();
    }

    /// <summary>Forgets accounts that are no longer configured, except those that still serve a request.</summary>
    public void Keep(IReadOnlySet<string> accountIds)
    {
        foreach (var (id, gauge) in _byAccount)
            if (!accountIds.Contains(id) && gauge.Running == 0) _byAccount.TryRemove(id, out _);
    }
}

using System.Collections.Concurrent;

namespace Dragoman.Gateway.Accounts;

/// <summary>The gauges of all accounts, by id: they outlive configurations.</summary>
public sealed class AccountLoadTracker(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, AccountLoad> _byAccount = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MinuteWindow> _byProvider = new(StringComparer.Ordinal);
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

    /// <summary>How long the rates of an account and of its provider's accounts together let no further request pass; zero where it may have one now.</summary>
    public TimeSpan RateWait(Account account, ProviderLimits limits)
    {
        if (!limits.LimitsRate(account)) return TimeSpan.Zero;
        var wait = _byAccount.TryGetValue(account.Id, out var load) ? load.RateWait(account, limits) : TimeSpan.Zero;
        if (limits.TotalRequestsPerMinute is null || !_byProvider.TryGetValue(account.Provider, out var together)) return wait;
        lock (together) return limits.TotalWaitAt(AccountLoad.ClockOf(time.GetUtcNow()), together) is var longer && longer > wait ? longer : wait;
    }

    /// <summary>Takes a place for an attempt, if the account's concurrency and, where it <paramref name="obeysRates"/>, its rates have one.</summary>
    /// <param name="account">The account.</param>
    /// <param name="limits">What holds for the accounts of its provider.</param>
    /// <param name="options">The numbers of the strategy hybrid.</param>
    /// <param name="obeysRates">Whether a rate that lets no request pass now counts.</param>
    public LoadAnswer TryAcquire(Account account, ProviderLimits limits, HybridOptions options, bool obeysRates = true)
        => Get(account).TryAcquire(account, limits, options, obeysRates, limits.TotalRequestsPerMinute is null ? null : _byProvider.GetOrAdd(account.Provider, static _ => new MinuteWindow()));

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

using System.Collections.Concurrent;

namespace Dragoman.Gateway.Accounts;

/// <summary>The gauges of all accounts, by id: they outlive configurations.</summary>
public sealed class Gauges(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Gauge> byAccount = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private TaskCompletionSource? freed;

    /// <summary>Ends when a place at an account with a limit is given back. Ask for it before looking for a place, or the notice is missed.</summary>
    public Task PlaceFreed
    {
        get
        {
            lock (gate) return (freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The gauge of an account.</summary>
    public Gauge Of(Account account) => byAccount.GetOrAdd(account.Id, static (_, clock) => new Gauge(clock), time);

    /// <summary>What is counted of an account.</summary>
    public GaugeReport Report(string accountId)
        => byAccount.TryGetValue(accountId, out var gauge) ? gauge.Report() : new GaugeReport(0, 0, 0, 0, null, null, null);

    /// <summary>Whether an account serves as many requests as it may.</summary>
    public bool IsFull(Account account) => account.Concurrency is { } limit && byAccount.TryGetValue(account.Id, out var gauge) && gauge.Running >= limit;

    /// <summary>Gives a place back and wakes those who wait for one.</summary>
    public void Leave(Account account)
    {
        Of(account).Leave();
        if (account.Concurrency is null) return;
        TaskCompletionSource? waiting;
        lock (gate) (waiting, freed) = (freed, null);
        waiting?.TrySetResult();
    }

    /// <summary>Forgets the faults of an account: its owner has mended it.</summary>
    public void Mend(string accountId)
    {
        if (byAccount.TryGetValue(accountId, out var gauge)) gauge.Mend();
    }

    /// <summary>Forgets accounts that are no longer configured, except those that still serve a request.</summary>
    public void Keep(IReadOnlySet<string> accountIds)
    {
        foreach (var (id, gauge) in byAccount)
            if (!accountIds.Contains(id) && gauge.Running == 0) byAccount.TryRemove(id, out _);
    }
}

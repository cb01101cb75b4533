using System.Collections.Concurrent;
using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// Keeps what is learnt of targets in the store, so that neither a restart nor another node hammers an upstream that asked for a pause. Written
/// behind, at most once a second; what other processes learn is taken up when the store tells of it. A store that is down is tried
/// again and keeps nobody waiting.
/// </summary>
public sealed partial class CooldownStateSync : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    /// <summary>Faults come in crowds: they are gathered into one write, and one that waits stands for all.</summary>
    private static readonly WriteBehindOptions WritePolicy = new()
    {
        Name = "Cooldowns",
        Capacity = 1,
        Coalesces = true,
        Gather = TimeSpan.FromSeconds(1),
        FirstPause = RetryPause,
        LongestPause = RetryPause,
        RetriesRefusals = true,
        FailureLevel = LogLevel.Warning,
    };

    private static readonly TimeSpan KeptWithoutNews = TimeSpan.FromDays(1);

    private readonly CooldownTracker _cooldowns;
    private readonly Func<IReadOnlySet<string>> _accountIds;
    private readonly ICooldownStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly WriteBehindQueue<bool> _work;
    private readonly StoreSubscription _news;
    private readonly ConcurrentDictionary<string, bool> _removed = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    private CooldownStateSync(CooldownTracker cooldowns, Func<IReadOnlySet<string>> accountIds, ICooldownStore store, TimeProvider time, ILogger logger)
    {
        _cooldowns = cooldowns;
        _accountIds = accountIds;
        _store = store;
        _time = time;
        _logger = logger;
        _news = new StoreSubscription(static change => change.Kind == StoreChangeKind.Cooldown, ReadAsync, LogStore, RetryPause, time);
        _work = new WriteBehindQueue<bool>(WritePolicy, (_, cancellationToken) => SaveAsync(cancellationToken), time, logger);
        cooldowns.Changed = () => _work.TryAdd(true);
    }

    /// <summary>Takes up what is stored, and keeps it from now on.</summary>
    /// <param name="cooldowns">What is kept.</param>
    /// <param name="accountIds">The ids of the accounts there are now.</param>
    /// <param name="store">Where they are kept.</param>
    /// <param name="changes">Tells of what others learn.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where faults of the store are reported.</param>
    /// <param name="cancellationToken">Gives up opening.</param>
    public static async Task<CooldownStateSync> OpenAsync(CooldownTracker cooldowns, Func<IReadOnlySet<string>> accountIds, ICooldownStore store, IChangeFeed changes, TimeProvider time, ILogger logger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cooldowns);
        ArgumentNullException.ThrowIfNull(changes);
        var keeper = new CooldownStateSync(cooldowns, accountIds, store, time, logger);
        var feed = changes.ListenAsync(keeper._closing.Token);
        if (!await keeper.TryAsync(async () =>
        {
            await store.PruneAsync(time.GetUtcNow() - KeptWithoutNews, cancellationToken);
            await keeper.ReadAsync(cancellationToken);
        })) keeper._news.Request();
        keeper._running = Task.Run(() => keeper._news.RunAsync(feed, isStale: false, keeper._closing.Token), CancellationToken.None);
        return keeper;
    }

    /// <summary>Accounts came or went: the targets of those that went are removed from the store, those of new ones are taken up from it.</summary>
    public void Take(IEnumerable<Account> previous, IEnumerable<Account> current)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(current);
        var before = previous.Select(account => account.Id).ToHashSet(StringComparer.Ordinal);
        var after = current.Select(account => account.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in before.Where(id => !after.Contains(id))) _removed[id] = true;
        foreach (var id in after) _removed.TryRemove(id, out _);
        if (!_removed.IsEmpty) _work.TryAdd(true);
        if (!after.IsSubsetOf(before)) _news.Request();
    }

    /// <summary>Stores what is not stored yet, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _cooldowns.Changed = null;
        await _closing.CancelAsync();
        await _running;
        _work.TryAdd(true);
        await _work.DisposeAsync();
        _closing.Dispose();
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _removed.Keys)
        {
            await _store.RemoveAsync(id, cancellationToken);
            _removed.TryRemove(id, out _);
        }

        var changed = _cooldowns.TakeChanges();
        if (changed.Count == 0) return;
        try
        {
            await _store.SaveAsync(changed, cancellationToken);
        }
        catch
        {
            _cooldowns.Requeue(changed);
            throw;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken) => _cooldowns.Merge(await _store.ListAsync(cancellationToken), _accountIds());

    private async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (StoreException ex)
        {
            LogStore(ex.Message);
            return false;
        }
    }

    [LoggerMessage(23, LogLevel.Warning, "Cooldowns could not be kept in the store for now: {Message}")]
    private partial void LogStore(string message);
}

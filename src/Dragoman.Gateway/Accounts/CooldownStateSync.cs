using System.Collections.Concurrent;
using System.Threading.Channels;
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
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SaveTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeptWithoutNews = TimeSpan.FromDays(1);

    private readonly CooldownTracker _cooldowns;
    private readonly Func<IReadOnlySet<string>> _accountIds;
    private readonly ICooldownStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
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
        _news = new StoreSubscription(static change => change.Kind == StoreChangeKind.Cooldown, ReadAsync, LogStore, SaveTimeout, time);
        cooldowns.Changed = () => _work.Writer.TryWrite(true);
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
        keeper._running = Task.WhenAll(Task.Run(keeper.WriteBehindAsync, CancellationToken.None), Task.Run(() => keeper._news.RunAsync(feed, isStale: false, keeper._closing.Token), CancellationToken.None));
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
        if (!_removed.IsEmpty) _work.Writer.TryWrite(true);
        if (!after.IsSubsetOf(before)) _news.Request();
    }

    /// <summary>Stores what is not stored yet, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _cooldowns.Changed = null;
        await _closing.CancelAsync();
        await _running;
        await TryAsync(() => SaveAsync(CancellationToken.None));
        _closing.Dispose();
    }

    private async Task WriteBehindAsync()
    {
        try
        {
            while (await _work.Reader.WaitToReadAsync(_closing.Token))
            {
                // Faults come in crowds: they are gathered into one write.
                await Task.Delay(Gathering, _time, _closing.Token);
                _work.Reader.TryRead(out _);
                while (!await TryAsync(() => SaveAsync(_closing.Token))) await Task.Delay(SaveTimeout, _time, _closing.Token);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Closing saves once more.
        }
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

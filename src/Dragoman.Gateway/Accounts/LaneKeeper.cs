using System.Collections.Concurrent;
using System.Threading.Channels;
using Dragoman.Gateway.State;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// Keeps what is learnt of lanes in the store, so that neither a restart nor another node hammers an upstream that asked for rest. Written
/// behind, at most once a second; what other processes learn is taken up when the store tells of it. A store that is down is tried
/// again and keeps nobody waiting.
/// </summary>
public sealed partial class LaneKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeptWithoutNews = TimeSpan.FromDays(1);

    private readonly Lanes lanes;
    private readonly Func<IReadOnlySet<string>> accountIds;
    private readonly ILaneStore store;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource closing = new();
    private readonly Channel<bool> work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<string, bool> removed = new(StringComparer.Ordinal);
    private Task running = Task.CompletedTask;

    private LaneKeeper(Lanes lanes, Func<IReadOnlySet<string>> accountIds, ILaneStore store, TimeProvider time, ILogger logger)
    {
        this.lanes = lanes;
        this.accountIds = accountIds;
        this.store = store;
        this.time = time;
        this.logger = logger;
        lanes.Learnt = () => work.Writer.TryWrite(true);
    }

    /// <summary>Takes up what is stored, and keeps it from now on.</summary>
    /// <param name="lanes">What is kept.</param>
    /// <param name="accountIds">The ids of the accounts there are now.</param>
    /// <param name="store">Where they are kept.</param>
    /// <param name="changes">Tells of what others learn.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where faults of the store are told.</param>
    /// <param name="cancel">Gives up opening.</param>
    public static async Task<LaneKeeper> OpenAsync(Lanes lanes, Func<IReadOnlySet<string>> accountIds, ILaneStore store, IChangeFeed changes, TimeProvider time, ILogger logger, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(lanes);
        ArgumentNullException.ThrowIfNull(changes);
        var keeper = new LaneKeeper(lanes, accountIds, store, time, logger);
        var feed = changes.ListenAsync(keeper.closing.Token);
        if (!await keeper.TryAsync(async () =>
        {
            await store.PruneAsync(time.GetUtcNow() - KeptWithoutNews, cancel);
            await keeper.ReadAsync(cancel);
        })) keeper.news.Writer.TryWrite(true);
        keeper.running = Task.WhenAll(Task.Run(keeper.WriteBehindAsync, CancellationToken.None), Task.Run(keeper.ReadNewsAsync, CancellationToken.None), Task.Run(() => keeper.ListenAsync(feed), CancellationToken.None));
        return keeper;
    }

    /// <summary>Accounts came or went: the lanes of those that went are removed from the store, those of new ones are taken up from it.</summary>
    public void Take(IEnumerable<Account> previous, IEnumerable<Account> current)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(current);
        var before = previous.Select(account => account.Id).ToHashSet(StringComparer.Ordinal);
        var after = current.Select(account => account.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in before.Where(id => !after.Contains(id))) removed[id] = true;
        foreach (var id in after) removed.TryRemove(id, out _);
        if (!removed.IsEmpty) work.Writer.TryWrite(true);
        if (!after.IsSubsetOf(before)) news.Writer.TryWrite(true);
    }

    /// <summary>Stores what is not stored yet, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lanes.Learnt = null;
        await closing.CancelAsync();
        await running;
        await TryAsync(() => SaveAsync(CancellationToken.None));
        closing.Dispose();
    }

    private async Task WriteBehindAsync()
    {
        try
        {
            while (await work.Reader.WaitToReadAsync(closing.Token))
            {
                // Faults come in crowds: they are gathered into one write.
                await Task.Delay(Gathering, time, closing.Token);
                work.Reader.TryRead(out _);
                while (!await TryAsync(() => SaveAsync(closing.Token))) await Task.Delay(Patience, time, closing.Token);
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // Closing saves once more.
        }
    }

    private async Task SaveAsync(CancellationToken cancel)
    {
        foreach (var id in removed.Keys)
        {
            await store.RemoveAsync(id, cancel);
            removed.TryRemove(id, out _);
        }

        var learnt = lanes.TakeLearnt();
        if (learnt.Count == 0) return;
        try
        {
            await store.SaveAsync(learnt, cancel);
        }
        catch
        {
            lanes.GiveBack(learnt);
            throw;
        }
    }

    private async Task ListenAsync(IAsyncEnumerable<StoreChange> feed)
    {
        try
        {
            await foreach (var change in feed.WithCancellation(closing.Token))
                if (change.Kind is StoreChangeKind.Lane or StoreChangeKind.Everything) news.Writer.TryWrite(true);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task ReadNewsAsync()
    {
        try
        {
            while (await news.Reader.WaitToReadAsync(closing.Token))
            {
                news.Reader.TryRead(out _);
                while (!await TryAsync(() => ReadAsync(closing.Token))) await Task.Delay(Patience, time, closing.Token);
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task ReadAsync(CancellationToken cancel) => lanes.Adopt(await store.ListAsync(cancel), accountIds());

    private async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (StoreException fault)
        {
            LogStore(fault.Message);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Cooldowns could not be kept in the store for now: {Message}")]
    private partial void LogStore(string message);
}

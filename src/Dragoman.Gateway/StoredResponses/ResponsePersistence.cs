using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Writes what is kept for clients of Responses to the store, behind the answer: a client never waits for the disk to get its last bytes. Writes
/// of one id keep their order; when too many wait, their makers wait too. A store that is away costs what was to be written, and is reported.
/// </summary>
public sealed partial class ResponsePersistence : IAsyncDisposable
{
    private const int MostWaiting = 1_000;

    /// <summary>How often a change is made again because another process was faster; each time that one has got on.</summary>
    private const int MostAttempts = 100;

    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);

    /// <summary>How long a request waits for the store, the writes before it included: a little longer than the store itself takes to say that it does not answer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private readonly IResponseStateStore _store;
    private readonly Func<ResponsesOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _waiting = [];
    private readonly ITimer _prune;

    /// <summary>Writes to a store, and removes what has expired every hour.</summary>
    public ResponsePersistence(IResponseStateStore store, Func<ResponsesOptions> options, TimeProvider time, ILogger log)
    {
        _store = store;
        _options = options;
        _time = time;
        _log = log;
        _prune = time.CreateTimer(_ => _ = PruneAsync(), null, PruneInterval, PruneInterval);
    }

    /// <summary>Writes a row soon; waits only when too many do.</summary>
    public async ValueTask WriteAsync(ResponseStateRecord row)
    {
        var written = Enqueue(row.Id, () => SaveAsync(row));
        if (written.Crowded) await WaitAWhileAsync(written.Task);
    }

    /// <summary>Writes a row and waits until it is durable (or the store has failed, which is reported). Behind a store that hangs it is written later, and nobody waits for that.</summary>
    public Task WriteNowAsync(ResponseStateRecord row) => WaitAWhileAsync(Enqueue(row.Id, () => SaveAsync(row)).Task);

    /// <summary>A row of an owner that has not expired, or null.</summary>
    /// <exception cref="WireException">The store does not answer.</exception>
    public Task<ResponseStateRecord?> ReadAsync(string owner, string id) => QueryAsync(id, () => _store.GetAsync(id, owner));

    /// <summary>Whose a row is, or null.</summary>
    /// <exception cref="WireException">The store does not answer.</exception>
    public Task<string?> OwnerOfAsync(string id) => QueryAsync(id, () => _store.OwnerOfAsync(id));

    /// <summary>An owner's newest rows.</summary>
    /// <exception cref="WireException">The store does not answer.</exception>
    public Task<IReadOnlyList<ResponseStateRecord>> RecentAsync(string owner, int limit) => QueryAsync("", () => _store.RecentAsync(owner, limit));

    /// <summary>Asks for something that is kept beside the rows.</summary>
    /// <exception cref="WireException">The store does not answer.</exception>
    public Task<T> QueryAsync<T>(Func<Task<T>> ask) => QueryAsync("", ask);

    /// <summary>Writes a row under a lease and waits as <see cref="WriteNowAsync"/> does.</summary>
    /// <returns>False when the lease has passed to another process: nothing was written.</returns>
    public async Task<bool> WriteFencedAsync(ResponseStateRecord row, Fence fence)
    {
        var held = true;
        await WaitAWhileAsync(Enqueue(row.Id, async () => held = await SaveAsync(row, fence) != SaveOutcome.Fenced).Task);
        return held;
    }

    /// <summary>
    /// Changes a row in one step, also where other processes change it at the same moment: the change is made again from what another has saved first. So all
    /// changes survive, in the order in which the store took them.
    /// </summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="id">The row.</param>
    /// <param name="change">Makes the changed row of the one that is there, as often as needed; null to leave it.</param>
    /// <returns>The changed row; null where there is none, or it was left.</returns>
    /// <exception cref="WireException">The store does not answer; what <paramref name="change"/> throws is passed on.</exception>
    public Task<ResponseStateRecord?> ChangeAsync(string owner, string id, Func<ResponseStateRecord, ResponseStateRecord?> change) => InTurnAsync(id, async () =>
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await _store.GetAsync(id, owner) is not { } row || change(row) is not { } changed) return null;
            var saved = await _store.SaveAsync(changed, row.Version);
            if (saved.Saved) return changed with { Version = saved.Version };
            if (saved.Outcome != SaveOutcome.Conflict) return null;
        }

        throw new StoreException(StoreFault.Unavailable, $"Others have changed it {MostAttempts} times meanwhile.");
    });

    /// <summary>Removes a row, behind the writes of it that wait.</summary>
    /// <exception cref="WireException">The store does not answer.</exception>
    public Task<bool> RemoveAsync(string owner, string id) => InTurnAsync(id, () => _store.RemoveAsync(id, owner));

    /// <summary>Does something with a row, behind the writes of it that wait, and gives what came of it.</summary>
    private Task<T> InTurnAsync<T>(string id, Func<Task<T>> work) => InTimeAsync(async () =>
    {
        var result = new TaskCompletionSource<T>();
        await Enqueue(id, async () =>
        {
            try
            {
                result.SetResult(await work());
            }
            catch (Exception ex)
            {
                // It is the caller's, not the next write's.
                result.SetException(ex);
            }
        }).Task;
        return await result.Task;
    });

    /// <summary>Asks the store, behind the writes of an id that wait.</summary>
    private Task<T> QueryAsync<T>(string id, Func<Task<T>> ask) => InTimeAsync(async () =>
    {
        Task? writing;
        lock (_gate) _waiting.TryGetValue(id, out writing);
        if (writing is not null) await writing;
        return await ask();
    });

    /// <summary>Gives what the store says, or says in time that it does not.</summary>
    private async Task<T> InTimeAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().WaitAsync(LongestWait, _time);
        }
        catch (TimeoutException)
        {
            throw Away("It did not answer in time.");
        }
        catch (StoreException ex)
        {
            throw Away(ex.Message);
        }
    }

    private async Task WaitAWhileAsync(Task written)
    {
        try
        {
            await written.WaitAsync(LongestWait, _time);
        }
        catch (TimeoutException)
        {
            // It is written when its turn comes.
        }
    }

    private static WireException Away(string why) => new(new WireError(ErrorKind.Unavailable, $"What this refers to may be kept, but the gateway's store does not answer now. {why}")
    {
        Code = "store_unavailable",
        RetryAfter = RetryInterval,
    });

    /// <summary>When something made now expires.</summary>
    public DateTimeOffset ExpiryOf(DateTimeOffset created) => created + _options().StoreTtl;

    /// <summary>Waits for what is still to be written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _prune.DisposeAsync();
        Task[] left;
        lock (_gate) left = [.. _waiting.Values];
        await Task.WhenAll(left);
    }

    private (Task Task, bool Crowded) Enqueue(string id, Func<Task> write)
    {
        lock (_gate)
        {
            var before = _waiting.GetValueOrDefault(id) ?? Task.CompletedTask;
            var task = RunAsync(before, write);
            if (task.IsCompleted) return (task, false);
            _waiting[id] = task;
            _ = task.ContinueWith(Remove, id, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return (task, _waiting.Count > MostWaiting);
        }
    }

    private void Remove(Task done, object? id)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue((string)id!, out var latest) && latest == done) _waiting.Remove((string)id!);
        }
    }

    private async Task RunAsync(Task before, Func<Task> write)
    {
        // Not under the caller's lock, nor on its time.
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await write();
        }
        catch (StoreException ex)
        {
            LogLost(ex.Message);
        }
    }

    private async Task<SaveOutcome> SaveAsync(ResponseStateRecord row, Fence? fence = null)
    {
        var saved = await _store.SaveAsync(row, fence: fence);
        if (saved.Outcome == SaveOutcome.Taken) LogTaken(row.Id);
        return saved.Outcome;
    }

    private async Task PruneAsync()
    {
        try
        {
            await _store.PruneAsync(_time.GetUtcNow());
        }
        catch (StoreException ex)
        {
            LogLost(ex.Message);
        }
    }

    [LoggerMessage(70, LogLevel.Error, "A response could not be kept; it can be continued on this process only, until it ends. {Fault}")]
    private partial void LogLost(string fault);

    [LoggerMessage(71, LogLevel.Warning, "The response {Id} is already kept for another owner; it is not kept again.")]
    private partial void LogTaken(string id);
}

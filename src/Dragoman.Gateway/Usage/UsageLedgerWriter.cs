using System.Threading.Channels;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Usage;

/// <summary>
/// Writes the usage of every request into the ledger, behind the answer: in batches, tried again while the store is away, within a bound
/// beyond which entries are dropped and counted. Budgets book theirs themselves; what they could not book is done here too.
/// </summary>
public sealed partial class UsageLedgerWriter : IRequestObserver, IAsyncDisposable
{
    private const int Most = 100_000;
    private const int BatchAtMost = 500;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly Channel<Line> _lines = Channel.CreateBounded<Line>(new BoundedChannelOptions(Most) { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly IGatewayStore _store;
    private readonly LastUsedTracker _lastUse;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _writing;
    private TaskCompletionSource _flushRequested = NewSignal();
    private long _dropped;
    private volatile string? _problem;

    /// <summary>Starts to write.</summary>
    public UsageLedgerWriter(IGatewayStore store, TimeProvider time, ILogger log)
    {
        _store = store;
        _time = time;
        _log = log;
        _lastUse = new LastUsedTracker(store.Keys, time);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Entries that wait to be written.</summary>
    public int Waiting => _lines.Reader.Count;

    /// <summary>Entries that were lost because the store was away for too long.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why nothing can be written at present; null while all is well.</summary>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        ArgumentNullException.ThrowIfNull(ended);
        if (ended.Request.Client.KeyId.Length > 0) _lastUse.Note(ended.Request.Client.KeyId, ended.StartedAt);
        if (!booked) Add(new Line(ended.Used, LineKind.Append));
    }

    /// <summary>Books a request whose budget could not be settled, or released, when it ended.</summary>
    public void SettleLater(UsageEntry used, bool release) => Add(new Line(used, release ? LineKind.Release : LineKind.Settle));

    /// <summary>Writes what waits, now; returns when it is in the ledger, or after a while where the store is away.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var done = NewSignal();
        if (!_lines.Writer.TryWrite(new Line(null, LineKind.Mark) { Reached = done })) return;
        Volatile.Read(ref _flushRequested).TrySetResult();
        await Task.WhenAny(done.Task, Task.Delay(Farewell, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        _flushRequested.TrySetResult();
        _stop.CancelAfter(Farewell);
        await _writing;
        _stop.Dispose();
    }

    private void Add(Line line)
    {
        if (_lines.Writer.TryWrite(line)) return;
        if (Interlocked.Increment(ref _dropped) == 1) LogDropped(Most);
    }

    private async Task WriteAsync()
    {
        var batch = new List<Line>(BatchAtMost);
        try
        {
            while (await _lines.Reader.WaitToReadAsync(_stop.Token))
            {
                await GatherAsync();
                while (batch.Count < BatchAtMost && _lines.Reader.TryRead(out var line)) batch.Add(line);
                await RetryAsync(batch);
                await _lastUse.WriteAsync(force: batch.Exists(line => line.Kind == LineKind.Mark), _stop.Token);
                foreach (var line in batch) line.Reached?.TrySetResult();
                batch.Clear();
            }

            await _lastUse.WriteAsync(force: true, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            var lost = batch.Count + _lines.Reader.Count;
            if (lost > 0) LogLost(lost);
        }
    }

    /// <summary>Lets some more come, so that one write serves many; not where somebody waits for it.</summary>
    private async Task GatherAsync()
    {
        if (_lines.Reader.Completion.IsCompleted || _lines.Reader.Count >= BatchAtMost) return;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(Task.Delay(Gather, _time, over.Token), _flushRequested.Task);
        await over.CancelAsync();
        if (_flushRequested.Task.IsCompleted && !_lines.Reader.Completion.IsCompleted) Volatile.Write(ref _flushRequested, NewSignal());
    }

    /// <summary>Writes a batch, however long the store is away. Every write may be repeated: the ledger knows each request once.</summary>
    private async Task RetryAsync(List<Line> batch)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await _store.Usage.AppendAsync([.. batch.Where(line => line.Kind is LineKind.Append or LineKind.Release).Select(line => line.Entry!)], _stop.Token);
                foreach (var line in batch)
                {
                    if (line.Kind == LineKind.Settle) await _store.Budgets.SettleAsync(line.Entry!, _stop.Token);
                    else if (line.Kind == LineKind.Release) await _store.Budgets.ReleaseAsync(line.Entry!.RequestId, _stop.Token);
                }

                if (_problem is not null) LogBack();
                _problem = null;
                return;
            }
            catch (StoreException ex)
            {
                if (_problem is null) LogAway(ex.Message);
                _problem = ex.Message;
                await Task.Delay(pause, _time, _stop.Token);
            }
            catch (Exception ex) when (ex is not OperationCanceledException)
            {
                // A fault of ours in one batch must not end the book.
                Interlocked.Add(ref _dropped, batch.Count);
                LogFault(ex, batch.Count);
                return;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private enum LineKind
    {
        Append,
        Settle,
        Release,
        Mark,
    }

    private sealed record Line(UsageEntry? Entry, LineKind Kind)
    {
        public TaskCompletionSource? Reached { get; init; }
    }

    [LoggerMessage(50, LogLevel.Error, "Usage cannot be written, it is kept and tried again: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(51, LogLevel.Information, "Usage is written again")]
    private partial void LogBack();

    [LoggerMessage(52, LogLevel.Error, "The ledger is {Most} entries behind: from now on usage is lost")]
    private partial void LogDropped(int most);

    [LoggerMessage(54, LogLevel.Error, "{Count} entries of usage could not be written and are lost")]
    private partial void LogFault(Exception fault, int count);

    [LoggerMessage(53, LogLevel.Error, "{Count} entries of usage were not written before the stop")]
    private partial void LogLost(int count);
}

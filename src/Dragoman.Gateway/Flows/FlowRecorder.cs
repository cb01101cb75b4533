using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Flows;

/// <summary>
/// Makes a flow of every request that has ended. The request's own task only leaves a draft in a queue; a moment later a batch of drafts is
/// made into records, told to listeners and given to the store. What waits is bounded: while the store is away flows are kept and tried
/// again, and beyond the bound bodies go first, then flows, and both are counted.
/// </summary>
public sealed partial class FlowRecorder : IRequestObserver, IAsyncDisposable
{
    /// <summary>How far behind the store is, at most, while it keeps up.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);
    private const int MostFlows = 20_000;
    private const long MostBytes = 64L << 20;
    private const int RefusalsPerSecond = 10;

    /// <summary>What waits is bounded here, drafts and records together; what could not be written at the stop is given up.</summary>
    private static readonly WriteBehindOptions WritePolicy = new() { Name = "Flows", LongestPause = TimeSpan.FromSeconds(30), DrainTimeout = TimeSpan.Zero };

    private readonly Func<FlowsOptions> _options;
    private readonly Func<Candidate, Protocol> _protocolOf;
    private readonly Func<IEnumerable<string>> _secrets;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly MemoryBudget? _memory;
    private readonly WriteBehindQueue<FlowRecord> _backlog;
    private readonly RefusalLimit _refusals;
    private readonly ConcurrentQueue<PendingFlow> _drafts = new();
    private readonly SemaphoreSlim _drain = new(1, 1);
    private readonly ITimer _timer;
    private int _held;
    private int _scheduled;
    private long _bytes;
    private long _captured;
    private long _dropped;
    private long _bodiesDropped;
    private long _refusalsUnrecorded;

    /// <summary>A recorder; it writes until it is disposed.</summary>
    /// <param name="store">Where flows go.</param>
    /// <param name="options">The settings in force, asked anew for every request.</param>
    /// <param name="protocolFor">The protocol a candidate's upstream speaks.</param>
    /// <param name="secrets">Secrets that must not stand in a body; those of the accounts that were tried are known without it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where a store that is away is reported.</param>
    /// <param name="memory">What bodies are counted in while they are taken; null for nothing.</param>
    public FlowRecorder(IFlowStore store, Func<FlowsOptions> options, Func<Candidate, Protocol> protocolFor, Func<IEnumerable<string>> secrets, TimeProvider time, ILogger log, MemoryBudget? memory = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _protocolOf = protocolFor;
        _secrets = secrets;
        _time = time;
        _log = log;
        _memory = memory;
        _backlog = new WriteBehindQueue<FlowRecord>(WritePolicy, store.AppendAsync, time, log, Leave);
        _refusals = new RefusalLimit(time, RefusalsPerSecond);
        _timer = time.CreateTimer(static state => _ = ((FlowRecorder)state!).TickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells of flows as they are recorded.</summary>
    public FlowFeed Feed { get; } = new();

    /// <summary>How it is doing.</summary>
    public FlowRecorderStatus Status => new(
        _backlog.Written, Volatile.Read(ref _held), Interlocked.Read(ref _dropped) + _backlog.Refused, Interlocked.Read(ref _bodiesDropped), Interlocked.Read(ref _refusalsUnrecorded), _backlog.Problem);

    /// <summary>What takes a request's bodies as they pass; null where they are not recorded.</summary>
    /// <param name="wish">The most that the client wants recorded.</param>
    public FlowCapture? Begin(FlowMode wish)
        => _options() is { Mode: FlowMode.Full } options && wish == FlowMode.Full ? new FlowCapture(options.MaxBodyBytes, _memory) : null;

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        ArgumentNullException.ThrowIfNull(ended);
        var capture = ended.Request.Capture as FlowCapture;
        if (_options().Mode == FlowMode.Off || ended.Request.FlowMode == FlowMode.Off || !TryHold())
        {
            capture?.Dispose();
            return;
        }

        if (capture is not null && Interlocked.Read(ref _bytes) + Interlocked.Read(ref _captured) > MostBytes)
        {
            Interlocked.Increment(ref _bodiesDropped);
            capture.Dispose();
            capture = null;
        }

        if (capture is not null)
        {
            capture.TakeClientRequest(ended.Request);
            Interlocked.Add(ref _captured, capture.Kept);
        }

        _drafts.Enqueue(new PendingFlow(ended) { Capture = capture });
        Schedule(Pause);
    }

    /// <summary>A request that was refused before it reached the relay: a few a second are recorded, the others only counted.</summary>
    public void Refused(FlowRecord flow)
    {
        if (_options().Mode == FlowMode.Off) return;
        if (!_refusals.TryTake())
        {
            Interlocked.Increment(ref _refusalsUnrecorded);
            return;
        }

        if (!TryHold()) return;
        _drafts.Enqueue(new PendingFlow(flow));
        Schedule(Pause);
    }

    /// <summary>Writes what ended until now, so that who searches next finds it. Gives up quietly when the store is away or slow.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _held) == 0) return;
        await DrainAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _backlog.FlushAsync(evenAfterFailure: false).WaitAsync(FlushLimit, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on behind; the status says how much waits.
        }
    }

    /// <summary>Writes what waits and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await FlushAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _backlog.DisposeAsync().ConfigureAwait(false);
    }

    private bool TryHold()
    {
        if (Interlocked.Increment(ref _held) <= MostFlows) return true;
        Interlocked.Decrement(ref _held);
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>One change of the timer for a whole batch.</summary>
    private void Schedule(TimeSpan pause)
    {
        if (Interlocked.Exchange(ref _scheduled, 1) != 0) return;
        try
        {
            _timer.Change(pause, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The gateway stops; what waits now was not acknowledged to anybody.
        }
    }

    private async Task TickAsync()
    {
        Volatile.Write(ref _scheduled, 0);
        await DrainAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Makes records of the drafts and tells them.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        await _drain.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var records = new List<FlowRecord>();
            while (_drafts.TryDequeue(out var draft))
            {
                if (RecordOf(draft) is not { } record) continue;
                Feed.Publish(record);
                Interlocked.Add(ref _bytes, BytesOf(record));
                records.Add(record);
            }

            _backlog.Add(CollectionsMarshal.AsSpan(records));
        }
        finally
        {
            _drain.Release();
        }
    }

    /// <summary>The record of a draft; null where it could not be made, which must not cost the others theirs.</summary>
    private FlowRecord? RecordOf(PendingFlow draft)
    {
        var capture = draft.Capture;
        try
        {
            var record = draft.ToRecord(_protocolOf);
            return capture is null ? record : FlowBodies.Complete(record, capture, MaskFor(draft));
        }
        catch (Exception ex)
        {
            LogUnmade(_log, ex);
            Interlocked.Increment(ref _dropped);
            Interlocked.Decrement(ref _held);
            return null;
        }
        finally
        {
            if (capture is not null) Interlocked.Add(ref _captured, -capture.Kept);
            capture?.Dispose();
        }
    }

    private void Leave(IReadOnlyList<FlowRecord> records)
    {
        foreach (var record in records) Interlocked.Add(ref _bytes, -BytesOf(record));
        Interlocked.Add(ref _held, -records.Count);
    }

    private static long BytesOf(FlowRecord record)
    {
        var bytes = (long)record.SearchText.Length * 2;
        foreach (var body in record.Bodies) bytes += body.Content.Length;
        return bytes;
    }

    private SecretRedactor MaskFor(PendingFlow draft) => new([.. _secrets(), .. draft.Accounts.SelectMany(account => account.Cell.Secrets)]);

    [LoggerMessage(43, LogLevel.Error, "A flow could not be made.")]
    private static partial void LogUnmade(ILogger log, Exception fault);
}

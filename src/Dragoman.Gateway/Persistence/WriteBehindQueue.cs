using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Writes items to the store behind the work that makes them: in batches and in their order, one write at a time. A store that is away is tried again, less and less often,
/// and keeps nobody waiting. What waits is bounded, and what is lost is counted. Every write may be repeated, so the store must take an item twice without harm.
/// </summary>
/// <typeparam name="T">An item.</typeparam>
public sealed class WriteBehindQueue<T> : IAsyncDisposable
{
    private readonly WriteBehindOptions _options;
    private readonly Func<IReadOnlyList<T>, CancellationToken, Task> _write;
    private readonly Action<IReadOnlyList<T>>? _left;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Queue<T> _items = [];
    private readonly List<Waiter> _waiters = [];
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _closed = NewSignal();
    private readonly Task _running;
    private TaskCompletionSource _hurried = NewSignal();
    private DateTimeOffset _notBefore;
    private long _added;
    private long _gone;
    private long _written;
    private long _dropped;
    private long _refused;
    private volatile string? _problem;

    /// <summary>Starts to write.</summary>
    /// <param name="options">Its policy.</param>
    /// <param name="write">Writes a batch. A <see cref="StoreException"/> means that it is to be done again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where a store that is away and lost items are reported.</param>
    /// <param name="left">Told of items that have left the queue, written or given up; null for nobody.</param>
    public WriteBehindQueue(WriteBehindOptions options, Func<IReadOnlyList<T>, CancellationToken, Task> write, TimeProvider time, ILogger log, Action<IReadOnlyList<T>>? left = null)
    {
        _options = options;
        _write = write;
        _left = left;
        _time = time;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    /// <summary>How many items wait, those of the write under way included.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return (int)(_added - _gone);
        }
    }

    /// <summary>How many items were written.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>How many items were dropped because too many waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>How many items the store would not take for what they are.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Why nothing can be written at present; null while all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Adds an item; false when too many wait.</summary>
    public bool TryAdd(T item) => Add([item]) == 1;

    /// <summary>Adds items together.</summary>
    /// <returns>How many of them, from the first, there was room for.</returns>
    public int Add(ReadOnlySpan<T> items)
    {
        var added = 0;
        var closed = _closed.Task.IsCompleted;
        lock (_gate)
        {
            while (!closed && added < items.Length && _items.Count < _options.Capacity) _items.Enqueue(items[added++]);
            _added += added;
        }

        if (added > 0) _work.Writer.TryWrite(true);
        if (added == items.Length || _options.Coalesces) return added;
        var dropped = items.Length - added;
        if (Interlocked.Add(ref _dropped, dropped) == dropped && !closed) WriteBehindLog.Full(_log, _options.Name, _options.Capacity);
        return added;
    }

    /// <summary>Writes what waits now, without gathering. The task ends when it has left the queue.</summary>
    /// <param name="evenAfterFailure">Whether to wait on where the store is away; else the task ends at the first failure, and at once while the store is left alone.</param>
    public Task FlushAsync(bool evenAfterFailure)
    {
        lock (_gate)
        {
            if (_gone == _added) return Task.CompletedTask;
            if (!evenAfterFailure && _problem is not null && _time.GetUtcNow() < _notBefore) return Task.CompletedTask;
            var waiter = new Waiter(_added, evenAfterFailure, NewSignal());
            _waiters.Add(waiter);
            _hurried.TrySetResult();
            return waiter.Done.Task;
        }
    }

    /// <summary>Writes what waits, within the drain's limit, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed.TrySetResult();
        lock (_gate) _hurried.TrySetResult();
        _work.Writer.TryComplete();
        if (_options.DrainTimeout > TimeSpan.Zero) _stop.CancelAfter(_options.DrainTimeout);
        else await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _work.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                _work.Reader.TryRead(out _);
                if (!await WriteAllAsync().ConfigureAwait(false)) break;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The drain's limit is over.
        }

        End();
    }

    /// <summary>Writes until nothing waits; false where the queue is closed and the store away.</summary>
    private async Task<bool> WriteAllAsync()
    {
        while (true)
        {
            await GatherAsync().ConfigureAwait(false);
            var batch = Take();
            if (batch.Length == 0) return true;
            if (!await WriteAsync(batch).ConfigureAwait(false)) return false;
        }
    }

    /// <summary>Lets some more come, so that one write serves many.</summary>
    private async Task GatherAsync()
    {
        Task hurried;
        lock (_gate)
        {
            if (_options.Gather <= TimeSpan.Zero || _closed.Task.IsCompleted || _waiters.Count > 0 || _items.Count == 0 || _items.Count >= _options.BatchSize) return;
            if (_hurried.Task.IsCompleted) _hurried = NewSignal();
            hurried = _hurried.Task;
        }

        await PauseAsync(_options.Gather, hurried).ConfigureAwait(false);
    }

    private T[] Take()
    {
        lock (_gate)
        {
            var batch = new T[Math.Min(_items.Count, _options.BatchSize)];
            for (var index = 0; index < batch.Length; index++) batch[index] = _items.Dequeue();
            return batch;
        }
    }

    /// <summary>Writes a batch, however long the store is away; false where the queue is closed and it is not tried again.</summary>
    private async Task<bool> WriteAsync(T[] batch)
    {
        for (var pause = _options.FirstPause; ; pause = pause * 2 < _options.LongestPause ? pause * 2 : _options.LongestPause)
        {
            try
            {
                await _write(batch, _stop.Token).ConfigureAwait(false);
                Interlocked.Add(ref _written, batch.Length);
                if (_problem is not null) WriteBehindLog.Back(_log, _options.Name);
                _problem = null;
                Leave(batch);
                return true;
            }
            catch (StoreException ex) when (_options.RetriesRefusals || ex.Fault is not StoreFault.Invalid)
            {
                var closing = _closed.Task.IsCompleted;
                var givesUp = closing && !_options.RetriesWhileClosing;
                // Begun before anybody hears of the failure: who then moves the clock moves it for this pause too.
                var paused = givesUp ? Task.CompletedTask : PauseAsync(pause, closing ? null : _closed.Task);
                Fail(ex.Message, pause);
                if (givesUp) return false;
                await paused.ConfigureAwait(false);
            }
            catch (Exception ex) when (ex is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                if (batch.Length > 1) return await WriteOneByOneAsync(batch).ConfigureAwait(false);
                Interlocked.Increment(ref _refused);
                WriteBehindLog.Refused(_log, _options.Name, ex);
                Leave(batch);
                return true;
            }
        }
    }

    /// <summary>Something in the batch cannot be written: one by one all others can.</summary>
    private async Task<bool> WriteOneByOneAsync(T[] batch)
    {
        foreach (var item in batch)
            if (!await WriteAsync([item]).ConfigureAwait(false)) return false;
        return true;
    }

    private async Task PauseAsync(TimeSpan pause, Task? orUntil)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var delay = Task.Delay(pause, _time, over.Token);
        await Task.WhenAny(delay, orUntil ?? delay).ConfigureAwait(false);
        _stop.Token.ThrowIfCancellationRequested();
        await over.CancelAsync().ConfigureAwait(false);
    }

    private void Fail(string problem, TimeSpan pause)
    {
        if (_problem is null) WriteBehindLog.Away(_log, _options.FailureLevel, _options.Name, problem);
        lock (_gate)
        {
            _notBefore = _time.GetUtcNow() + pause;
            _problem = problem;
            Release(static waiter => !waiter.EvenAfterFailure);
        }
    }

    private void Leave(T[] batch)
    {
        _left?.Invoke(batch);
        lock (_gate)
        {
            _gone += batch.Length;
            Release(waiter => waiter.Until <= _gone);
        }
    }

    private void End()
    {
        int lost;
        lock (_gate)
        {
            lost = (int)(_added - _gone);
            Release(static _ => true);
        }

        if (lost > 0 && !_options.Coalesces) WriteBehindLog.Lost(_log, _options.Name, lost);
    }

    private void Release(Func<Waiter, bool> chosen)
    {
        for (var index = _waiters.Count - 1; index >= 0; index--)
        {
            if (!chosen(_waiters[index])) continue;
            _waiters[index].Done.TrySetResult();
            _waiters.RemoveAt(index);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Waiter(long Until, bool EvenAfterFailure, TaskCompletionSource Done);
}

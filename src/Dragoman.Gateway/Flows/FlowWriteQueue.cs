using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Flows;

/// <summary>The records that wait for the store. One batch after the other is written; a store that is away is asked again, less and less often.</summary>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where a store that is away is reported.</param>
/// <param name="left">Told how many have left, written or given up.</param>
/// <param name="again">Asks to be called again after a pause.</param>
internal sealed partial class FlowWriteQueue(IFlowStore store, TimeProvider time, ILogger log, Action<int> left, Action again) : IAsyncDisposable
{
    private const int Batch = 500;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly List<FlowRecord> _waiting = [];
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _pause = TimeSpan.FromSeconds(1);
    private DateTimeOffset _notBefore;
    private long _bytes;
    private long _written;
    private long _refused;

    /// <summary>Bytes of the bodies that wait.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public long Written => Interlocked.Read(ref _written);

    /// <summary>Records that the store would not take for what they are.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public string? Problem { get; private set; }

    public void Add(FlowRecord record)
    {
        lock (_gate) _waiting.Add(record);
        Interlocked.Add(ref _bytes, BytesOf(record));
    }

    /// <summary>Writes what waits; returns when there is nothing left, or the store said no. Never throws.</summary>
    public async Task WriteAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Problem is not null && time.GetUtcNow() < _notBefore)
            {
                again();
                return;
            }

            while (Take() is { Count: > 0 } batch && await TryWriteAsync(batch).ConfigureAwait(false)) Remove(batch.Count);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Stops a write that hangs, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _writing.WaitAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task<bool> TryWriteAsync(List<FlowRecord> batch)
    {
        try
        {
            await store.AppendAsync(batch, _stop.Token).ConfigureAwait(false);
            Interlocked.Add(ref _written, batch.Count);
            if (Problem is not null) LogBack();
            Problem = null;
            _pause = TimeSpan.FromSeconds(1);
            return true;
        }
        catch (StoreException ex) when (ex.Fault is not StoreFault.Invalid)
        {
            if (Problem is null) LogAway(ex.Message);
            Problem = ex.Message;
            _notBefore = time.GetUtcNow() + _pause;
            again();
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception ex)
        {
            // Something in the batch cannot be stored: one by one all others can.
            if (batch.Count > 1) return await OneByOneAsync(batch).ConfigureAwait(false);
            Interlocked.Increment(ref _refused);
            LogRefused(batch[0].Id, ex);
            return true;
        }
    }

    private async Task<bool> OneByOneAsync(List<FlowRecord> batch)
    {
        // Appending again what is there already changes nothing, so a pause in the middle does no harm.
        foreach (var record in batch)
            if (!await TryWriteAsync([record]).ConfigureAwait(false)) return false;
        return true;
    }

    private List<FlowRecord> Take()
    {
        lock (_gate) return _waiting.GetRange(0, Math.Min(Batch, _waiting.Count));
    }

    private void Remove(int count)
    {
        lock (_gate)
        {
            var bytes = 0L;
            for (var i = 0; i < count; i++) bytes += BytesOf(_waiting[i]);
            _waiting.RemoveRange(0, count);
            Interlocked.Add(ref _bytes, -bytes);
        }

        left(count);
    }

    private static long BytesOf(FlowRecord record)
    {
        var bytes = (long)record.SearchText.Length * 2;
        foreach (var body in record.Bodies) bytes += body.Content.Length;
        return bytes;
    }

    [LoggerMessage(40, LogLevel.Error, "Flows cannot be written; they are kept and tried again: {Problem}")]
    private partial void LogAway(string problem);

    [LoggerMessage(41, LogLevel.Information, "Flows are written again.")]
    private partial void LogBack();

    [LoggerMessage(42, LogLevel.Error, "The flow {Id} could not be stored.")]
    private partial void LogRefused(string id, Exception fault);
}

using System.IO.Pipelines;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Requests;

/// <summary>A pipe that ends in this process: what is flushed is handed to <paramref name="take"/>.</summary>
public sealed class CallbackPipeWriter(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take) : PipeWriter, IDisposable
{
    private readonly PooledBuffer _buffer = new();

    /// <inheritdoc/>
    public override void Advance(int bytes) => _buffer.Advance(bytes);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(Math.Max(sizeHint, 256));

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(Math.Max(sizeHint, 256));

    /// <inheritdoc/>
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_buffer.Length > 0)
        {
            await take(_buffer.WrittenMemory, cancellationToken);
            _buffer.Clear();
        }

        return new FlushResult(isCanceled: false, isCompleted: false);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}

using System.IO.Pipelines;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Http;

/// <summary>A pipe that ends in this process: what is flushed is handed to <paramref name="take"/>.</summary>
internal sealed class CallbackPipeWriter(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take) : PipeWriter, IDisposable
{
    private readonly PooledBuffer _buffer = new();

    public override void Advance(int bytes) => _buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(Math.Max(sizeHint, 256));

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(Math.Max(sizeHint, 256));

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_buffer.Length > 0)
        {
            await take(_buffer.WrittenMemory, cancellationToken);
            _buffer.Clear();
        }

        return new FlushResult(isCanceled: false, isCompleted: false);
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public void Dispose() => _buffer.Dispose();
}

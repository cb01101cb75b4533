using System.IO.Pipelines;

namespace Dragoman.Server.Http;

/// <summary>A pipe to a client that does everything as another does, but for what is overridden.</summary>
/// <param name="inner">The other pipe, asked for whenever it is needed: it may come to be with its first use.</param>
internal abstract class DelegatingPipeWriter(Func<PipeWriter> inner) : PipeWriter
{
    /// <summary>The other pipe.</summary>
    protected PipeWriter Inner => inner();

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => Inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => Inner.UnflushedBytes;

    /// <inheritdoc/>
    public override void Advance(int bytes) => Inner.Advance(bytes);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => Inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => Inner.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => Inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void CancelPendingFlush() => Inner.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => Inner.Complete(exception);
}

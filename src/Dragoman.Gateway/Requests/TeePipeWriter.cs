using System.IO.Pipelines;

namespace Dragoman.Gateway.Requests;

/// <summary>A pipe to a client that is looked at as it is written: every byte passes on unchanged, and once.</summary>
public abstract class TeePipeWriter(PipeWriter inner) : PipeWriter
{
    private ReadOnlyMemory<byte> _last;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var memory = inner.GetMemory(sizeHint);
        _last = memory;
        return memory;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => ((Memory<byte>)GetMemory(sizeHint)).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        Observe(_last.Span[..bytes]);
        _last = _last[bytes..];
        inner.Advance(bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Observe(source.Span);
        var before = BeforeFlushAsync();
        return before.IsCompletedSuccessfully ? inner.WriteAsync(source, cancellationToken) : WriteAfterAsync(before, source, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var before = BeforeFlushAsync();
        return before.IsCompletedSuccessfully ? inner.FlushAsync(cancellationToken) : FlushAfterAsync(before, cancellationToken);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    /// <summary>Takes bytes that go to the client; valid during the call.</summary>
    protected abstract void Observe(ReadOnlySpan<byte> written);

    /// <summary>What has to happen before the bytes written so far leave.</summary>
    protected virtual ValueTask BeforeFlushAsync() => default;

    private async ValueTask<FlushResult> WriteAfterAsync(ValueTask before, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await before;
        return await inner.WriteAsync(source, cancellationToken);
    }

    private async ValueTask<FlushResult> FlushAfterAsync(ValueTask before, CancellationToken cancellationToken)
    {
        await before;
        return await inner.FlushAsync(cancellationToken);
    }
}

using System.IO.Pipelines;

namespace Dragoman.Gateway.Flows;

/// <summary>A pipe to the client that is listened to.</summary>
internal sealed class TeePipeWriter(PipeWriter inner, BodyCollector bytes) : PipeWriter
{
    private Memory<byte> _last;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _last = inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int count)
    {
        bytes.Append(_last.Span[..count]);
        _last = _last[count..];
        inner.Advance(count);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}

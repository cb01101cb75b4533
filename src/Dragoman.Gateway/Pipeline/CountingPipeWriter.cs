using System.IO.Pipelines;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Forwarding;

namespace Dragoman.Gateway.Pipeline;

/// <summary>Counts what goes to the client, and tells its pass when that is more than was expected.</summary>
internal sealed class CountingPipeWriter(PipeWriter inner, AdmissionLease pass) : PipeWriter
{
    private ReadOnlyMemory<byte> _last;
    private long _bytes;
    private long _frames;

    /// <summary>What has gone out so far.</summary>
    public ResponseSize Sent => new(_bytes, _frames);

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var memory = inner.GetMemory(sizeHint);
        _last = memory;
        return memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => ((Memory<byte>)GetMemory(sizeHint)).Span;

    public override void Advance(int bytes)
    {
        Count(_last.Span[..bytes]);
        _last = _last[bytes..];
        inner.Advance(bytes);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Count(source.Span);
        Watch();
        return inner.WriteAsync(source, cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Watch();
        return inner.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private void Count(ReadOnlySpan<byte> bytes)
    {
        _bytes += bytes.Length;
        _frames += System.MemoryExtensions.Count(bytes, "\n\n"u8);
    }

    private void Watch()
    {
        if (pass.ExpectedOutput is { } expected && Sent.Tokens is var tokens && tokens > expected) pass.Outgrown(tokens);
    }
}

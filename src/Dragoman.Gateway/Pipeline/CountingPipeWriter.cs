using System.IO.Pipelines;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Pipeline;

/// <summary>Counts what goes to the client, and tells its lease when that is more than was expected.</summary>
internal sealed class CountingPipeWriter(PipeWriter inner, AdmissionLease lease) : TeePipeWriter(inner)
{
    private long _bytes;
    private long _frames;

    /// <summary>What has gone out so far.</summary>
    public ResponseSize Sent => new(_bytes, _frames);

    /// <inheritdoc/>
    protected override void Observe(ReadOnlySpan<byte> written)
    {
        _bytes += written.Length;
        _frames += written.Count("\n\n"u8);
    }

    /// <inheritdoc/>
    protected override ValueTask BeforeFlushAsync()
    {
        if (lease.ExpectedOutput is { } expected && Sent.Tokens is var tokens && tokens > expected) lease.OnExceeded(tokens);
        return default;
    }
}

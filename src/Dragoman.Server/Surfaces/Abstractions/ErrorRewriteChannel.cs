using System.Buffers;
using System.IO.Pipelines;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Http;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>A way back to the client on which errors that are told before an answer has begun are put into another shape. Everything else passes unchanged.</summary>
internal sealed class ErrorRewriteChannel : IResponseChannel
{
    private readonly IResponseChannel _inner;
    private readonly ErrorPipe _pipe;

    /// <param name="inner">The way back.</param>
    /// <param name="rewrite">Takes the status and the whole body of an error, and gives those that the client gets.</param>
    public ErrorRewriteChannel(IResponseChannel inner, Func<int, ReadOnlyMemory<byte>, (int Status, byte[] Body)> rewrite)
        => (_inner, _pipe) = (inner, new ErrorPipe(inner, rewrite));

    /// <inheritdoc/>
    public PipeWriter Body => _pipe;

    /// <inheritdoc/>
    public bool HasBegun => _pipe.IsError || _inner.HasBegun;

    /// <inheritdoc/>
    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        if (status < 400 || !contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)) _inner.Begin(status, contentType, headers);
        else _pipe.Collect(status, headers);
    }

    /// <inheritdoc/>
    public void Abort() => _inner.Abort();

    /// <summary>Passes bytes on until an error begins, and collects that one: errors are written whole and flushed once.</summary>
    private sealed class ErrorPipe(IResponseChannel inner, Func<int, ReadOnlyMemory<byte>, (int Status, byte[] Body)> rewrite) : DelegatingPipeWriter(() => inner.Body)
    {
        private ArrayBufferWriter<byte>? _error;
        private int _status;
        private AnswerHeaders? _headers;

        public bool IsError => _headers is not null;

        public void Collect(int status, AnswerHeaders headers) => (_status, _headers, _error) = (status, headers, new ArrayBufferWriter<byte>());

        public override void Advance(int bytes)
        {
            if (_error is null) base.Advance(bytes);
            else _error.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _error?.GetMemory(sizeHint) ?? base.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _error is null ? base.GetSpan(sizeHint) : _error.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_error is not { WrittenCount: > 0 } error) return base.FlushAsync(cancellationToken);
            _error = null;
            var (status, body) = rewrite(_status, error.WrittenMemory);
            inner.Begin(status, "application/json", _headers! with { Length = body.Length });
            Inner.Write(body);
            return base.FlushAsync(cancellationToken);
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;
using Dragoman.Gateway.Requests;

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
    private sealed class ErrorPipe(IResponseChannel inner, Func<int, ReadOnlyMemory<byte>, (int Status, byte[] Body)> rewrite) : PipeWriter
    {
        private ArrayBufferWriter<byte>? _error;
        private int _status;
        private AnswerHeaders? _headers;

        public bool IsError => _headers is not null;

        public override bool CanGetUnflushedBytes => inner.Body.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.Body.UnflushedBytes;

        public void Collect(int status, AnswerHeaders headers) => (_status, _headers, _error) = (status, headers, new ArrayBufferWriter<byte>());

        public override void Advance(int bytes)
        {
            if (_error is null) inner.Body.Advance(bytes);
            else _error.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _error?.GetMemory(sizeHint) ?? inner.Body.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _error is null ? inner.Body.GetSpan(sizeHint) : _error.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_error is not { WrittenCount: > 0 } error) return inner.Body.FlushAsync(cancellationToken);
            _error = null;
            var (status, body) = rewrite(_status, error.WrittenMemory);
            inner.Begin(status, "application/json", _headers! with { Length = body.Length });
            inner.Body.Write(body);
            return inner.Body.FlushAsync(cancellationToken);
        }

        public override void CancelPendingFlush() => inner.Body.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Body.Complete(exception);
    }
}

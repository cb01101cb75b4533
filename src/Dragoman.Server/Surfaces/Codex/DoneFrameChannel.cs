using System.IO.Pipelines;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Http;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>
/// A way back to a client on which a stream of messages gets one more frame behind its last event, <c>data: [DONE]</c> (wire notes codex-and-antigravity §A.13), and errors are put into another shape.
/// The frame comes behind <c>message_stop</c> only: a stream that breaks off does not look like one that has ended.
/// </summary>
internal sealed class DoneFrameChannel : IResponseChannel
{
    private readonly ErrorRewriteChannel _inner;
    private readonly DoneFramePipe _pipe;
    private TimeSpan? _retryAfter;

    /// <param name="inner">The way back.</param>
    /// <param name="rewrite">Takes the status, the whole body and the wait of an error, and gives the body that the client gets.</param>
    public DoneFrameChannel(IResponseChannel inner, Func<int, ReadOnlyMemory<byte>, TimeSpan?, byte[]> rewrite)
    {
        _inner = new ErrorRewriteChannel(inner, (status, body) => (status, rewrite(status, body, _retryAfter)));
        _pipe = new DoneFramePipe(_inner.Body);
    }

    /// <inheritdoc/>
    public PipeWriter Body => _pipe;

    /// <inheritdoc/>
    public bool HasBegun => _inner.HasBegun;

    /// <inheritdoc/>
    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        _retryAfter = headers.RetryAfter;
        _pipe.Streams = contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
        _inner.Begin(status, contentType, headers);
    }

    /// <inheritdoc/>
    public void Abort() => _inner.Abort();

    /// <summary>Looks at the end of what is written, and adds the frame before the flush behind the last event.</summary>
    private sealed class DoneFramePipe(PipeWriter inner) : DelegatingPipeWriter(() => inner)
    {
        private const int Kept = 1024;

        private readonly byte[] _tail = new byte[Kept];
        private int _length;
        private Memory<byte> _lent;
        private bool _done;

        /// <summary>Whether it is a stream of events.</summary>
        public bool Streams { get; set; }

        public override void Advance(int bytes)
        {
            if (Streams && !_done) Remember(_lent.Span[..bytes]);
            _lent = _lent[bytes..];
            base.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _lent = base.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (Streams && !_done && EndsInLastEvent())
            {
                _done = true;
                System.Buffers.BuffersExtensions.Write(Inner, "data: [DONE]\n\n"u8);
            }

            return base.FlushAsync(cancellationToken);
        }

        private void Remember(ReadOnlySpan<byte> written)
        {
            if (written.Length >= Kept)
            {
                written[^Kept..].CopyTo(_tail);
                _length = Kept;
                return;
            }

            var keep = Math.Min(_length, Kept - written.Length);
            _tail.AsSpan(_length - keep, keep).CopyTo(_tail);
            written.CopyTo(_tail.AsSpan(keep));
            _length = keep + written.Length;
        }

        private bool EndsInLastEvent()
        {
            ReadOnlySpan<byte> tail = _tail.AsSpan(0, _length);
            if (!tail.EndsWith("\n\n"u8)) return false;
            tail = tail[..^2];
            var frame = tail[(tail.LastIndexOf("\n\n"u8) is >= 0 and var before ? before + 2 : 0)..];
            return frame.StartsWith("event: message_stop"u8) || frame.StartsWith("event:message_stop"u8);
        }
    }
}

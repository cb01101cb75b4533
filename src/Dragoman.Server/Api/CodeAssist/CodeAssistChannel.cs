using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Json;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.CodeAssist;

/// <summary>
/// A way back on which Gemini's answers are put into the wrapping of Code Assist: <c>{"response":…,"traceId":…}</c>, whole or event by event. Errors are not wrapped there, and not here.
/// </summary>
internal sealed class CodeAssistChannel : IResponseChannel, IDisposable
{
    private readonly IResponseChannel _inner;
    private readonly WrappingPipe _pipe;

    /// <param name="inner">The way back.</param>
    /// <param name="trace">The request's id.</param>
    public CodeAssistChannel(IResponseChannel inner, string trace) => (_inner, _pipe) = (inner, new WrappingPipe(inner, trace));

    /// <inheritdoc/>
    public PipeWriter Body => _pipe;

    /// <inheritdoc/>
    public bool HasBegun => _inner.HasBegun;

    /// <inheritdoc/>
    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        var form = status != 200 ? BodyForm.AsItIs : contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) ? BodyForm.Events : BodyForm.Whole;
        _inner.Begin(status, contentType, form == BodyForm.AsItIs ? headers : headers with { Length = null });
        _pipe.Begin(form);
    }

    /// <inheritdoc/>
    public void Abort() => _inner.Abort();

    /// <summary>Ends the wrapping, behind the last byte.</summary>
    public ValueTask<FlushResult> FinishAsync(CancellationToken cancellationToken) => _pipe.FinishAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _pipe.Dispose();

    private enum BodyForm
    {
        AsItIs,
        Whole,
        Events,
    }

    private sealed class WrappingPipe(IResponseChannel inner, string trace) : DelegatingPipeWriter(() => inner.Body), IDisposable
    {
        private readonly byte[] _end = Encoding.UTF8.GetBytes($",\"traceId\":\"{trace}\"}}");
        private readonly PooledBuffer _lines = new();
        private BodyForm _form;

        public override long UnflushedBytes => base.UnflushedBytes + _lines.Length;

        public void Begin(BodyForm form)
        {
            _form = form;
            if (form == BodyForm.Whole) Inner.Write("{\"response\":"u8);
        }

        public override void Advance(int bytes)
        {
            if (_form == BodyForm.Events) _lines.Advance(bytes);
            else base.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _form == BodyForm.Events ? _lines.GetMemory(sizeHint) : base.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _form == BodyForm.Events ? _lines.GetSpan(sizeHint) : base.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_form == BodyForm.Events) WriteLines();
            return base.FlushAsync(cancellationToken);
        }

        public ValueTask<FlushResult> FinishAsync(CancellationToken cancellationToken)
        {
            if (_form == BodyForm.Whole) Inner.Write(_end);
            if (_form == BodyForm.Events)
            {
                WriteLines();
                Inner.Write(_lines.WrittenSpan);
            }

            _form = BodyForm.AsItIs;
            return base.FlushAsync(cancellationToken);
        }

        public void Dispose() => _lines.Dispose();

        /// <summary>Writes the lines that are whole; the rest waits.</summary>
        private void WriteLines()
        {
            var rest = _lines.WrittenSpan;
            for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                WriteLine(rest[..end]);
                rest = rest[(end + 1)..];
            }

            _lines.Consume(_lines.Length - rest.Length);
        }

        private void WriteLine(ReadOnlySpan<byte> line)
        {
            var output = Inner;
            var payload = line.StartsWith("data:"u8) ? line[5..].Trim(" \r"u8) : default;
            if (payload is [(byte)'{', ..] && !IsError(payload))
            {
                output.Write("data: {\"response\":"u8);
                output.Write(payload);
                output.Write(_end);
            }
            else
            {
                output.Write(line);
            }

            output.Write("\n"u8);
        }

        private static bool IsError(ReadOnlySpan<byte> payload)
        {
            var members = new TopLevelJsonScanner(payload);
            return members.Next() && members.Name.SequenceEqual("error"u8);
        }
    }
}

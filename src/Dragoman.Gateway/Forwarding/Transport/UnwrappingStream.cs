using System.Buffers;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>
/// An upstream's answer without its vendor's envelope: a whole JSON body is read to its end and unwrapped, a stream of server-sent events is unwrapped event by event as
/// it comes, and anything else (an event stream of another framing, a web page) passes as it is. Which it is shows in the first byte; its label may be wrong.
/// </summary>
/// <param name="inner">The answer as it comes.</param>
/// <param name="envelope">What it is wrapped in.</param>
/// <param name="maxAnswerBytes">The most bytes of a whole answer.</param>
/// <param name="maxFrameBytes">The most bytes of an event.</param>
/// <param name="memory">What buffers are counted in; null for nothing.</param>
internal sealed class UnwrappingStream(Stream inner, IEnvelope envelope, int maxAnswerBytes, int maxFrameBytes, MemoryBudget? memory) : ReceivingStream
{
    private readonly PooledBuffer _ready = new(4096, memory);
    private SseReader? _events;
    private Form _form;
    private int _taken;
    private bool _isOver;

    private enum Form
    {
        Unknown,
        Whole,
        Events,
        Other,
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            // Somebody waits for bytes without room for them.
            if (_taken == _ready.Length && !_isOver) await inner.WaitForBytesAsync(cancellationToken);
            return 0;
        }

        while (true)
        {
            if (_taken < _ready.Length)
            {
                var count = Math.Min(buffer.Length, _ready.Length - _taken);
                _ready.WrittenMemory.Slice(_taken, count).CopyTo(buffer);
                _taken += count;
                return count;
            }

            _ready.Clear();
            _ready.ReturnBuffer();
            _taken = 0;
            if (_isOver) return 0;
            if (_form == Form.Other) return await inner.ReadAsync(buffer, cancellationToken);
            await ReceiveAsync(cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _events?.Dispose();
            _ready.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_form == Form.Events)
        {
            var count = await inner.ReadAsync(_events!.GetMemory(), cancellationToken);
            if (count > 0) _events.Advance(count);
            TakeEvents(last: count == 0);
            return;
        }

        // Until the first byte that says something, and for a whole answer to its end, what comes is kept together.
        do
        {
            var count = await inner.ReadAsync(_ready.GetMemory(4096), cancellationToken);
            if (count == 0)
            {
                _isOver = true;
                break;
            }

            _ready.Advance(count);
            if (_ready.Length > maxAnswerBytes) throw new InvalidDataException($"an answer larger than {maxAnswerBytes >> 20} MB.");
            if (_form == Form.Unknown) _form = FormOf(_ready.WrittenSpan);
        }
        while (_form is Form.Unknown or Form.Whole);

        if (_form == Form.Whole) TakeWhole();
        else if (_form == Form.Events) BeginEvents();
    }

    private static Form FormOf(ReadOnlySpan<byte> begun)
    {
        if (ResponseKind.IsJson(begun) is not { } isJson) return Form.Unknown;
        if (isJson) return Form.Whole;
        // A field of an event, or a comment: data, event, id, retry, ':'.
        return begun.TrimStart(" \t\r\n\uFEFF"u8)[0] is (byte)'d' or (byte)'e' or (byte)'i' or (byte)'r' or (byte)':' ? Form.Events : Form.Other;
    }

    private void TakeWhole()
    {
        var inside = envelope.UnwrapResponse(_ready.WrittenMemory);
        if (inside.Length == _ready.Length) return;
        // The slice lies in the buffer that is written anew.
        using var copy = new PooledBuffer(Math.Max(inside.Length, 1), memory);
        copy.Write(inside.Span);
        _ready.Clear();
        _ready.Write(copy.WrittenSpan);
    }

    private void BeginEvents()
    {
        _events = new SseReader(maxFrameBytes, memory);
        _events.Append(_ready.WrittenSpan);
        _ready.Clear();
        TakeEvents(last: _isOver);
    }

    private void TakeEvents(bool last)
    {
        while (_events!.TryRead(out var frame)) Write(frame);
        if (!last) return;
        _isOver = true;
        if (_events.TryReadLast(out var open)) Write(open);
    }

    private void Write(SseFrame frame)
    {
        if (frame.Name.Length > 0)
        {
            _ready.Write("event: "u8);
            _ready.Write(frame.Name.Span);
            _ready.Write("\n"u8);
        }

        var data = envelope.UnwrapResponse(frame.Data).Span;
        foreach (var line in data.Split((byte)'\n'))
        {
            _ready.Write("data: "u8);
            _ready.Write(data[line]);
            _ready.Write("\n"u8);
        }

        _ready.Write("\n"u8);
    }
}

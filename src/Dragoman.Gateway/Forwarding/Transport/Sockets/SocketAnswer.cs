using System.Buffers;
using System.Net.Http.Headers;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Transport.Sockets;

/// <summary>
/// An answer that comes over a WebSocket, as the stream of server-sent events that HTTP would have brought: an event a message. What messages say in the place of headers is put to the response's
/// headers as it comes. With the last event the connection is free for the next request.
/// </summary>
/// <param name="connection">The connection, which belongs to the answer until its last event.</param>
/// <param name="binding">What messages mean.</param>
/// <param name="response">The response whose content this is.</param>
/// <param name="limits">How large what comes may be.</param>
/// <param name="onHeaders">Called when a message has changed the headers.</param>
/// <param name="release">Takes the connection back when the answer has ended.</param>
internal sealed class SocketAnswer(
    SocketConnection connection, ISocketBinding binding, HttpResponseMessage response, SocketLimits limits, Action<HttpResponseHeaders> onHeaders, Action<SocketConnection> release) : ReceivingStream
{
    private readonly PooledBuffer _message = new(0, limits.Memory);
    private readonly PooledBuffer _ready = new(0, limits.Memory);
    private int _taken;
    private bool _isOver;

    /// <summary>Whether any message has come.</summary>
    public bool HasCome { get; private set; }

    /// <summary>Waits for the first message that is of the answer, or in its place.</summary>
    /// <returns>It; valid until the stream is read. An error in the place of an answer is not in the stream.</returns>
    public async ValueTask<SocketMessage> BeginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await ReceiveAsync(cancellationToken);
            if (message.Kind == SocketMessageKind.Expired || message is { Kind: SocketMessageKind.Error, Status: not null }) return message;
            Take(message);
            if (message.Kind != SocketMessageKind.Beside) return message;
            if (_ready.Length > limits.MaxMessageBytes) throw TooLarge();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            // Somebody waits for bytes without room for them.
            if (_taken == _ready.Length && !_isOver) await WaitAsync(cancellationToken);
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

            Rewind();
            if (_isOver) return 0;
            Take(await ReceiveAsync(cancellationToken));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Nobody waits for the rest of the answer; the vendor sees it and stops.
            if (!_isOver) connection.Dispose();
            _isOver = true;
            _message.Dispose();
            _ready.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Waits until something comes, with no buffers held.</summary>
    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        Rewind();
        if (_message.Length > 0) return;
        _message.ReturnBuffer();
        // An empty message may end here; it says nothing.
        await connection.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
    }

    private void Rewind()
    {
        _ready.Clear();
        _ready.ReturnBuffer();
        _taken = 0;
    }

    private async ValueTask<SocketMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        _message.Clear();
        while (true)
        {
            var (count, isWhole) = await connection.ReceiveAsync(_message.GetMemory(4096), cancellationToken);
            _message.Advance(count);
            if (_message.Length > limits.MaxMessageBytes) throw TooLarge();
            if (!isWhole || _message.Length == 0) continue;
            HasCome = true;
            return binding.Read(_message.WrittenMemory);
        }
    }

    private InvalidDataException TooLarge() => new($"a message larger than {limits.MaxMessageBytes >> 20} MB on its WebSocket.");

    private void Take(in SocketMessage message)
    {
        Merge(message);
        if (message.Name.Length > 0)
        {
            _ready.Write("event: "u8);
            _ready.Write(message.Name.Span);
            _ready.Write("\n"u8);
        }

        _ready.Write("data: "u8);
        WriteOnOneLine(message.Data.Span);
        _ready.Write("\n\n"u8);
        _message.Clear();
        if (message.Kind is SocketMessageKind.Event or SocketMessageKind.Beside) return;
        _isOver = true;
        _message.ReturnBuffer();
        if (message.Kind == SocketMessageKind.Last) release(connection);
        else connection.Dispose();
    }

    /// <summary>A document may be written on many lines; between its tokens a blank says as much.</summary>
    private void WriteOnOneLine(ReadOnlySpan<byte> data)
    {
        while (data.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            _ready.Write(data[..end]);
            _ready.Write(" "u8);
            data = data[(end + 1)..];
        }

        _ready.Write(data);
    }

    private void Merge(in SocketMessage message)
    {
        if (message.Headers.Count == 0) return;
        foreach (var (name, value) in message.Headers)
        {
            response.Headers.Remove(name);
            response.Headers.TryAddWithoutValidation(name, value);
        }

        onHeaders(response.Headers);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dragoman.Bench.Requests;

namespace Dragoman.Bench.Load;

/// <summary>One connection of the load generator: bytes prepared beforehand out, as little parsing as possible in.</summary>
internal sealed class ClientConnection(IPEndPoint target, int bufferSize = 32_768) : IDisposable
{
    private readonly byte[] _buffer = new byte[bufferSize];
    private Socket? _socket;
    private int _filled;

    /// <summary>When the last answer's first byte was there, in ticks of the stopwatch.</summary>
    public long FirstByteAt { get; private set; }

    public void Dispose() => _socket?.Dispose();

    public async ValueTask OpenAsync()
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(target);
    }

    /// <summary>Sends a request and reads its answer to the end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="keep">Whether the body is kept to be looked at.</param>
    /// <param name="gaps">Where the time between two arrivals is noted, or null.</param>
    public async ValueTask<AnswerParser> AskAsync(ClientRequest request, bool keep = false, Latencies? gaps = null)
    {
        await SendAsync(request);
        var parser = new AnswerParser(keep);
        var last = 0L;
        FirstByteAt = 0;
        while (!parser.Done)
        {
            await ReceiveAsync();
            if (gaps is not null || FirstByteAt == 0)
            {
                var now = Stopwatch.GetTimestamp();
                if (FirstByteAt == 0) FirstByteAt = now;
                else gaps!.Add(now - last);
                last = now;
            }

            Feed(ref parser);
        }

        return parser;
    }

    /// <summary>Sends a request and reads until its first event is there; the answer stays open.</summary>
    public async ValueTask<AnswerParser> AskFirstAsync(ClientRequest request)
    {
        await SendAsync(request);
        var parser = new AnswerParser(keep: false);
        while (parser is { Marks: 0, Done: false })
        {
            await ReceiveAsync();
            Feed(ref parser);
        }

        return parser;
    }

    private async ValueTask SendAsync(ClientRequest request)
    {
        _filled = 0;
        await _socket!.SendAsync(request.Bytes);
    }

    private async ValueTask ReceiveAsync()
    {
        if (_filled == _buffer.Length) throw new InvalidDataException("The answer's head is too long.");
        var received = await _socket!.ReceiveAsync(_buffer.AsMemory(_filled));
        if (received == 0) throw new EndOfStreamException("The connection was closed within an answer.");
        _filled += received;
    }

    private void Feed(ref AnswerParser parser)
    {
        var used = parser.Take(_buffer.AsSpan(0, _filled));
        if (used < _filled) _buffer.AsSpan(used, _filled - used).CopyTo(_buffer);
        _filled -= used;
    }
}

using System.Buffers;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Forwarding.Streaming;

/// <summary>
/// A streamed answer on its way to the client. Between writes of the answer it sends keep-alives, so that a client's (or a proxy's)
/// own watchdog does not take a thinking upstream for a dead one. Writes are of whole frames and never overlap, so a keep-alive never stands inside a frame.
/// A client that takes nothing for too long is cut off, and its upstream with it.
/// </summary>
internal sealed class ClientStream : ITimerCallback, IAsyncDisposable
{
    private readonly ClientRequest _request;
    private readonly IResponseChannel _channel;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _writeLimit;
    private readonly bool _asPing;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SharedTimer _timer;
    private readonly SharedTimer.Registration? _registration;
    private long _lastWrite;
    private bool _flushing;
    private bool _endsInCrLf;
    private bool _ended;

    public ClientStream(ClientRequest request, IResponseChannel channel, ForwardingOptions options, TimeProvider time, SharedTimer timer)
    {
        _request = request;
        _channel = channel;
        _time = time;
        _timer = timer;
        // An array of JSON has no place for comments; its client has to wait.
        _interval = request.ClientProtocol.StreamMediaType == "text/event-stream" ? options.KeepAlive : TimeSpan.Zero;
        _writeLimit = options.ClientWriteTimeout;
        _asPing = options.KeepAliveAsPing;
        _lastWrite = time.GetTimestamp();
        if (_interval > TimeSpan.Zero || _writeLimit > TimeSpan.Zero) _registration = timer.Join(this);
    }

    /// <summary>Whether any byte, be it a keep-alive, was sent.</summary>
    public bool HasBegun => _channel.HasBegun;

    /// <summary>Begins the answer, unless a keep-alive already did.</summary>
    public async ValueTask BeginAsync(string contentType, AnswerHeaders headers, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_channel.HasBegun) _channel.Begin(200, contentType, headers);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Sends bytes now: whole frames, because a keep-alive may follow.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        var free = _gate.WaitAsync(cancellationToken);
        if (!free.IsCompletedSuccessfully) await free;
        try
        {
            _endsInCrLf = bytes.Span.EndsWith("\r\n"u8);
            // Before it counts as flushing: the last write may be long ago.
            _lastWrite = _time.GetTimestamp();
            _flushing = true;
            while (true)
            {
                // In pieces: each one that is taken is progress, and only a client that takes nothing is cut off.
                var piece = bytes.Length > WholeAnswer.Piece ? bytes[..WholeAnswer.Piece] : bytes;
                _channel.Body.Write(piece.Span);
                _lastWrite = _time.GetTimestamp();
                await _channel.Body.FlushAsync(cancellationToken);
                bytes = bytes[piece.Length..];
                if (bytes.IsEmpty) break;
            }
        }
        finally
        {
            _flushing = false;
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ended = true;
        if (_registration is { } tick) _timer.Remove(tick);
        // A keep-alive on its way out is waited for: the response must not end under its feet.
        await _gate.WaitAsync();
        _gate.Release();
    }

    /// <inheritdoc/>
    public void OnTick()
    {
        var since = _time.GetElapsedTime(_lastWrite);
        // Off this thread: what waits for the client's leaving goes on right where the connection is broken off.
        if (_flushing && _writeLimit > TimeSpan.Zero && since >= _writeLimit) _ = Task.Run(_channel.Abort);
        else if (_interval > TimeSpan.Zero && since >= _interval) _ = KeepAliveAsync();
    }

    private async Task KeepAliveAsync()
    {
        if (_ended || !await _gate.WaitAsync(0)) return;
        try
        {
            if (_ended || _time.GetElapsedTime(_lastWrite) < _interval) return;
            if (!_channel.HasBegun) _channel.Begin(200, _request.ClientProtocol.StreamMediaType, new AnswerHeaders { Flow = _request.FlowId });
            WriteKeepAlive();
            _lastWrite = _time.GetTimestamp();
            _flushing = true;
            await _channel.Body.FlushAsync();
        }
        catch (Exception)
        {
            // The client has left; the attempt's own token says so too.
        }
        finally
        {
            _flushing = false;
            _gate.Release();
        }
    }

    private void WriteKeepAlive()
    {
        var ping = _request.ClientProtocol.Ping;
        var sign = _asPing && !ping.IsEmpty ? ping : _request.ClientProtocol.KeepAlive;
        // Google ends its lines with CRLF, and go-genai takes the first empty line of either kind for the end of an event: the two must not mix.
        _channel.Body.Write(_endsInCrLf && sign.SequenceEqual("\n\n"u8) ? "\r\n\r\n"u8 : sign);
    }
}

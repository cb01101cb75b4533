using System.Net.WebSockets;

namespace Dragoman.Gateway.Forwarding.Transport.Sockets;

/// <summary>
/// One WebSocket to a vendor. It answers one request at a time. While it is idle it reads all the same: only so are the vendor's pings answered and is its farewell heard.
/// </summary>
/// <param name="socket">The socket.</param>
/// <param name="key">Which requests it may serve; null for the one it was opened for only.</param>
/// <param name="opened">When it was opened.</param>
internal sealed class SocketConnection(WebSocket socket, string? key, DateTimeOffset opened) : IDisposable
{
    private Task<ValueWebSocketReceiveResult>? _idleRead;

    /// <summary>Which requests it may serve; null for the one it was opened for only.</summary>
    public string? Key => key;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset Opened => opened;

    /// <summary>Since when it is idle.</summary>
    public DateTimeOffset IdleSince { get; private set; }

    /// <summary>What the vendor says, or was told, about where requests shall go; null for nothing.</summary>
    public string? Routing { get; set; }

    /// <summary>Whether nothing has come while it was idle: whatever comes then is no answer.</summary>
    public bool IsFresh => socket.State == WebSocketState.Open && _idleRead is { IsCompleted: false };

    /// <summary>How the vendor closed it; null where it did not.</summary>
    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    /// <summary>Sends a message as one frame.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException ex)
        {
            throw new IOException(ex.Message, ex);
        }
    }

    /// <summary>Receives; without room it waits until there is something.</summary>
    /// <returns>How many bytes, and whether the message ends with them.</returns>
    /// <exception cref="IOException">It has ended.</exception>
    /// <exception cref="InvalidDataException">What came is no text.</exception>
    public async ValueTask<(int Count, bool IsWhole)> ReceiveAsync(Memory<byte> room, CancellationToken cancellationToken)
    {
        try
        {
            if (_idleRead is { } idle)
            {
                var waited = await idle.WaitAsync(cancellationToken);
                _idleRead = null;
                if (waited.MessageType != WebSocketMessageType.Text || waited.EndOfMessage) return Check(waited);
            }

            return Check(await socket.ReceiveAsync(room, cancellationToken));
        }
        catch (WebSocketException ex)
        {
            throw new IOException(ex.Message, ex);
        }
    }

    /// <summary>Leaves it idle until the next request.</summary>
    /// <param name="now">The time.</param>
    /// <param name="ended">Called when anything comes, or it ends, meanwhile.</param>
    public void Park(DateTimeOffset now, Action<SocketConnection> ended)
    {
        IdleSince = now;
        _idleRead = socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask();
        _ = _idleRead.ContinueWith(
            (task, state) =>
            {
                // Looked at, so that nobody misses it.
                _ = task.Exception;
                ((Action<SocketConnection>)state!)(this);
            },
            ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Says farewell and lets go, without being waited for.</summary>
    public void Close(TimeProvider time) => _ = CloseAsync(time);

    /// <summary>Breaks it off.</summary>
    public void Dispose() => socket.Dispose();

    private async Task CloseAsync(TimeProvider time)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            if (socket.State == WebSocketState.Open) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception ex) when (ex is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It is let go in any case.
        }
        finally
        {
            Dispose();
        }
    }

    private (int Count, bool IsWhole) Check(ValueWebSocketReceiveResult received) => received.MessageType switch
    {
        WebSocketMessageType.Text => (received.Count, received.EndOfMessage),
        WebSocketMessageType.Close => throw new IOException($"it closed the WebSocket in the middle{(socket.CloseStatus is { } status ? $" ({(int)status}{(socket.CloseStatusDescription is { Length: > 0 } words ? $", {words}" : "")})" : "")}."),
        _ => throw new InvalidDataException("a binary message on its WebSocket."),
    };
}

using System.Buffers;
using System.Net.WebSockets;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>The way out of a connection: one JSON document a text frame, never two at once.</summary>
internal sealed class SocketWriter(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Sends an object, marked with the queue it belongs to.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> json, string? streamId, CancellationToken cancellationToken)
    {
        using var marked = streamId is null ? null : new PooledBuffer(json.Length + 300);
        if (marked is not null)
        {
            // The id has no letter that JSON would escape.
            marked.Write("{\"stream_id\":\""u8);
            marked.Write(System.Text.Encoding.ASCII.GetBytes(streamId!));
            marked.Write("\","u8);
            marked.Write(json.Span[1..]);
            json = marked.WrittenMemory;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string? why, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, why, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Breaks the connection off: the client takes nothing any more.</summary>
    public void Abort() => socket.Abort();

    public void Dispose() => _gate.Dispose();
}

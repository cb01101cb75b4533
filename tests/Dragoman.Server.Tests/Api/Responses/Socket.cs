using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>A client's end of a WebSocket.</summary>
internal sealed class Socket : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 20];

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<Socket> OpenAsync(ResponsesFixture stage, string path = "/v1/responses", string? key = null, string? origin = null)
    {
        var socket = new Socket();
        if (key is not null) socket._socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        if (origin is not null) socket._socket.Options.SetRequestHeader("Origin", origin);
        socket._socket.Options.CollectHttpResponseDetails = true;
        await socket._socket.ConnectAsync(new Uri(stage.SocketAddress, path), default);
        return socket;
    }

    public static async Task<Socket> OpenAsync(Uri address, string key)
    {
        var socket = new Socket();
        socket._socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        await socket._socket.ConnectAsync(address, default);
        return socket;
    }

    public Task SendAsync(object frame) => SendTextAsync(frame as string ?? JsonSerializer.Serialize(frame));

    public Task SendTextAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    /// <summary>A part of a message, whose end is still to come.</summary>
    public Task SendPartAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, false, default);

    /// <summary>The next frame; null when the connection was closed.</summary>
    public async Task<JsonNode?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), default);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            part.MessageType.ShouldBe(WebSocketMessageType.Text);
            length += part.Count;
            if (part.EndOfMessage) return JsonNode.Parse(_buffer.AsSpan(0, length));
        }
    }

    /// <summary>All frames of a turn, with the one that ends it.</summary>
    public async Task<List<JsonNode>> TurnAsync()
    {
        var frames = new List<JsonNode>();
        while (true)
        {
            var frame = await ReceiveAsync() ?? throw new InvalidOperationException($"closed after {frames.Count} frames: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            frames.Add(frame);
            if (ResponsesFixture.Text(frame, "type") is "response.completed" or "response.failed" or "response.incomplete" or "error") return frames;
        }
    }

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);

    public void Dispose() => _socket.Dispose();
}

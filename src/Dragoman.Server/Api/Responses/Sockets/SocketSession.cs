using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>
/// One connection: frames are read and given to queues, each of which answers one request after the other. It ends when the client leaves,
/// after an hour, or when the gateway stops; in the last two cases running turns come to their end first.
/// </summary>
internal sealed class SocketSession : IAsyncDisposable
{
    private const int MaxQueues = 32;
    private const int LongestQueue = 16;

    /// <summary>RFC 6455's registry of close codes, 1013.</summary>
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(5);
    private static readonly SearchValues<char> StreamIdLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
    private readonly SocketDependencies _parts;
    private readonly WebSocket _socket;
    private readonly SocketWriter _writer;
    private readonly SocketTurns _turns;
    private readonly QueuedTurns _queued;
    private readonly CancellationTokenSource _gone;
    private readonly Dictionary<string, (Channel<QueuedTurn> Queue, Task Worker)> _queues = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _watches = [];
    private Task _retirement = Task.CompletedTask;
    private Task _givenUp = Task.CompletedTask;
    private volatile bool _retiring;

    public SocketSession(SocketDependencies parts, HttpContext context, WebSocket socket)
    {
        _parts = parts;
        _socket = socket;
        _writer = new SocketWriter(socket);
        _queued = new QueuedTurns(parts.Memory, parts.Config);
        _turns = new SocketTurns(parts, context, _writer);
        _gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, parts.Shutdown.Ended);
    }

    /// <summary>Serves the connection until it ends; never throws for what the client does.</summary>
    public async Task RunAsync()
    {
        _watches.Add(_parts.Time.CreateTimer(_ => Retire(expired: true), null, Lifetime, Timeout.InfiniteTimeSpan));
        _watches.Add(_parts.Shutdown.Begun.Register(() => Retire(expired: false)));
        _watches.Add(_gone.Token.Register(_socket.Abort));
        using var message = new PooledBuffer(4096, _parts.Memory);
        try
        {
            while (await ReceiveAsync(message))
            {
                await DispatchAsync(message);
                // A large frame's room is not kept for the hours that a connection may be silent.
                message.Clear();
                message.ReturnBuffer();
            }

            if (_socket.State == WebSocketState.CloseReceived) await _writer.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _gone.Token);
        }
        catch (WireException ex)
        {
            // The rest of the message has still to come, and there is no room for it.
            await RefuseAsync(ex.Error, null);
            await _writer.CloseAsync(TryAgainLater, "no memory for a message of this size now", _gone.Token);
        }
        catch (Exception ex) when (ex is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client has left without a word.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches) watch.Dispose();
        foreach (var (queue, _) in _queues.Values) queue.Writer.TryComplete();
        // Nobody listens any more: what still runs is stopped, as it would be for a client that hangs up.
        await _gone.CancelAsync();
        await Task.WhenAll(_queues.Values.Select(lane => lane.Worker));
        await _retirement;
        await _givenUp;
        _turns.Dispose();
        _queued.Dispose();
        _gone.Dispose();
        _writer.Dispose();
    }

    /// <summary>Reads one message; false at the end of the connection.</summary>
    private async Task<bool> ReceiveAsync(PooledBuffer message)
    {
        message.Clear();
        var limit = _parts.Config().Limits.MaxBodyBytes;
        // Between two messages a connection may be silent for as long as it likes; within one it may not.
        using var timeout = new ReadTimeout(_parts.Config().Limits.ClientReadTimeout, _parts.Time, CancellationToken.None);
        await using var giveUp = timeout.Token.Register(() => _givenUp = GiveUpAsync());
        while (true)
        {
            var part = await _socket.ReceiveAsync(message.GetMemory(16 * 1024), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close) return false;
            message.Advance(part.Count);
            if (message.Length > limit)
            {
                await _writer.CloseAsync(WebSocketCloseStatus.MessageTooBig, $"a frame may have {limit >> 20} MB (limits.max-body-mb)", _gone.Token);
                return false;
            }

            if (!part.EndOfMessage)
            {
                timeout.Expect();
                continue;
            }

            timeout.Pause();
            if (part.MessageType == WebSocketMessageType.Text) return true;
            await RefuseAsync(StoredResponseErrors.Invalid("websocket request must be a text frame with one JSON object").Error, null);
            message.Clear();
        }
    }

    private async Task DispatchAsync(PooledBuffer received)
    {
        string? streamId = null;
        try
        {
            _ = RequestEnvelope.Read(received.WrittenSpan);
            var frame = new JsonSlice(received.WrittenMemory);
            streamId = StreamIdOf(frame);
            var type = InputItems.TextOf(frame, "type"u8) ?? "";
            if (type == "response.processed") return;
            if (type is not ("response.create" or "response.append")) throw StoredResponseErrors.Invalid($"unsupported websocket request type: {type}", "type");
            if (_retiring) throw new WireException(new WireError(ErrorKind.Unavailable, "This connection is about to close; open another.") { Code = "shutting_down" });
            var queue = QueueOf(streamId);
            var turn = _queued.Take(received.WrittenSpan);
            if (queue.Writer.TryWrite(turn)) return;
            turn.Dispose();
            throw new WireException(new WireError(ErrorKind.RateLimit, $"More than {LongestQueue} requests wait on this connection."));
        }
        catch (WireException ex)
        {
            await RefuseAsync(ex.Error, streamId);
        }
        catch (JsonException)
        {
            await RefuseAsync(StoredResponseErrors.Invalid("websocket request is not valid JSON", code: "invalid_json").Error, streamId);
        }
    }

    private static string? StreamIdOf(JsonSlice frame)
    {
        var value = ResponsesJsonEditor.FieldOf(frame.Bytes, "stream_id"u8);
        if (value.IsEmpty) return null;
        return ListPaging.TextOf(value) is { Length: > 0 and <= 256 } id && !id.AsSpan().ContainsAnyExcept(StreamIdLetters)
            ? id
            : throw StoredResponseErrors.Invalid("'stream_id' must be 1 to 256 letters, digits, '_', '.' or '-'.", "stream_id", "invalid_value");
    }

    private Channel<QueuedTurn> QueueOf(string? streamId)
    {
        var key = streamId ?? "";
        if (_queues.TryGetValue(key, out var lane)) return lane.Queue;
        if (_queues.Count >= MaxQueues) throw new WireException(new WireError(ErrorKind.RateLimit, $"A connection may have {MaxQueues} values of 'stream_id'."));
        var queue = Channel.CreateBounded<QueuedTurn>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
        _queues[key] = (queue, ServeAsync(queue.Reader, streamId));
        return queue;
    }

    private async Task ServeAsync(ChannelReader<QueuedTurn> queue, string? streamId)
    {
        await Task.Yield();
        try
        {
            await foreach (var turn in queue.ReadAllAsync(_gone.Token))
            {
                // Counted until it is answered: the turn works on these bytes.
                using (turn) await _turns.RunAsync(turn.Message, streamId, _gone.Token);
            }
        }
        catch (Exception ex) when (ex is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The client has left; reading says so too.
        }
    }

    /// <summary>The rest of a message does not come: says so, and cuts the connection off with all that runs on it.</summary>
    private async Task GiveUpAsync()
    {
        var reported = TellAsync();
        await ((Task)Task.Delay(CloseGrace, _parts.Time, _gone.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _gone.CancelAsync();
        await reported;

        async Task TellAsync()
        {
            await Task.Yield();
            try
            {
                var seconds = _parts.Config().Limits.ClientReadTimeout.TotalSeconds;
                await RefuseAsync(new WireError(ErrorKind.Timeout, $"Nothing more of the message has come for {seconds:0} seconds (limits.client-read-timeout-seconds).") { Status = 408, Code = "request_timeout" }, null);
                await _writer.CloseAsync(WebSocketCloseStatus.PolicyViolation, "a message was not finished in time", _gone.Token);
            }
            catch (Exception ex) when (ex is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
            {
                // The client has left, or takes nothing either.
            }
        }
    }

    private void Retire(bool expired)
    {
        if (_retiring) return;
        _retiring = true;
        _retirement = RetireAsync(expired);
    }

    /// <summary>Lets the turns end, says why, and closes; a client that does not close in its turn is cut off.</summary>
    private async Task RetireAsync(bool expired)
    {
        await Task.Yield();
        try
        {
            foreach (var (queue, _) in _queues.Values.ToArray()) queue.Writer.TryComplete();
            await Task.WhenAll(_queues.Values.Select(lane => lane.Worker).ToArray());
            if (expired)
            {
                var error = new WireError(ErrorKind.InvalidRequest, "This connection has reached its limit of 60 minutes; open another.") { Code = "websocket_connection_limit_reached" };
                await RefuseAsync(error, null);
            }

            await _writer.CloseAsync(expired ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.EndpointUnavailable, expired ? "connection limit reached" : "shutting down", _gone.Token);
            await Task.Delay(CloseGrace, _parts.Time, _gone.Token);
            await _gone.CancelAsync();
        }
        catch (Exception ex) when (ex is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The client was faster.
        }
    }

    private Task RefuseAsync(WireError error, string? streamId) => _writer.SendAsync(SocketErrors.Create(error), streamId, _gone.Token).AsTask();
}

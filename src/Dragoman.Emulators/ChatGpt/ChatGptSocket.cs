using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Dragoman.Emulators.Faults;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Script;
using Dragoman.Emulators.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>
/// One WebSocket of the Codex backend: a handshake with the same headers as a request, then one <c>response.create</c> after the other, each in one masked text frame. What HTTP says in headers comes in
/// <c>codex.rate_limits</c> and <c>codex.response.metadata</c>; an error is a message with its status. A request is recorded with the method <c>WEBSOCKET</c>.
/// </summary>
internal sealed class ChatGptSocket(HttpContext context, Call call, ChatGptApi api, TimeProvider time, RequestLog log, Func<Call, RecordedRequest?, (Reply Reply, Fault? Fault)> decide) : IDisposable
{
    private const int UsualLargest = 16 << 20;

    private enum Ending
    {
        None,
        Closed,
        Cut,
    }

    private SocketPeer? _peer;
    private int _answered;

    /// <summary>Whether a request asks for the backend's WebSocket.</summary>
    public static bool IsAsked(Call call)
        => call is { Method: "GET", Segments: ["chatgpt", "backend-api", "codex", "responses"] } && string.Equals(call.Header("upgrade"), "websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers the handshake, and all requests until the client goes.</summary>
    public async Task RunAsync()
    {
        var record = log.Add(call);
        if (api.Sockets.Mute) await Task.Delay(Timeout.InfiniteTimeSpan, time, context.RequestAborted);
        if (Refuse(record) is { } refused)
        {
            record?.Status = refused.Status;
            await Delivery.SendAsync(context, refused, null, time);
            return;
        }

        record?.Status = 101;
        context.Response.Headers["Upgrade"] = "websocket";
        context.Response.Headers["Sec-WebSocket-Accept"] = SocketPeer.AcceptFor(call.Header("sec-websocket-key")!);
        context.Response.Headers["x-models-etag"] = "\"emulated\"";
        context.Response.Headers["x-codex-turn-state"] = $"turn_{record?.Number ?? 0}";
        await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        _peer = new SocketPeer(stream);
        var requests = Channel.CreateUnbounded<byte[]>();
        var reading = ReadAsync(requests.Writer, gone);
        try
        {
            await foreach (var request in requests.Reader.ReadAllAsync(gone.Token))
            {
                var end = await AnswerAsync(request, gone.Token);
                if (end == Ending.None) continue;
                // What was sent arrives; behind it the connection ends without a farewell.
                if (end == Ending.Cut) await gone.CancelAsync();
                break;
            }

            await reading;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client has gone.
            await reading;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _peer?.Dispose();

    private Reply? Refuse(RecordedRequest? record)
    {
        if (api.Sockets.Refuse is > 0 and var status) return api.Error(call, ChatGptRules.Detail("No WebSockets here", status));
        try
        {
            if (call.Header("sec-websocket-version") != "13" || call.Header("sec-websocket-key") is not { Length: 24 } || call.Header("connection")?.Contains("upgrade", StringComparison.OrdinalIgnoreCase) != true) throw ChatGptRules.Detail("Bad handshake");
            if (call.Header("accept") is not null) throw ChatGptRules.Detail("A handshake accepts no body");
            api.CheckHandshake(call, time.GetUtcNow());
            return null;
        }
        catch (Refusal refusal)
        {
            record?.Refused = refusal.Message;
            return api.Error(call, refusal);
        }
    }

    private async Task ReadAsync(ChannelWriter<byte[]> requests, CancellationTokenSource gone)
    {
        try
        {
            while (await _peer!.ReadAsync(api.Sockets.Largest is > 0 and var most ? most : UsualLargest, gone.Token) is { } frame)
            {
                var (kind, payload) = frame;
                if (kind == SocketPeer.Text) await requests.WriteAsync(payload, gone.Token);
                else if (kind == SocketPeer.Ping) await _peer.SendAsync(SocketPeer.Pong, payload, cancellationToken: gone.Token);
                else if (kind == SocketPeer.Close) break;
                else if (kind != SocketPeer.Pong) throw new SocketFault(1003, "text only");
            }
        }
        catch (SocketFault fault)
        {
            await FarewellAsync(fault);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Gone without a farewell.
        }

        await gone.CancelAsync();
    }

    private async Task FarewellAsync(SocketFault fault)
    {
        try
        {
            await _peer!.CloseAsync(fault.Code, fault.Message, context.RequestAborted);
            await _peer.DrainAsync(context.RequestAborted);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Gone already.
        }
    }

    /// <returns>How the connection ends with it.</returns>
    private async Task<Ending> AnswerAsync(byte[] request, CancellationToken gone)
    {
        if (api.Sockets.HangsUp()) return Ending.Cut;
        var record = log.Add(new Call("WEBSOCKET", call.Target, call.Headers, request));
        var (reply, fault) = Read(request, record);
        record?.Status = reply.Status;
        if (api.Sockets.Most is > 0 and var most && _answered++ >= most)
        {
            await SendAsync(new JsonObject { ["type"] = "error", ["status"] = 400, ["error"] = new JsonObject { ["type"] = "invalid_request_error", ["code"] = "websocket_connection_limit_reached", ["message"] = "Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue." } }, gone);
            record?.Refused = "websocket_connection_limit_reached";
            await _peer!.CloseAsync(1000, "", gone);
            return Ending.Closed;
        }

        try
        {
            if (await DeliverAsync(MessagesOf(reply), fault ?? new Fault(), gone) is not Ending.None and var end) return end;
            record?.Completed = true;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            record?.AbortedAt = time.GetUtcNow();
            throw;
        }

        if (api.Sockets.Late) await SendAsync(new JsonObject { ["type"] = "responsesapi.websocket_timing" }, gone);
        if (!api.Sockets.Farewell) return Ending.None;
        await _peer!.CloseAsync(1001, "going away", gone);
        return Ending.Closed;
    }

    private (Reply Reply, Fault? Fault) Read(byte[] request, RecordedRequest? record)
    {
        var problem = JsonNode.Parse(request) switch
        {
            JsonObject body when body["type"].Str() != "response.create" => $"unsupported websocket request type: {body["type"].Str()}",
            JsonObject body when body["model"].Str() is null => "missing model in response.create request",
            JsonObject body when body.ContainsKey("background") => "Unsupported parameter: background",
            JsonObject body when body["previous_response_id"].Str() is { } id => $"Previous response with id '{id}' not found.",
            JsonObject => null,
            _ => "not an object",
        };
        if (problem is not null)
        {
            record?.Refused = problem;
            return (Reply.Json(new JsonObject { ["error"] = new JsonObject { ["type"] = "invalid_request_error", ["message"] = problem } }, 400), null);
        }

        var asked = JsonNode.Parse(request)!.AsObject();
        asked.Remove("type");
        asked["stream"] = true;
        return decide(new Call("POST", call.Target, call.Headers, JsonExtensions.Bytes(asked)), record);
    }

    private static List<JsonObject> MessagesOf(Reply reply)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in reply.Headers) headers[name] = double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : value;
        if (reply.Status >= 400)
        {
            var body = JsonNode.Parse(Encoding.UTF8.GetString(reply.Frames[0].Bytes))!;
            var error = body["error"]?.DeepClone() ?? new JsonObject { ["type"] = "invalid_request_error", ["message"] = body["detail"]?.DeepClone() };
            return [new JsonObject { ["type"] = "error", ["status"] = reply.Status, ["error"] = error, ["headers"] = headers }];
        }

        var messages = new List<JsonObject>();
        foreach (var frame in reply.Frames)
        {
            foreach (var line in Encoding.UTF8.GetString(frame.Bytes).Split('\n'))
            {
                if (line.StartsWith("data: {", StringComparison.Ordinal) && JsonNode.Parse(line[6..]) is JsonObject message) messages.Add(message);
            }
        }

        foreach (var limits in messages.Where(static message => message["type"].Str() == "codex.rate_limits")) limits["rate_limits"] = new JsonObject { ["primary"] = Window("primary"), ["secondary"] = Window("secondary") };
        messages.Insert(0, new JsonObject { ["type"] = "codex.response.metadata", ["headers"] = new JsonObject { ["openai-model"] = "emulated", ["content-length"] = 7, ["x-broken\r\n"] = "x" } });
        return messages;

        JsonObject Window(string name) => new()
        {
            ["used_percent"] = headers[$"x-codex-{name}-used-percent"]?.DeepClone(), ["window_minutes"] = headers[$"x-codex-{name}-window-minutes"]?.DeepClone(), ["reset_at"] = headers[$"x-codex-{name}-reset-at"]?.DeepClone(),
        };
    }

    /// <returns>How the connection ends before the answer does.</returns>
    private async Task<Ending> DeliverAsync(List<JsonObject> messages, Fault fault, CancellationToken gone)
    {
        var budget = fault.Disconnect ?? int.MaxValue;
        for (var sent = 0; sent <= messages.Count; sent++)
        {
            if (fault.Stall == sent) await Task.Delay(Timeout.InfiniteTimeSpan, time, gone);
            if (fault.Truncate == sent)
            {
                await _peer!.CloseAsync(1011, "internal error", gone);
                return Ending.Closed;
            }

            if (fault.Garbage == sent) await _peer!.SendAsync(SocketPeer.Text, "{\"this is\": not json"u8.ToArray(), fault.Tear, cancellationToken: gone);
            if (fault.ErrorInStream == sent)
            {
                await SendAsync(new JsonObject { ["type"] = "error", ["status"] = 500, ["error"] = new JsonObject { ["type"] = "server_error", ["code"] = "server_error", ["message"] = fault.Message ?? "Emulated error in the stream" } }, gone);
                return Ending.None;
            }

            if (sent == messages.Count) return Ending.None;
            var payload = Encoding.UTF8.GetBytes(TextOf(messages[sent]));
            var kind = api.Sockets.Binary && messages[sent]["type"].Str() == "response.created" ? SocketPeer.Binary : SocketPeer.Text;
            budget -= await _peer!.SendAsync(kind, payload, fault.Tear, budget, gone);
            if (budget <= 0) return Ending.Cut;
            // A sign of life between the messages.
            if (fault.Tear) await _peer.SendAsync(SocketPeer.Ping, "?"u8.ToArray(), tear: true, cancellationToken: gone);
        }

        return Ending.None;
    }

    private string TextOf(JsonObject message)
    {
        if (!api.Sockets.Old) return JsonExtensions.Text(message);
        if (message["type"].Str() == "response.completed") message["type"] = "response.done";
        return message.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true, NewLine = "\r\n" });
    }

    private Task SendAsync(JsonObject message, CancellationToken gone) => _peer!.SendAsync(SocketPeer.Text, Encoding.UTF8.GetBytes(TextOf(message)), cancellationToken: gone);
}

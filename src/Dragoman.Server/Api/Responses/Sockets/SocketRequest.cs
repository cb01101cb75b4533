using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>A request as a frame brought it, made into the body that HTTP would have brought.</summary>
/// <param name="Body">The body, always of a stream.</param>
/// <param name="Generate">Whether an answer is wanted; else only the beginning is handed in.</param>
/// <param name="ReplacesHistory">Whether the input holds the whole conversation, although it names what it continues; where that has answers of its own.</param>
internal sealed record SocketRequest(ReadOnlyMemory<byte> Body, bool Generate, bool ReplacesHistory)
{
    private static readonly JsonSlice True = JsonSlice.Create("true"u8);

    /// <exception cref="Dragoman.Protocols.WireException">The frame asks for what cannot be.</exception>
    public static SocketRequest Read(JsonSlice frame, SocketHistory? past)
    {
        return InputItems.TextOf(frame, "type"u8) == "response.append" ? ReadAppend(frame, past) : ReadCreate(frame, past);
    }

    private static SocketRequest ReadCreate(JsonSlice frame, SocketHistory? past)
    {
        if (Is(frame, "background"u8, "true"u8)) throw StoredResponseErrors.Invalid("'background' is not supported over a WebSocket.", "background", "unsupported_parameter");
        var model = ResponsesJsonEditor.FieldOf(frame.Bytes, "model"u8);
        if (model.IsEmpty)
        {
            if (past is null) throw StoredResponseErrors.Invalid("missing model in response.create request", "model", "missing_required_parameter");
            model = ResponsesJsonEditor.FieldOf(past.Body, "model"u8);
        }

        var generate = !Is(frame, "generate"u8, "false"u8);
        var input = ResponsesJsonEditor.FieldOf(frame.Bytes, "input"u8);
        if (input.IsEmpty && !generate) input = JsonSlice.Create("[]"u8);
        var continues = !ResponsesJsonEditor.FieldOf(frame.Bytes, "previous_response_id"u8).IsEmpty;
        if (continues && !input.IsArray) throw StoredResponseErrors.Invalid("websocket request requires array field: input", "input");
        var body = Changed(frame, [("model", model), ("input", input), ("type", default), ("stream_id", default), ("generate", default), ("background", default), ("stream", True)]);
        return new SocketRequest(body, generate, continues && HoldsHistory(input));
    }

    private static SocketRequest ReadAppend(JsonSlice frame, SocketHistory? past)
    {
        if (past is null) throw StoredResponseErrors.Invalid("websocket request received before response.create");
        var input = ResponsesJsonEditor.FieldOf(frame.Bytes, "input"u8);
        if (!input.IsArray) throw StoredResponseErrors.Invalid("websocket request requires array field: input", "input");
        var previous = past.ResponseId is { } id ? InputItems.Quote(id) : default;
        return new SocketRequest(Changed(new JsonSlice(past.Body), [("input", input), ("previous_response_id", previous), ("stream", True)]), Generate: true, HoldsHistory(input));
    }

    /// <summary>Whether there is something in the items that only an answer can have brought.</summary>
    public static bool HoldsHistory(JsonSlice input)
    {
        foreach (var item in InputItems.Each(input))
        {
            if (InputItems.TextOf(item, "type"u8) is "function_call" or "custom_tool_call" or "local_shell_call" or "compaction") return true;
            if (InputItems.TextOf(item, "role"u8) == "assistant") return true;
        }

        return false;
    }

    private static bool Is(JsonSlice frame, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => ResponsesJsonEditor.FieldOf(frame.Bytes, name).Bytes.Span.SequenceEqual(value);

    private static ReadOnlyMemory<byte> Changed(JsonSlice source, (string Name, JsonSlice Value)[] changes)
    {
        using var buffer = new PooledBuffer(source.Bytes.Length + 64);
        JsonObjectPatch.Write(source, changes, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}

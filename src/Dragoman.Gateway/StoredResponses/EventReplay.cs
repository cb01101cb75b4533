using System.Text.Json;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>Tells a response that was not streamed, or whose events are no longer kept, as the events a stream would have had, each text in one piece.</summary>
public static class EventReplay
{
    /// <summary>The events of a stored response.</summary>
    public static EventLog From(StoredResponse response) => From(new JsonSlice(response.Response), response.Status);

    /// <summary>The events of a response object with a status.</summary>
    public static EventLog From(JsonSlice response, string status)
    {
        var log = new EventLog();
        var begun = Begun(response);
        Add(log, "response.created", json => begun.WriteTo(json, "response"u8));
        Add(log, "response.in_progress", json => begun.WriteTo(json, "response"u8));
        var index = 0;
        foreach (var item in InputItems.Each(ResponsesJsonEditor.OutputOf(response.Bytes))) AddItem(log, item, index++);
        var terminal = status switch { "failed" => "response.failed", "incomplete" or "cancelled" => "response.incomplete", _ => "response.completed" };
        Add(log, terminal, json => response.WriteTo(json, "response"u8));
        log.End();
        return log;
    }

    private static JsonSlice Begun(JsonSlice response)
    {
        using var buffer = new PooledBuffer(response.Bytes.Length);
        JsonObjectPatch.Write(response, [("status", JsonSlice.Create("\"in_progress\""u8)), ("output", JsonSlice.Create("[]"u8)), ("usage", JsonSlice.Create("null"u8)), ("completed_at", default)], buffer);
        return new JsonSlice(buffer.WrittenSpan.ToArray());
    }

    private static void AddItem(EventLog log, JsonSlice item, int index)
    {
        var type = InputItems.TextOf(item, "type"u8);
        var id = InputItems.TextOf(item, "id"u8) ?? "";
        Item(log, "response.output_item.added", Opened(item, type), index);
        switch (type)
        {
            case "message":
                var place = 0;
                foreach (var part in InputItems.Each(ResponsesJsonEditor.FieldOf(item.Bytes, "content"u8))) AddPart(log, part, id, index, place++);
                break;
            case "function_call":
                Field(log, "response.function_call_arguments", "arguments", item, id, index);
                break;
            case "custom_tool_call":
                Field(log, "response.custom_tool_call_input", "input", item, id, index);
                break;
            case "reasoning":
                place = 0;
                foreach (var part in InputItems.Each(ResponsesJsonEditor.FieldOf(item.Bytes, "summary"u8)))
                {
                    Summary(log, part, id, index, place++);
                }

                break;
        }

        Item(log, "response.output_item.done", item, index);
    }

    /// <summary>The item as it stood when it was opened: nothing said yet.</summary>
    private static JsonSlice Opened(JsonSlice item, string? type)
    {
        using var buffer = new PooledBuffer(item.Bytes.Length);
        var running = JsonSlice.Create("\"in_progress\""u8);
        (string, JsonSlice)[] changes = type switch
        {
            "message" => [("status", running), ("content", JsonSlice.Create("[]"u8))],
            "function_call" => [("status", running), ("arguments", JsonSlice.Create("\"\""u8))],
            "custom_tool_call" => [("input", JsonSlice.Create("\"\""u8))],
            "reasoning" => [("summary", JsonSlice.Create("[]"u8)), ("encrypted_content", default)],
            _ => [],
        };
        JsonObjectPatch.Write(item, changes, buffer);
        return new JsonSlice(buffer.WrittenSpan.ToArray());
    }

    private static void AddPart(EventLog log, JsonSlice part, string id, int index, int place)
    {
        var refusal = InputItems.TextOf(part, "type"u8) == "refusal";
        var name = refusal ? "refusal" : "text";
        var text = ResponsesJsonEditor.FieldOf(part.Bytes, refusal ? "refusal"u8 : "text"u8);
        if (text.IsEmpty) text = JsonSlice.Create("\"\""u8);
        using var buffer = new PooledBuffer(part.Bytes.Length);
        JsonObjectPatch.Write(part, [(name, JsonSlice.Create("\"\""u8))], buffer);
        var opened = new JsonSlice(buffer.WrittenSpan.ToArray());
        var prefix = refusal ? "response.refusal" : "response.output_text";
        Part("response.content_part.added", json => opened.WriteTo(json, "part"u8));
        Part(prefix + ".delta", json => text.WriteTo(json, "delta"u8));
        Part(prefix + ".done", json =>
        {
            json.WritePropertyName(name);
            text.WriteTo(json);
        });
        Part("response.content_part.done", json => part.WriteTo(json, "part"u8));

        void Part(string type, Action<Utf8JsonWriter> write) => Add(log, type, json =>
        {
            Insert(json, id, index);
            json.WriteNumber("content_index"u8, place);
            write(json);
        });
    }

    private static void Summary(EventLog log, JsonSlice part, string id, int index, int place)
    {
        var text = ResponsesJsonEditor.FieldOf(part.Bytes, "text"u8);
        if (text.IsEmpty) return;
        Part("response.reasoning_summary_part.added", "part", JsonSlice.Create("""{"type":"summary_text","text":""}"""u8));
        Part("response.reasoning_summary_text.delta", "delta", text);
        Part("response.reasoning_summary_text.done", "text", text);
        Part("response.reasoning_summary_part.done", "part", part);

        void Part(string type, string name, JsonSlice value) => Add(log, type, json =>
        {
            Insert(json, id, index);
            json.WriteNumber("summary_index"u8, place);
            json.WritePropertyName(name);
            value.WriteTo(json);
        });
    }

    private static void Field(EventLog log, string prefix, string name, JsonSlice item, string id, int index)
    {
        var value = name == "input" ? ResponsesJsonEditor.FieldOf(item.Bytes, "input"u8) : ResponsesJsonEditor.FieldOf(item.Bytes, "arguments"u8);
        if (value.IsEmpty) return;
        Add(log, prefix + ".delta", json =>
        {
            Insert(json, id, index);
            value.WriteTo(json, "delta"u8);
        });
        Add(log, prefix + ".done", json =>
        {
            Insert(json, id, index);
            json.WritePropertyName(name);
            value.WriteTo(json);
        });
    }

    private static void Item(EventLog log, string type, JsonSlice item, int index) => Add(log, type, json =>
    {
        json.WriteNumber("output_index"u8, index);
        item.WriteTo(json, "item"u8);
    });

    private static void Insert(Utf8JsonWriter json, string id, int index)
    {
        json.WriteString("item_id"u8, id);
        json.WriteNumber("output_index"u8, index);
    }

    private static void Add(EventLog log, string type, Action<Utf8JsonWriter> write)
    {
        using var buffer = new PooledBuffer();
        var json = JsonWriting.Rent(buffer);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteNumber("sequence_number"u8, log.Count);
        write(json);
        json.WriteEndObject();
        JsonWriting.Return(json);
        log.Add(buffer.WrittenSpan.ToArray());
    }
}

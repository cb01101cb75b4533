using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>
/// What a server that keeps responses needs of the protocol: the items of a request as they are listed later, and the body of a request
/// that continues a kept conversation. The kept response itself is <see cref="ResponsesStreamWriter.FinalResponse"/>, or the whole answer.
/// </summary>
public static class ResponsesJsonEditor
{
    /// <summary>
    /// Writes a request's <c>input</c> as the JSON array of items that <c>GET …/input_items</c> lists, in the order they came: a plain
    /// string becomes a message, short messages get their full form, and items without an id get one made of <paramref name="seed"/> and
    /// their place.
    /// </summary>
    public static void WriteInputItems(ReadOnlyMemory<byte> body, string seed, IBufferWriter<byte> output)
    {
        var json = JsonWriting.Rent(output);
        json.WriteStartArray();
        var input = Property(body, "input"u8);
        if (input.IsString) WriteMessage(json, $"msg_{seed}0000", JsonSlice.Create("\"user\""u8), input, default);
        else if (input.IsObject) WriteItem(json, input, seed, 0);
        else if (input.IsArray)
        {
            var reader = input.Read();
            reader.Read();
            for (var index = 0; reader.NextElement(); index++)
            {
                var item = JsonSlice.From(ref reader, input.Bytes);
                if (item.IsObject) WriteItem(json, item, seed, index);
            }
        }

        json.WriteEndArray();
        JsonWriting.Return(json);
    }

    /// <summary>
    /// Whether a request brings back reasoning of another family of models in our envelope. OpenAI refuses it: such a body must be
    /// translated (the writer leaves the foreign reasoning out), not relayed.
    /// </summary>
    public static bool CarriesForeignReasoning(ReadOnlySpan<byte> body) => ResponsesReasoningEnvelope.IsIn(body);

    /// <summary>Writes a request's body without the items of its input that are reasoning; false where there are none.</summary>
    internal static bool TryLeaveOutReasoning(ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        var input = Property(body, "input"u8);
        if (!input.IsArray || input.Bytes.Span.IndexOf("\"reasoning\""u8) < 0) return false;
        using var kept = new PooledBuffer(input.Bytes.Length);
        var found = false;
        kept.Write("["u8);
        var reader = input.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var item = JsonSlice.From(ref reader, input.Bytes);
            if (item.IsObject && TopLevelJsonScanner.TextOf(item.Bytes.Span, "type"u8).SequenceEqual("reasoning"u8))
            {
                found = true;
                continue;
            }

            if (kept.Length > 1) kept.Write(","u8);
            kept.Write(item.Bytes.Span);
        }

        if (!found) return false;
        kept.Write("]"u8);
        JsonObjectPatch.Write(new JsonSlice(body), [("input", new JsonSlice(kept.WrittenMemory))], output);
        return true;
    }

    /// <summary>The <c>output</c> array of a response object; empty when it has none. Borrows <paramref name="response"/>.</summary>
    public static JsonSlice OutputOf(ReadOnlyMemory<byte> response) => Property(response, "output"u8);

    /// <summary>A top-level field of a request or response as it stood; empty when it is absent or null. Borrows <paramref name="body"/>.</summary>
    public static JsonSlice FieldOf(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> name) => Property(body, name);

    /// <summary>
    /// Writes a request's body again with <paramref name="history"/> (JSON arrays of items, oldest first) before its own input. All else
    /// stays as it stood, <c>previous_response_id</c> and <c>conversation</c> included: the answer repeats them, no upstream sees them.
    /// </summary>
    public static void WriteContinued(ReadOnlyMemory<byte> body, IReadOnlyList<JsonSlice> history, IBufferWriter<byte> output)
    {
        var json = JsonWriting.Rent(output);
        json.WriteStartObject();
        JsonSlice input = default;
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        reader.Read();
        while (reader.NextProperty())
        {
            var isInput = reader.ValueTextEquals("input"u8);
            var name = isInput ? null : reader.GetString();
            reader.Read();
            var value = JsonSlice.From(ref reader, body);
            if (isInput)
            {
                input = value;
                continue;
            }

            json.WritePropertyName(name!);
            value.WriteTo(json);
        }

        json.WriteStartArray("input"u8);
        foreach (var items in history) WriteElements(json, items);
        if (input.IsString)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, "user"u8);
            input.WriteTo(json, "content"u8);
            json.WriteEndObject();
        }
        else if (input.IsObject) input.WriteTo(json);
        else WriteElements(json, input);
        json.WriteEndArray();
        json.WriteEndObject();
        JsonWriting.Return(json);
    }

    /// <summary>Writes a request for an answer as one for a token count, without the fields that <c>input_tokens</c> refuses.</summary>
    internal static void WriteCountBody(ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
        => JsonObjectPatch.Write(new JsonSlice(body), CountRefuses, output);

    private static readonly (string Name, JsonSlice Value)[] CountRefuses =
    [
        ("stream", default), ("store", default), ("include", default), ("background", default), ("metadata", default), ("max_output_tokens", default),
        ("max_tool_calls", default), ("service_tier", default), ("prompt_cache_key", default), ("prompt_cache_retention", default), ("prompt_cache_options", default),
        ("safety_identifier", default), ("user", default), ("stream_options", default), ("temperature", default), ("top_p", default), ("top_logprobs", default),
        ("client_metadata", default), ("context_management", default), ("moderation", default),
    ];

    private static void WriteElements(Utf8JsonWriter json, JsonSlice items)
    {
        if (!items.IsArray) return;
        var reader = items.Read();
        reader.Read();
        while (reader.NextElement()) JsonSlice.From(ref reader, items.Bytes).WriteTo(json);
    }

    private static void WriteItem(Utf8JsonWriter json, JsonSlice raw, string seed, int index)
    {
        var item = ResponsesItem.From(raw);
        if (item.Type is "" or "message" && item.Role is not null)
        {
            WriteMessage(json, item.Id ?? $"msg_{seed}{index:x4}", Field(raw, "role"u8), item.Content, Field(raw, "phase"u8));
            return;
        }

        // In lists, calls and their results have a status; and clients may send it back.
        var lacksStatus = item.Type is "function_call" or "function_call_output" && Field(raw, "status"u8).IsEmpty;
        if (item.Id is not null && !lacksStatus)
        {
            raw.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        json.WriteString("id"u8, item.Id ?? $"{Prefix(item.Type)}_{seed}{index:x4}");
        ResponsesItem.CopyWithoutId(raw, json);
        if (lacksStatus) json.WriteString("status"u8, "completed"u8);
        json.WriteEndObject();
    }

    private static string Prefix(string type) => type switch
    {
        "function_call" => "fc",
        "function_call_output" => "fco",
        "custom_tool_call" => "ctc",
        "custom_tool_call_output" => "ctco",
        "reasoning" => "rs",
        "web_search_call" => "ws",
        "image_generation_call" => "ig",
        _ => "item",
    };

    private static void WriteMessage(Utf8JsonWriter json, string id, JsonSlice role, JsonSlice content, JsonSlice phase)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("status"u8, "completed"u8);
        role.WriteTo(json, "role"u8);
        if (!phase.IsEmpty && !phase.IsNull) phase.WriteTo(json, "phase"u8);
        json.WritePropertyName("content"u8);
        if (content.IsString)
        {
            var assistant = ResponsesItem.TextOf(role).Equals("assistant"u8);
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("type"u8, assistant ? "output_text"u8 : "input_text"u8);
            content.WriteTo(json, "text"u8);
            if (assistant)
            {
                json.WriteStartArray("annotations"u8);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }
        else if (content.IsArray) content.WriteTo(json);
        else
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static JsonSlice Property(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("The body must be a JSON object.");
        JsonSlice found = default;
        while (reader.NextProperty())
        {
            var wanted = reader.ValueTextEquals(name);
            reader.Read();
            var value = JsonSlice.From(ref reader, body);
            if (wanted) found = value;
        }

        return found.IsNull ? default : found;
    }

    private static JsonSlice Field(JsonSlice value, ReadOnlySpan<byte> name) => Property(value.Bytes, name);
}

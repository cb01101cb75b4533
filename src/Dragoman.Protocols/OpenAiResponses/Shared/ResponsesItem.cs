using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>
/// One item, as it stands in a request's <c>input</c>, in an answer's <c>output</c> and in stream events alike: its fields, read in one
/// pass and not yet judged.
/// </summary>
internal struct ResponsesItem
{
    public JsonSlice Raw;
    public string Type;
    public string? Id;
    public string? CallId;
    public string? Name;
    public string? Namespace;
    public string? Role;
    public string? Phase;
    public string? ServerLabel;
    public string? OutputFormat;
    public JsonText Arguments;
    public JsonText Input;
    public JsonText EncryptedContent;
    public JsonText Result;
    public JsonSlice ArgumentsValue;
    public JsonSlice Content;
    public JsonSlice Output;
    public JsonSlice Summary;
    public JsonSlice Action;
    public JsonSlice Operation;
    public JsonSlice Tools;
    public JsonSlice CacheControl;
    public JsonSlice Code;
    public List<Extra>? Unknown;

    /// <summary>The name with its namespace before it, as the tool is known everywhere else.</summary>
    public readonly string FlatName => Namespace is { Length: > 0 } ? ResponsesNames.Flat(Namespace, Name ?? "") : Name ?? "";

    /// <summary>Reads an item's fields. The item must be an object. What it has beside them is kept where <paramref name="keepsUnknown"/> asks for it.</summary>
    public static ResponsesItem From(JsonSlice raw, bool keepsUnknown = false)
    {
        var item = new ResponsesItem { Raw = raw, Type = "" };
        var source = raw.Bytes;
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) item.Type = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("id"u8)) item.Id = Text(ref reader);
            else if (reader.ValueTextEquals("call_id"u8)) item.CallId = Text(ref reader);
            else if (reader.ValueTextEquals("name"u8)) item.Name = Text(ref reader);
            else if (reader.ValueTextEquals("namespace"u8)) item.Namespace = Text(ref reader);
            else if (reader.ValueTextEquals("role"u8)) item.Role = Text(ref reader);
            else if (reader.ValueTextEquals("phase"u8)) item.Phase = Text(ref reader);
            else if (reader.ValueTextEquals("server_label"u8)) item.ServerLabel = Text(ref reader);
            else if (reader.ValueTextEquals("output_format"u8)) item.OutputFormat = Text(ref reader);
            else if (reader.ValueTextEquals("arguments"u8))
            {
                // A string that holds JSON everywhere but in a few servers, and in tool_search_call, where it is the object itself.
                item.ArgumentsValue = Value(ref reader, source);
                item.Arguments = TextOf(item.ArgumentsValue);
            }
            else if (reader.ValueTextEquals("input"u8)) item.Input = JsonTextOf(ref reader, source);
            else if (reader.ValueTextEquals("encrypted_content"u8)) item.EncryptedContent = JsonTextOf(ref reader, source);
            else if (reader.ValueTextEquals("result"u8)) item.Result = JsonTextOf(ref reader, source);
            else if (reader.ValueTextEquals("content"u8)) item.Content = Value(ref reader, source);
            else if (reader.ValueTextEquals("output"u8)) item.Output = Value(ref reader, source);
            else if (reader.ValueTextEquals("summary"u8)) item.Summary = Value(ref reader, source);
            else if (reader.ValueTextEquals("action"u8)) item.Action = Value(ref reader, source);
            else if (reader.ValueTextEquals("operation"u8)) item.Operation = Value(ref reader, source);
            else if (reader.ValueTextEquals("tools"u8)) item.Tools = Value(ref reader, source);
            else if (reader.ValueTextEquals("cache_control"u8)) item.CacheControl = Value(ref reader, source);
            else if (reader.ValueTextEquals("code"u8)) item.Code = Value(ref reader, source);
            else if (!keepsUnknown || reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                var name = reader.GetString()!;
                reader.Read();
                ResponsesUnknown.Add(ref item.Unknown, name, JsonSlice.From(ref reader, source));
            }
        }

        return item;
    }

    /// <summary>The text a JSON string spells; the JSON itself for any other value but null.</summary>
    public static JsonText TextOf(JsonSlice value)
    {
        if (value.IsEmpty || value.IsNull) return default;
        if (!value.IsString) return JsonText.FromUtf8(value.Bytes);
        var reader = value.Read();
        reader.Read();
        return JsonText.From(ref reader, value.Bytes);
    }

    /// <summary>Writes all properties of an item but its id, as they stood.</summary>
    public static void CopyWithoutId(JsonSlice raw, Utf8JsonWriter json)
    {
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.ValueTextEquals("id"u8) ? null : reader.GetString();
            reader.Read();
            var value = JsonSlice.From(ref reader, raw.Bytes);
            if (name is null || (name == "status" && value.IsNull)) continue;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }

    /// <summary>Whether an array value has at least one element.</summary>
    public static bool HasElements(JsonSlice value)
    {
        if (!value.IsArray) return false;
        var reader = value.Read();
        reader.Read();
        return reader.NextElement();
    }

    private static string? Text(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }

    private static JsonText JsonTextOf(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, source);
        reader.Skip();
        return default;
    }

    private static JsonSlice Value(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        var value = JsonSlice.From(ref reader, source);
        return value.IsNull ? default : value;
    }
}

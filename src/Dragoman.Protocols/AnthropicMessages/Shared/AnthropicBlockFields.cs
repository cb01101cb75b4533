using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>The members of a content block, found in one pass whatever their order.</summary>
internal struct AnthropicBlockFields
{
    /// <summary>The name of the extra that keeps a block whole which the model in the middle holds as another kind.</summary>
    public const string WholeBlock = "block";

    public string? Type;
    public string? Id;
    public string? Name;
    public string? ToolUseId;
    public string? ToolName;
    public string? Title;
    public string? Context;
    public bool IsError;
    public JsonText Text;
    public JsonText Thinking;
    public JsonText Signature;
    public JsonText Data;
    public JsonSlice Source;
    public JsonSlice Input;
    public JsonSlice Content;
    public JsonSlice Citations;
    public JsonSlice CacheControl;
    public List<Extra>? Extras;

    /// <summary>Reads the block.</summary>
    public static AnthropicBlockFields Read(JsonSlice raw)
    {
        var fields = default(AnthropicBlockFields);
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) fields.Type = TypeOf(ref reader);
            else if (reader.ValueTextEquals("text"u8)) fields.Text = TextOf(ref reader, raw);
            else if (reader.ValueTextEquals("id"u8)) fields.Id = String(ref reader);
            else if (reader.ValueTextEquals("name"u8)) fields.Name = String(ref reader);
            else if (reader.ValueTextEquals("input"u8)) fields.Input = Value(ref reader, raw);
            else if (reader.ValueTextEquals("tool_use_id"u8)) fields.ToolUseId = String(ref reader);
            else if (reader.ValueTextEquals("tool_name"u8)) fields.ToolName = String(ref reader);
            else if (reader.ValueTextEquals("content"u8)) fields.Content = Value(ref reader, raw);
            else if (reader.ValueTextEquals("is_error"u8))
            {
                reader.Read();
                fields.IsError = reader.BooleanOrNull() ?? false;
            }
            else if (reader.ValueTextEquals("thinking"u8)) fields.Thinking = TextOf(ref reader, raw);
            else if (reader.ValueTextEquals("signature"u8)) fields.Signature = TextOf(ref reader, raw);
            else if (reader.ValueTextEquals("data"u8)) fields.Data = TextOf(ref reader, raw);
            else if (reader.ValueTextEquals("source"u8)) fields.Source = Value(ref reader, raw);
            else if (reader.ValueTextEquals("title"u8)) fields.Title = String(ref reader);
            else if (reader.ValueTextEquals("context"u8)) fields.Context = String(ref reader);
            else if (reader.ValueTextEquals("citations"u8)) fields.Citations = Value(ref reader, raw);
            else if (reader.ValueTextEquals("cache_control"u8)) fields.CacheControl = Value(ref reader, raw);
            else
            {
                var name = reader.GetString()!;
                var value = Value(ref reader, raw);
                if (!value.IsNull) (fields.Extras ??= []).Add(new(Protocol.AnthropicMessages, name, value));
            }
        }

        return fields;
    }

    /// <summary>The type without a new string for the common ones.</summary>
    private static string? TypeOf(ref Utf8TokenReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return reader.StringOrNull();
        if (reader.ValueTextEquals("text"u8)) return "text";
        if (reader.ValueTextEquals("tool_use"u8)) return "tool_use";
        if (reader.ValueTextEquals("tool_result"u8)) return "tool_result";
        return reader.ValueTextEquals("thinking"u8) ? "thinking" : reader.GetString();
    }

    private static JsonText TextOf(ref Utf8TokenReader reader, JsonSlice raw)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, raw.Bytes);
        reader.Skip();
        return default;
    }

    private static string? String(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }

    private static JsonSlice Value(ref Utf8TokenReader reader, JsonSlice raw)
    {
        reader.Read();
        return JsonSlice.From(ref reader, raw.Bytes);
    }
}

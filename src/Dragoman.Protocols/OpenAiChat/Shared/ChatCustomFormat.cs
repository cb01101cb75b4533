using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>
/// The input format of custom tools. Chat nests a grammar (<c>{"type":"grammar","grammar":{"syntax","definition"}}</c>), Responses, whose
/// form the model in the middle keeps, has it flat.
/// </summary>
internal static class ChatCustomFormat
{
    public static JsonSlice ToResponses(JsonSlice format, ref List<Extra>? extras)
    {
        if (!format.IsObject) return default;
        List<Extra>? unknown = null;
        Members(format, out _, out var grammar, out _, out _, ref unknown);
        if (!grammar.IsObject) return format;
        Members(grammar, out _, out _, out var syntax, out var definition, ref unknown);
        if (unknown is not null) (extras ??= []).AddRange(unknown);
        return Make(syntax, definition, nested: false);
    }

    public static JsonSlice ToChat(JsonSlice format)
    {
        if (!format.IsObject) return default;
        List<Extra>? unknown = null;
        Members(format, out var type, out var grammar, out var syntax, out var definition, ref unknown);
        if (!grammar.IsEmpty || type != "grammar") return format;
        return Make(syntax, definition, nested: true);
    }

    /// <summary>A sentence about the format for a model that gets the tool as a function; empty for free text.</summary>
    public static string Describe(JsonSlice format)
    {
        if (!format.IsObject) return "";
        List<Extra>? unknown = null;
        Members(format, out var type, out _, out var syntax, out var definition, ref unknown);
        if (type != "grammar") return "";
        return $"The input must match this {ChatJson.TextOf(syntax)} grammar:\n{ChatJson.TextOf(definition)}";
    }

    private static void Members(JsonSlice value, out string? type, out JsonSlice grammar, out JsonSlice syntax, out JsonSlice definition, ref List<Extra>? unknown)
    {
        type = null;
        grammar = syntax = definition = default;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) type = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("grammar"u8)) grammar = ChatJson.Value(ref reader, value.Bytes);
            else if (reader.ValueTextEquals("syntax"u8)) syntax = ChatJson.Value(ref reader, value.Bytes);
            else if (reader.ValueTextEquals("definition"u8)) definition = ChatJson.Value(ref reader, value.Bytes);
            else ChatJson.Extra(ref reader, value.Bytes, ref unknown, "format.");
        }
    }

    private static JsonSlice Make(JsonSlice syntax, JsonSlice definition, bool nested)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = JsonWriting.Rent(bytes);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "grammar"u8);
        if (nested) writer.WriteStartObject("grammar"u8);
        if (!syntax.IsEmpty) syntax.WriteTo(writer, "syntax"u8);
        if (!definition.IsEmpty) definition.WriteTo(writer, "definition"u8);
        if (nested) writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        return new JsonSlice(bytes.WrittenMemory);
    }
}

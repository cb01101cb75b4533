using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads the tool calls of an assistant message.</summary>
internal static class ChatToolCalls
{
    public static void Read(JsonSlice calls, List<Block> into, string path)
    {
        var reader = calls.Read();
        reader.Read();
        for (var i = 0; reader.NextElement(); i++)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw ChatJson.WrongType($"{path}[{i}]", "an object", JsonSlice.From(ref reader, calls.Bytes));
            into.Add(ReadOne(ref reader, calls.Bytes, $"{path}[{i}]"));
        }
    }

    public static ToolCallBlock Legacy(JsonSlice call, string id, string path)
    {
        var reader = call.Read();
        reader.Read();
        string? name = null;
        var arguments = default(ToolArguments);
        List<Extra>? extras = null;
        Function(ref reader, call.Bytes, ref name, ref arguments, ref extras);
        return new ToolCallBlock(id, name ?? throw NoName(path + ".function_call"), arguments) { Extras = extras };
    }

    private static ToolCallBlock ReadOne(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, string path)
    {
        string? id = null;
        string? name = null;
        var custom = false;
        var arguments = default(ToolArguments);
        var signature = default(JsonText);
        List<Extra>? extras = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("id"u8)) id = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("type"u8)) custom |= ChatJson.String(ref reader) == "custom";
            else if (reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("custom"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) Function(ref reader, source, ref name, ref arguments, ref extras);
                else reader.Skip();
            }
            else if (reader.ValueTextEquals("extra_content"u8)) signature = ChatExtraContent.Signature(ChatJson.Value(ref reader, source));
            else if (reader.ValueTextEquals("index"u8))
            {
                // Clients that echo a stream's deltas leave the number on; the order says the same.
                reader.Read();
                reader.Skip();
            }
            else ChatJson.Extra(ref reader, source, ref extras);
        }

        return new ToolCallBlock(id ?? "", name ?? throw NoName(path + ".function"), arguments) { IsCustom = custom, PartSignature = signature, Extras = extras };
    }

    private static void Function(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, ref string? name, ref ToolArguments arguments, ref List<Extra>? extras)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("name"u8)) name = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8)) arguments = Arguments(ChatJson.Value(ref reader, source));
            else ChatJson.Extra(ref reader, source, ref extras, "function.");
        }
    }

    /// <summary>Arguments are a string that holds JSON; some clients send the object itself.</summary>
    internal static ToolArguments Arguments(JsonSlice value)
    {
        if (value.IsEmpty || value.IsNull) return default;
        return value.IsString ? ToolArguments.FromText(ChatJson.TextOf(value)) : ToolArguments.FromValue(value);
    }

    private static WireException NoName(string path)
        => WireException.Invalid($"Missing required parameter: '{path}.name'.", $"{path}.name", "missing_required_parameter");
}

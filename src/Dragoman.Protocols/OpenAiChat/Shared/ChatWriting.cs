using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Small pieces of JSON that Chat's writers share.</summary>
internal static class ChatWriting
{
    /// <summary>A string as a JSON value.</summary>
    public static JsonSlice Quote(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 2);
        using var writer = new Utf8JsonWriter(bytes, JsonWriting.Options);
        writer.WriteStringValue(text);
        writer.Flush();
        return new JsonSlice(bytes.WrittenMemory);
    }

    /// <summary>A place as Responses and Anthropic write it: <c>type</c> beside the members that Chat nests.</summary>
    public static JsonSlice Place(JsonSlice nested)
    {
        var bytes = new ArrayBufferWriter<byte>(nested.Bytes.Length + 32);
        using var writer = new Utf8JsonWriter(bytes, JsonWriting.Options);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "approximate"u8);
        WriteMembers(writer, nested);
        writer.WriteEndObject();
        writer.Flush();
        return new JsonSlice(bytes.WrittenMemory);
    }

    /// <summary>Writes the members of an object into the object the writer is in.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, JsonSlice value, string? except = null)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString()!;
            var member = ChatJson.Value(ref reader, value.Bytes);
            if (name == except) continue;
            writer.WritePropertyName(name);
            member.WriteTo(writer);
        }
    }

    /// <summary>Writes the extras that came from Chat, whose names start so, without that start.</summary>
    public static void WriteExtras(Utf8JsonWriter writer, List<Extra>? extras, string prefix = "")
    {
        if (extras is null) return;
        foreach (var extra in extras)
        {
            if (extra.Protocol != Protocol.OpenAiChat || !extra.Name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var name = extra.Name[prefix.Length..];
            // A dotted name belongs into an object that its own writer fills.
            if (name.Contains('.', StringComparison.Ordinal)) continue;
            writer.WritePropertyName(name);
            extra.Value.WriteTo(writer);
        }
    }
}

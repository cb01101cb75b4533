using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Shared;

/// <summary>Small readings of Converse's JSON.</summary>
internal static class ConverseJson
{
    /// <summary>The member of a request that asks for fields of the model's own answer.</summary>
    public const string AnswerFields = "additionalModelResponseFieldPaths";

    /// <summary>The value of an object's member; empty where the value is no object or has no such member.</summary>
    public static JsonSlice Member(JsonSlice value, ReadOnlySpan<byte> name)
    {
        if (!value.IsObject) return default;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found) return JsonSlice.From(ref reader, value.Bytes);
            reader.Skip();
        }

        return default;
    }

    /// <summary>The text of a string value; empty for any other value.</summary>
    public static JsonText Text(JsonSlice value) => value.Text;

    /// <summary>Writes the answer of CountTokens.</summary>
    public static void WriteTokenCount(long count, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteNumber("inputTokens"u8, count);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>The text of an object's member; null where it has no such text.</summary>
    public static string? TextOf(JsonSlice value, ReadOnlySpan<byte> name) => Member(value, name) is { IsString: true } found ? Text(found).ToString() : null;
}

using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>The answer of <c>countTokens</c>.</summary>
internal static class GeminiTokenCount
{
    public static void Write(long tokens, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteNumber("totalTokens"u8, tokens);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    public static long? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.NextProperty())
            {
                var hit = reader.ValueTextEquals("totalTokens"u8);
                reader.Read();
                if (hit) return reader.Int64OrNull();
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Not a count.
        }

        return null;
    }
}

using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>The body of CountTokens: <c>{"input":{"converse":{…}}}</c>.</summary>
internal static class ConverseCount
{
    public static void Write(ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteStartObject("input"u8);
        writer.WriteStartObject("converse"u8);
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.NextProperty())
            {
                var taken = reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("system"u8)
                    || reader.ValueTextEquals("toolConfig"u8) || reader.ValueTextEquals("additionalModelRequestFields"u8);
                var name = taken ? reader.ValueSpan : default;
                reader.Read();
                var value = JsonSlice.From(ref reader, body);
                if (taken) value.WriteTo(writer, name);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }
}

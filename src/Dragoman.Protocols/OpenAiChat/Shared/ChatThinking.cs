using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>The words of a <c>thinking</c> part: a string with Anthropic, a list of text parts with Mistral.</summary>
internal static class ChatThinking
{
    public static JsonText Text(JsonSlice thinking)
    {
        if (thinking.IsString) return ChatJson.TextOf(thinking);
        if (!thinking.IsArray) return default;
        var first = default(JsonText);
        ArrayBufferWriter<byte>? joined = null;
        var reader = thinking.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextProperty())
            {
                if (!reader.ValueTextEquals("text"u8))
                {
                    reader.Read();
                    reader.Skip();
                    continue;
                }

                var text = ChatJson.Text(ref reader, thinking.Bytes);
                if (text.IsEmpty) continue;
                if (first.IsEmpty)
                {
                    first = text;
                    continue;
                }

                if (joined is null) first.AppendEscaped(joined = new ArrayBufferWriter<byte>());
                text.AppendEscaped(joined);
            }
        }

        return joined is null ? first : JsonText.FromEscaped(joined.WrittenMemory);
    }
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>Failures that Chat servers report inside an answer: as a finish reason, or as an error on a choice.</summary>
internal static class ChatFailures
{
    /// <summary>The error that some servers say as a finish reason; null for a reason that is none.</summary>
    public static WireError? FailureOf(string word) => word switch
    {
        "error" or "network_error" => new WireError(ErrorKind.Api, "The upstream broke the answer off with an error.") { Status = 502, Code = word },
        // DeepSeek.
        "insufficient_system_resource" => new WireError(ErrorKind.Overloaded, "The upstream ran out of resources in the middle of the answer.") { Status = 503, Code = word },
        _ => null,
    };

    /// <summary>The failure that the choices of a whole answer tell, by an error of their own or as the reason of their end; null where they tell none.</summary>
    public static WireError? FailureIn(JsonSlice choices)
    {
        var reader = choices.Read();
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
                if (reader.ValueTextEquals("finish_reason"u8))
                {
                    if (ChatJson.String(ref reader) is { } word && FailureOf(word) is { } failure) return ErrorOfChoice(choices.Bytes, failure);
                }
                else if (reader.ValueTextEquals("error"u8))
                {
                    var value = ChatJson.Value(ref reader, choices.Bytes);
                    if (value.IsObject || value.IsString) return ErrorInAnswer.Read(ChatUpstream.Instance, value.Bytes);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }

        return null;
    }

    /// <summary>The error that stands on a choice, in its own words where it has some.</summary>
    public static WireError ErrorOfChoice(ReadOnlyMemory<byte> chunk, WireError? otherwise = null)
    {
        var reader = new Utf8TokenReader(chunk.Span, JsonReading.Options);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("error"u8)) continue;
            var value = ChatJson.Value(ref reader, chunk);
            if (value.IsObject || value.IsString) return ErrorInAnswer.Read(ChatUpstream.Instance, value.Bytes);
        }

        return otherwise ?? FailureOf("error")!;
    }
}

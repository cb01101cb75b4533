using System.Text.Json;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.OpenAiChat;

/// <summary>Why an answer ended, in the words of Chat servers.</summary>
internal static class ChatFinish
{
    public static Finish Of(string word, string? stopped) => new(word switch
    {
        "stop" when stopped is not null => FinishReason.StopSequence,
        "stop" or "eos" or "end_turn" or "eos_token" => FinishReason.Stop,
        "stop_sequence" => FinishReason.StopSequence,
        "length" or "max_tokens" or "MAX_TOKENS" => FinishReason.Length,
        "model_length" => FinishReason.ContextFull,
        "tool_calls" or "function_call" or "tool_use" => FinishReason.ToolCalls,
        "content_filter" or "safety" or "SAFETY" or "sensitive" => FinishReason.ContentFilter,
        "refusal" => FinishReason.Refusal,
        "malformed_function_call" or "MALFORMED_FUNCTION_CALL" => FinishReason.MalformedToolCall,
        _ => FinishReason.Other,
    })
    {
        Raw = word,
        StopSequence = word == "stop" ? stopped : null,
    };

    /// <summary>The error that some servers say as a finish reason; null for a reason that is none.</summary>
    public static WireError? FailureOf(string word) => word switch
    {
        "error" or "network_error" => new WireError(ErrorKind.Api, "The upstream broke the answer off with an error.") { Status = 502, Code = word },
        // DeepSeek.
        "insufficient_system_resource" => new WireError(ErrorKind.Overloaded, "The upstream ran out of resources in the middle of the answer.") { Status = 503, Code = word },
        _ => null,
    };

    /// <summary>The word OpenAI's clients know.</summary>
    public static ReadOnlySpan<byte> Word(FinishReason reason, bool refusalWritten) => reason switch
    {
        FinishReason.Length or FinishReason.ContextFull => "length"u8,
        FinishReason.ToolCalls => "tool_calls"u8,
        FinishReason.ContentFilter => "content_filter"u8,
        // OpenAI ends a refusal with its words in place by stop; without words only the filter's reason tells the client.
        FinishReason.Refusal => refusalWritten ? "stop"u8 : "content_filter"u8,
        _ => "stop"u8,
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
                    if (value.IsObject || value.IsString) return ErrorInAnswer.Read(OpenAiChatUpstream.Instance, value.Bytes);
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
        var reader = new JsonTokens(chunk.Span, JsonReading.Options);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("error"u8)) continue;
            var value = ChatJson.Value(ref reader, chunk);
            if (value.IsObject || value.IsString) return ErrorInAnswer.Read(OpenAiChatUpstream.Instance, value.Bytes);
        }

        return otherwise ?? FailureOf("error")!;
    }
}

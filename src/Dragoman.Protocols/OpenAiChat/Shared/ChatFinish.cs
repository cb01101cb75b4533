using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Why an answer ended, in the words of Chat servers.</summary>
internal static class ChatFinish
{
    public static Finish Parse(string word, string? stopped) => new(word switch
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

    /// <summary>The word OpenAI's clients know.</summary>
    public static ReadOnlySpan<byte> ToWire(FinishReason reason, bool refusalWritten) => reason switch
    {
        FinishReason.Length or FinishReason.ContextFull => "length"u8,
        FinishReason.ToolCalls => "tool_calls"u8,
        FinishReason.ContentFilter => "content_filter"u8,
        // OpenAI ends a refusal with its words in place by stop; without words only the filter's reason tells the client.
        FinishReason.Refusal => refusalWritten ? "stop"u8 : "content_filter"u8,
        _ => "stop"u8,
    };
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Gemini's words for why an answer ended.</summary>
internal static class GeminiFinish
{
    public static FinishReason Read(string word) => word switch
    {
        "STOP" => FinishReason.Stop,
        // Not a word of Gemini's own, which says STOP after calls too, but of servers that imitate it.
        "FUNCTION_CALL" or "TOOL_CALLS" => FinishReason.ToolCalls,
        "MAX_TOKENS" => FinishReason.Length,
        "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "LANGUAGE" or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT"
            or "IMAGE_RECITATION" or "MODEL_ARMOR" or "JAILBREAK" => FinishReason.ContentFilter,
        "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "MISSING_THOUGHT_SIGNATURE" => FinishReason.MalformedToolCall,
        "OTHER" or "NO_IMAGE" or "IMAGE_OTHER" or "MALFORMED_RESPONSE" => FinishReason.Failed,
        _ => FinishReason.Other,
    };

    public static string Write(Finish finish)
    {
        // Gemini's own word says more than the kind it was sorted into.
        if (finish.Raw is { } raw && finish.Reason != FinishReason.Other && Read(raw) == finish.Reason) return raw;
        return finish.Reason switch
        {
            FinishReason.Length or FinishReason.ContextFull => "MAX_TOKENS",
            FinishReason.ContentFilter or FinishReason.Refusal => "SAFETY",
            FinishReason.MalformedToolCall => "MALFORMED_FUNCTION_CALL",
            FinishReason.Other or FinishReason.Failed => "OTHER",
            _ => "STOP",
        };
    }

    /// <summary>
    /// The failure that a whole answer ends with, where it said nothing before or called a tool: the words of an answer that failed behind them are the
    /// client's to judge, a call is not to be run. Null for any other answer.
    /// </summary>
    public static WireError? FailureIn(JsonSlice candidates)
    {
        if (!candidates.IsArray) return null;
        var reader = candidates.Read();
        reader.Read();
        if (!reader.NextElement() || reader.TokenType != JsonTokenType.StartObject) return null;
        var state = GeminiChunkState.ReadCandidate(ref reader);
        return state.Finish is { IsFailure: true } finish && (!state.HasContent || state.Calls) ? finish.AsError() : null;
    }
}

using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.Gemini;

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
            FinishReason.Other => finish.Raw is "NO_IMAGE" or "IMAGE_OTHER" ? finish.Raw : "OTHER",
            _ => "STOP",
        };
    }
}

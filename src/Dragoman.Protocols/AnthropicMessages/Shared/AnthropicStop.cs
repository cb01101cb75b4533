using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>Why an answer ended, in this protocol's words.</summary>
internal static class AnthropicStop
{
    /// <summary>Reads a stop reason and what stands beside it.</summary>
    public static Finish Read(string reason, string? sequence, JsonSlice details) => new(reason switch
    {
        "end_turn" => FinishReason.Stop,
        "max_tokens" => FinishReason.Length,
        "stop_sequence" => FinishReason.StopSequence,
        "tool_use" => FinishReason.ToolCalls,
        "pause_turn" => FinishReason.Pause,
        "refusal" => FinishReason.Refusal,
        "model_context_window_exceeded" => FinishReason.ContextFull,
        _ => FinishReason.Other,
    })
    {
        Raw = reason,
        StopSequence = sequence,
        Message = Explanation(details),
    };

    /// <summary>Writes <c>stop_reason</c>, <c>stop_sequence</c> and, for a refusal that is explained, <c>stop_details</c>.</summary>
    public static void Write(Utf8JsonWriter writer, Finish finish, bool refused)
    {
        var word = finish.Reason switch
        {
            FinishReason.Length => "max_tokens",
            FinishReason.StopSequence => "stop_sequence",
            FinishReason.ToolCalls => "tool_use",
            FinishReason.Pause => "pause_turn",
            FinishReason.Refusal or FinishReason.ContentFilter => "refusal",
            FinishReason.ContextFull => "model_context_window_exceeded",
            FinishReason.Other when finish.Raw == "compaction" => "compaction",
            FinishReason.Stop when refused => "refusal",
            _ => "end_turn",
        };
        writer.WriteString("stop_reason"u8, word);
        writer.WriteString("stop_sequence"u8, finish.StopSequence);
        if (word != "refusal" || finish.Message is null) return;
        writer.WriteStartObject("stop_details"u8);
        writer.WriteString("type"u8, "refusal"u8);
        writer.WriteNull("category"u8);
        writer.WriteString("explanation"u8, finish.Message);
        writer.WriteEndObject();
    }

    private static string? Explanation(JsonSlice details)
    {
        if (!details.IsObject) return null;
        var reader = details.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isExplanation = reader.ValueTextEquals("explanation"u8);
            reader.Read();
            if (isExplanation) return reader.StringOrNull();
            reader.Skip();
        }

        return null;
    }
}

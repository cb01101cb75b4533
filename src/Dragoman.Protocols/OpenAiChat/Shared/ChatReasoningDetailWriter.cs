using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Writes entries of <c>reasoning_details</c> and Google's <c>extra_content</c>.</summary>
internal static class ChatReasoningDetailWriter
{
    /// <summary>A whole reasoning block: one entry, or a summary and an encrypted one.</summary>
    public static void WriteWhole(Utf8JsonWriter writer, ReasoningBlock block, SignatureFamily family, int index)
    {
        // OpenAI and Gemini sign apart from the words; Claude's words and signature are one.
        var apart = family != SignatureFamily.Claude;
        if (!block.IsRedacted && (!block.Text.IsEmpty || !apart))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, block.IsSummary ? "reasoning.summary"u8 : "reasoning.text"u8);
            block.Text.WriteTo(writer, block.IsSummary ? "summary"u8 : "text"u8);
            if (!apart && !block.Signature.IsEmpty) block.Signature.WriteTo(writer, "signature"u8);
            End(writer, block.Id, family, index);
            if (!apart) return;
        }

        if (block.Signature.IsEmpty) return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "reasoning.encrypted"u8);
        block.Signature.WriteTo(writer, "data"u8);
        End(writer, block.Id, family, index);
    }

    /// <summary>Google's place for a thought signature.</summary>
    public static void WriteExtraContent(Utf8JsonWriter writer, JsonText signature)
    {
        writer.WriteStartObject("extra_content"u8);
        writer.WriteStartObject("google"u8);
        signature.WriteTo(writer, "thought_signature"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void End(Utf8JsonWriter writer, string? id, SignatureFamily family, int index)
    {
        if (id is not null) writer.WriteString("id"u8, id);
        if (ChatReasoningDetail.FormatOf(family) is { } format) writer.WriteString("format"u8, format);
        writer.WriteNumber("index"u8, index);
        writer.WriteEndObject();
    }
}

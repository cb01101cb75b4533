using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>Writes a whole answer.</summary>
internal static class AnthropicAnswerWriter
{
    /// <summary>Writes the answer.</summary>
    public static void Write(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, AnthropicIds.Message(answer.Start.Id, exchange.AnswerId));
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("model"u8, exchange.ClientModel);
        var refused = WriteContent(writer, answer, exchange);
        AnthropicStop.Write(writer, answer.Finish, refused);
        AnthropicUsage.Write(writer, answer.Usage, exchange.EstimatedInputTokens, whole: true, answer.Start.ServiceTier);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    private static bool WriteContent(Utf8JsonWriter writer, Answer answer, TranslationContext exchange)
    {
        var wholes = new AnthropicWholeBlocks(exchange);
        var family = exchange.Model.EffectiveFamily;
        var showThinking = exchange.Request.Reasoning?.Visible != false;
        var carriesSilent = AnthropicSignatures.CarriesSilentReasoning(exchange);
        var refused = false;
        var written = 0;
        writer.WriteStartArray("content"u8);
        foreach (var block in answer.Blocks)
        {
            switch (block)
            {
                case TextBlock text:
                    WriteText(writer, text, wholes, exchange);
                    break;
                case ReasoningBlock reasoning when !carriesSilent && (!showThinking || reasoning.IsRedacted || reasoning.Text.IsEmpty):
                    continue;
                case ReasoningBlock reasoning:
                    WriteReasoning(writer, reasoning, family, showThinking);
                    break;
                case ToolCallBlock call:
                    WriteCall(writer, call);
                    break;
                default:
                    refused |= block is RefusalBlock;
                    if (!wholes.CanWrite(block)) continue;
                    wholes.Write(writer, block, atStart: false);
                    break;
            }

            written++;
        }

        for (; wholes.HasUnanswered; written++) wholes.WriteNextResult(writer);
        if (written == 0 && answer.Finish.Reason is not (FinishReason.Refusal or FinishReason.ContentFilter)) wholes.Write(writer, new TextBlock(default), atStart: false);
        writer.WriteEndArray();
        return refused;
    }

    private static void WriteText(Utf8JsonWriter writer, TextBlock text, AnthropicWholeBlocks wholes, TranslationContext exchange)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        text.Text.WriteTo(writer, "text"u8);
        if (text.Citations is { Count: > 0 } citations)
        {
            writer.WriteStartArray("citations"u8);
            foreach (var citation in citations)
            {
                wholes.Note(citation);
                if (!AnthropicCitations.Write(writer, citation)) exchange.Losses.Drop("answer.citation", "Messages cites pages by address");
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, ReasoningBlock block, SignatureFamily family, bool show)
    {
        writer.WriteStartObject();
        if (block.IsRedacted && family == SignatureFamily.Claude)
        {
            writer.WriteString("type"u8, "redacted_thinking"u8);
            block.Signature.WriteTo(writer, "data"u8);
            writer.WriteEndObject();
            return;
        }

        writer.WriteString("type"u8, "thinking"u8);
        (show && !block.IsRedacted ? block.Text : default).WriteTo(writer, "thinking"u8);
        var own = family == SignatureFamily.Claude && !block.Signature.IsEmpty;
        (own ? block.Signature : AnthropicReasoningEnvelope.Wrap(family, block)).WriteTo(writer, "signature"u8);
        writer.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter writer, ToolCallBlock call)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "tool_use"u8);
        writer.WriteString("id"u8, AnthropicIds.ToWire(call.Id));
        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("input"u8);
        if (call.IsCustom)
            call.Arguments.WriteWrapped(writer);
        else
        {
            call.Arguments.WriteAsObject(writer);
        }

        writer.WriteEndObject();
    }
}

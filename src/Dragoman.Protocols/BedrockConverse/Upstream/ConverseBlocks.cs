using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Writes the messages and their blocks.</summary>
internal sealed class ConverseBlocks(TranslationContext exchange, ConverseModelTraits traits, ConverseConversation conversation, HashSet<object> cache)
{
    private readonly ConverseMedia _media = new(exchange, traits);

    public void WriteMessages(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("messages"u8);
        var messages = conversation.Messages;
        for (var i = 0; i < messages.Count; i++) WriteMessage(writer, messages[i], last: i == messages.Count - 1);
        writer.WriteEndArray();
    }

    private void WriteMessage(Utf8JsonWriter writer, ConverseMessage message, bool last)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, message.Role == Role.Assistant ? "assistant"u8 : "user"u8);
        writer.WriteStartArray("content"u8);
        bool text = false, document = false;
        for (var i = 0; i < message.Blocks.Count; i++)
        {
            var (block, path) = message.Blocks[i];
            exchange.Losses.DropForeign(block.Extras, Protocol.BedrockConverse, path);
            text |= block is TextBlock;
            document |= block is DocumentBlock;
            var trim = last && message.Role == Role.Assistant && i == message.Blocks.Count - 1;
            WriteBlock(writer, block, path, trim);
            if (cache.Contains(block)) ConverseCachePoints.Write(writer, ConverseCachePoints.HintOf(block) ?? block.Cache, traits);
        }

        if (document && !text) WriteText(writer, JsonText.FromUtf8("Document attached."u8.ToArray()));
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteBlock(Utf8JsonWriter writer, Block block, string path, bool trim)
    {
        switch (block)
        {
            case TextBlock text when !trim && CitationsOf(text) is { IsEmpty: false } citations:
                WriteCited(writer, text, citations, path);
                break;
            case TextBlock text:
                // A prefilled answer must not end in white space.
                WriteText(writer, trim ? JsonText.From(text.Text.ToString().TrimEnd()) : text.Text);
                break;
            case RefusalBlock refusal:
                WriteText(writer, refusal.Text);
                break;
            case ReasoningBlock reasoning:
                WriteReasoning(writer, reasoning);
                break;
            case ToolCallBlock call:
                WriteCall(writer, call, path);
                break;
            case ToolResultBlock result:
                WriteResult(writer, result, path);
                break;
            case OpaqueBlock own:
                own.Raw.WriteTo(writer);
                break;
            default:
                _media.Write(writer, block, path);
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter writer, JsonText text)
    {
        writer.WriteStartObject();
        text.WriteTo(writer, "text"u8);
        writer.WriteEndObject();
    }

    /// <summary>The sources that a text of an earlier answer had, as the service said them.</summary>
    private static JsonSlice CitationsOf(TextBlock text)
    {
        foreach (var extra in text.Extras ?? [])
            if (extra is { Protocol: Protocol.BedrockConverse, Name: "citations" }) return extra.Value;
        return default;
    }

    /// <summary>Writes a text with its sources; the text alone where the model does not cite.</summary>
    private void WriteCited(Utf8JsonWriter writer, TextBlock text, JsonSlice citations, string path)
    {
        if (!traits.IsClaude)
        {
            exchange.Losses.Drop($"{path}.citations", "the model does not cite");
            WriteText(writer, text.Text);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject("citationsContent"u8);
        writer.WriteStartArray("content"u8);
        WriteText(writer, text.Text);
        writer.WriteEndArray();
        citations.WriteTo(writer, "citations"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, ReasoningBlock reasoning)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("reasoningContent"u8);
        if (reasoning.IsRedacted)
        {
            reasoning.Signature.WriteTo(writer, "redactedContent"u8);
        }
        else
        {
            writer.WriteStartObject("reasoningText"u8);
            reasoning.Text.WriteTo(writer, "text"u8);
            reasoning.Signature.WriteTo(writer, "signature"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteCall(Utf8JsonWriter writer, ToolCallBlock call, string path)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("toolUse"u8);
        writer.WriteString("toolUseId"u8, ConverseCallIds.Upstream(call.Id, traits.IsMistral));
        writer.WriteString("name"u8, ConverseNames.Upstream(exchange, call.Name));
        writer.WritePropertyName("input"u8);
        if (call.IsCustom)
            call.Arguments.WriteWrapped(writer);
        else if (!call.Arguments.WriteAsObject(writer))
        {
            exchange.Losses.Approximate($"{path}.arguments", "not a JSON object: wrapped into one");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteResult(Utf8JsonWriter writer, ToolResultBlock result, string path)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("toolResult"u8);
        writer.WriteString("toolUseId"u8, ConverseCallIds.Upstream(result.CallId, traits.IsMistral));
        writer.WriteStartArray("content"u8);
        if (!WriteParts(writer, result, path)) WriteText(writer, JsonText.From(ConversationPreparation.Empty));
        writer.WriteEndArray();
        if (result.IsError)
        {
            if (traits.IsClaude || traits.IsNova) writer.WriteString("status"u8, "error"u8);
            else exchange.Losses.Drop($"{path}.is_error", "the model does not see that calls failed");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private bool WriteParts(Utf8JsonWriter writer, ToolResultBlock result, string path)
    {
        var any = false;
        for (var i = 0; i < result.Content.Count; i++)
        {
            switch (result.Content[i])
            {
                case TextBlock text when ConverseConversation.IsBlank(text.Text):
                    continue;
                case TextBlock text:
                    WriteText(writer, text.Text);
                    break;
                case ImageBlock or DocumentBlock or VideoBlock:
                    _media.Write(writer, result.Content[i], $"{path}.content[{i}]");
                    break;
                default:
                    exchange.Losses.Drop($"{path}.content[{i}]", "not allowed inside a tool's result");
                    continue;
            }

            any = true;
        }

        if (any || result.Value.IsEmpty || result.Value.IsNull) return any;
        writer.WriteStartObject();
        if (result.Value.IsObject) result.Value.WriteTo(writer, "json"u8);
        else JsonText.FromUtf8(result.Value.Bytes).WriteTo(writer, "text"u8);
        writer.WriteEndObject();
        return true;
    }
}

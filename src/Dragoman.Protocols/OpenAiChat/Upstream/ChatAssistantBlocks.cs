using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>What one assistant message says, sorted into the places that Chat has for it.</summary>
internal sealed class ChatAssistantBlocks
{
    private readonly List<Block> _texts = [];
    private readonly List<ReasoningBlock> _reasoning = [];
    private readonly List<ToolCallBlock> _calls = [];
    private RefusalBlock? _refusal;

    /// <summary>Takes a block; false when Chat has no place for it.</summary>
    public bool Take(Block block)
    {
        switch (block)
        {
            case TextBlock:
            case OpaqueBlock { Origin: Protocol.OpenAiChat }:
                _texts.Add(block);
                return true;
            case RefusalBlock refusal:
                _refusal = refusal;
                return true;
            case ReasoningBlock reasoning:
                _reasoning.Add(reasoning);
                return true;
            case ToolCallBlock call:
                _calls.Add(call);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether the message would say anything; one that says nothing is refused by strict servers.</summary>
    public bool HasContent(ChatDialect dialect)
        => _calls.Count > 0 || _refusal is { Text.IsEmpty: false } || _texts.Exists(static block => block is not TextBlock { Text.IsEmpty: true })
            || _reasoning.Exists(block => ReturnsReasoning(block, dialect) || (dialect.WantsReasoningContent && !block.Text.IsEmpty));

    /// <summary>Writes what was taken. <paramref name="inRound"/> says that the message goes on a round of tool calls.</summary>
    public void Write(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect, ChatPartWriter parts, ChatCallIds ids, bool inRound)
    {
        if (_refusal is not null)
        {
            if (dialect.IsOpenAiModel) _refusal.Text.WriteTo(writer, "refusal"u8);
            else _texts.Add(new TextBlock(_refusal.Text));
        }

        WriteContent(writer, dialect, parts);
        if (!WriteReasoning(writer, exchange, dialect)) WriteDemanded(writer, exchange, dialect, inRound);
        WriteSignature(writer, exchange, dialect);
        if (_calls.Count == 0) return;
        writer.WriteStartArray("tool_calls"u8);
        foreach (var call in _calls) WriteCall(writer, exchange, dialect, call, ids);
        writer.WriteEndArray();
    }

    private void WriteContent(Utf8JsonWriter writer, ChatDialect dialect, ChatPartWriter parts)
    {
        writer.WritePropertyName("content"u8);
        if (_texts.Count == 0)
        {
            if (_calls.Count > 0 || _refusal is not null) writer.WriteNullValue();
            else writer.WriteStringValue(""u8);
            return;
        }

        var plain = _texts.TrueForAll(block => block is TextBlock { Extras: null } && (block.Cache is null || !dialect.TakesCacheControl));
        if (_texts.Count == 1 || !plain)
        {
            parts.WriteContent(_texts);
            return;
        }

        // Many servers take only a string here; a Chat stream would have run the pieces together just so.
        var joined = new ArrayBufferWriter<byte>();
        foreach (var block in _texts) ((TextBlock)block).Text.AppendEscaped(joined);
        JsonText.FromEscaped(joined.WrittenMemory).WriteTo(writer);
    }

    private static bool ReturnsReasoning(ReasoningBlock block, ChatDialect dialect)
        => dialect.TakesReasoningDetails && !block.Signature.IsEmpty && block.Family == dialect.Family;

    /// <summary>Some servers refuse a conversation in which a turn with calls lacks its reasoning, though nobody kept it.</summary>
    private void WriteDemanded(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect, bool inRound)
    {
        if (_calls.Count == 0 && !(inRound && dialect.DemandsReasoningOfRounds)) return;
        if (dialect.DemandedReasoning is not { } words || !ChatReasoningWriter.Thinks(exchange, dialect)) return;
        writer.WriteString("reasoning_content"u8, words);
        exchange.Losses.Add(ChatDemandedReasoning.Loss);
    }

    private bool WriteReasoning(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
    {
        if (_reasoning.Count == 0) return false;
        if (_reasoning.Exists(block => ReturnsReasoning(block, dialect)))
        {
            writer.WriteStartArray("reasoning_details"u8);
            for (var i = 0; i < _reasoning.Count; i++)
            {
                var block = _reasoning[i];
                if (ReturnsReasoning(block, dialect)) ChatReasoningDetailWriter.WriteWhole(writer, block, block.Family, i);
                else exchange.Losses.Drop("messages[].reasoning", "reasoning that the model did not sign");
            }

            writer.WriteEndArray();
            return true;
        }

        var readable = _reasoning.FindAll(static block => !block.Text.IsEmpty);
        if (!dialect.WantsReasoningContent || readable.Count == 0)
        {
            exchange.Losses.Drop("messages[].reasoning", "the model does not take earlier reasoning back");
            return false;
        }

        if (readable.Exists(static block => !block.Signature.IsEmpty)) exchange.Losses.Drop("messages[].reasoning.signature", "another family's signature");
        var joined = new ArrayBufferWriter<byte>();
        foreach (var block in readable) block.Text.AppendEscaped(joined);
        JsonText.FromEscaped(joined.WrittenMemory).WriteTo(writer, "reasoning_content"u8);
        return true;
    }

    private void WriteSignature(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
    {
        if (_texts.FindLast(static block => !block.PartSignature.IsEmpty) is not { } signed) return;
        WriteExtraContent(writer, exchange, dialect, signed.PartSignature);
    }

    private static void WriteExtraContent(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect, JsonText signature)
    {
        if (dialect.Family == SignatureFamily.Gemini) ChatReasoningDetailWriter.WriteExtraContent(writer, signature);
        else exchange.Losses.Drop("messages[].thought_signature", "only Gemini reads it");
    }

    private static void WriteCall(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect, ToolCallBlock call, ChatCallIds ids)
    {
        if (call.IsCustom && !dialect.TakesCustomTools) exchange.Tools.Wrap(call.Name);
        var custom = call.IsCustom && !exchange.Tools.IsWrapped(call.Name);
        writer.WriteStartObject();
        writer.WriteString("id"u8, ids.Upstream(call.Id));
        writer.WriteString("type"u8, custom ? "custom"u8 : "function"u8);
        writer.WriteStartObject(custom ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, ChatToolWriter.NameFor(exchange, call.Name));
        if (custom) call.Arguments.Text.WriteTo(writer, "input"u8);
        else
        {
            writer.WritePropertyName("arguments"u8);
            if (call.IsCustom) WriteWrapped(writer, call.Arguments.Text);
            else call.Arguments.WriteAsString(writer);
        }

        ChatWriting.WriteExtras(writer, call.Extras, "function.");
        writer.WriteEndObject();
        if (!call.PartSignature.IsEmpty) WriteExtraContent(writer, exchange, dialect, call.PartSignature);
        ChatWriting.WriteExtras(writer, call.Extras);
        exchange.Losses.DropForeign(call.Extras, Protocol.OpenAiChat, "messages[].tool_calls[]");
        writer.WriteEndObject();
    }

    /// <summary>The free text of a custom tool, as the arguments of the function it was declared as.</summary>
    private static void WriteWrapped(Utf8JsonWriter writer, JsonText text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 16);
        bytes.Write("{\"input\":\""u8);
        text.AppendEscaped(bytes);
        bytes.Write("\"}"u8);
        writer.WriteStringValue(bytes.WrittenSpan);
    }
}

using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Writes the content blocks of an answer.</summary>
internal sealed class ConverseAnswerBlocks(TranslationContext exchange)
{
    private readonly SignatureFamily _family = exchange.Model.EffectiveFamily;
    private readonly bool _shows = exchange.Request.Reasoning?.Visible != false;
    private readonly bool _carriesSilent = AnthropicSignatures.CarriesSilentReasoning(exchange);

    /// <summary>Whether reasoning of this family is signed by Claude itself and needs no envelope.</summary>
    public bool IsClaude => _family == SignatureFamily.Claude;

    /// <summary>Whether the client sees the words of reasoning.</summary>
    public bool Shows => _shows;

    /// <summary>Whether reasoning without words comes as a block of its own.</summary>
    public bool CarriesSilent => _carriesSilent;

    /// <summary>The signature that the client brings back: Claude's own, or another family's in an envelope that says whose it is.</summary>
    public JsonText SignatureOf(BlockStart opening, ReadOnlyMemory<byte> escaped)
        => IsClaude && !escaped.IsEmpty ? JsonText.FromEscaped(escaped) : AnthropicReasoningEnvelope.Wrap(_family, opening, escaped.Span);

    public void Write(Utf8JsonWriter writer, Block block)
    {
        switch (block)
        {
            case TextBlock { Text.IsEmpty: true }:
                break;
            case TextBlock text when text.Citations is { Count: > 0 } citations:
                WriteCited(writer, text, citations);
                break;
            case TextBlock text:
                WriteText(writer, text.Text);
                break;
            case RefusalBlock refusal:
                WriteText(writer, refusal.Text);
                break;
            case ReasoningBlock reasoning:
                WriteReasoning(writer, reasoning);
                break;
            case ToolCallBlock call:
                writer.WriteStartObject();
                writer.WriteStartObject("toolUse"u8);
                writer.WriteString("toolUseId"u8, AnthropicIds.ToWire(call.Id));
                writer.WriteString("name"u8, call.Name);
                writer.WritePropertyName("input"u8);
                if (!call.Arguments.WriteAsObject(writer)) exchange.Losses.Approximate("answer.arguments", "not a JSON object: wrapped into one");
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            default:
                WriteWhole(writer, block);
                break;
        }
    }

    /// <summary>Writes a block that comes whole; false (and reported) where Converse has no place for it.</summary>
    public bool WriteWhole(Utf8JsonWriter writer, Block block)
    {
        if (block is ImageBlock { Source: { IsInline: true } source } && FormatOf(source.MediaType) is { } format)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("image"u8);
            writer.WriteString("format"u8, format);
            writer.WriteStartObject("source"u8);
            source.Base64.WriteTo(writer, "bytes"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
            return true;
        }

        exchange.Losses.Drop("answer", block is HostedToolCallBlock or HostedToolResultBlock ? "calls of the provider's own tools are not shown through Converse" : "a block that Converse has no place for");
        return false;
    }

    /// <summary>The image format of a media type, or null.</summary>
    public static string? FormatOf(string? mediaType) => mediaType switch
    {
        "image/png" => "png",
        "image/jpeg" or "image/jpg" => "jpeg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        _ => null,
    };

    /// <summary>Writes a source of a text (<c>Citation</c>): a page by its address, a document by its place in the request.</summary>
    public static void WriteCitation(Utf8JsonWriter writer, Citation citation)
    {
        if (citation is { Origin: Protocol.BedrockConverse, Raw.IsEmpty: false })
        {
            citation.Raw.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        if (citation.Title is { } title) writer.WriteString("title"u8, title);
        if (!citation.CitedText.IsEmpty)
        {
            writer.WriteStartArray("sourceContent"u8);
            WriteText(writer, citation.CitedText);
            writer.WriteEndArray();
        }

        ConverseCitationPlace.Write(writer, citation);
        writer.WriteEndObject();
    }

    /// <summary>Whether a source can be told; one that has neither an address nor a document of the request is reported.</summary>
    public bool CanCite(Citation citation)
    {
        if (citation.Url is not null || citation.DocumentIndex is not null || citation is { Origin: Protocol.BedrockConverse, Raw.IsEmpty: false }) return true;
        exchange.Losses.Drop("answer.citation", "only pages and documents of the request are cited");
        return false;
    }

    private static void WriteText(Utf8JsonWriter writer, JsonText text)
    {
        writer.WriteStartObject();
        text.WriteTo(writer, "text"u8);
        writer.WriteEndObject();
    }

    private void WriteCited(Utf8JsonWriter writer, TextBlock text, List<Citation> citations)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("citationsContent"u8);
        writer.WriteStartArray("content"u8);
        WriteText(writer, text.Text);
        writer.WriteEndArray();
        writer.WriteStartArray("citations"u8);
        foreach (var citation in citations)
            if (CanCite(citation)) WriteCitation(writer, citation);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteReasoning(Utf8JsonWriter writer, ReasoningBlock reasoning)
    {
        if (!_carriesSilent && (!_shows || reasoning.IsRedacted || reasoning.Text.IsEmpty)) return;
        writer.WriteStartObject();
        writer.WriteStartObject("reasoningContent"u8);
        if (reasoning.IsRedacted && IsClaude)
        {
            reasoning.Signature.WriteTo(writer, "redactedContent"u8);
        }
        else
        {
            writer.WriteStartObject("reasoningText"u8);
            (_shows && !reasoning.IsRedacted ? reasoning.Text : default).WriteTo(writer, "text"u8);
            (IsClaude && !reasoning.Signature.IsEmpty ? reasoning.Signature : AnthropicReasoningEnvelope.Wrap(_family, reasoning)).WriteTo(writer, "signature"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Writes the blocks of a request that <see cref="AnthropicBlockConverter"/> has passed.</summary>
internal sealed class AnthropicBlockWriter(TranslationContext exchange, AnthropicTarget target, AnthropicCacheMarks marks)
{
    private const Protocol Own = Protocol.AnthropicMessages;

    /// <summary>Writes a block of a message.</summary>
    public void Write(Utf8JsonWriter writer, Block block)
    {
        if (WholeOf(block) is { IsEmpty: false } raw)
        {
            raw.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        switch (block)
        {
            case TextBlock text:
                writer.WriteString("type"u8, "text"u8);
                text.Text.WriteTo(writer, "text"u8);
                WriteCitations(writer, text);
                break;
            case ReasoningBlock { IsRedacted: true } redacted:
                writer.WriteString("type"u8, "redacted_thinking"u8);
                redacted.Signature.WriteTo(writer, "data"u8);
                break;
            case ReasoningBlock reasoning:
                writer.WriteString("type"u8, "thinking"u8);
                reasoning.Text.WriteTo(writer, "thinking"u8);
                reasoning.Signature.WriteTo(writer, "signature"u8);
                break;
            case ToolCallBlock call:
                WriteCall(writer, call);
                break;
            case ToolResultBlock result:
                WriteResult(writer, result);
                break;
            case ToolReferenceBlock reference:
                writer.WriteString("type"u8, "tool_reference"u8);
                writer.WriteString("tool_name"u8, AnthropicToolWriter.NameOf(reference.Name, exchange));
                break;
            case ImageBlock image:
                writer.WriteString("type"u8, "image"u8);
                AnthropicMediaWriter.WriteImage(writer, image);
                break;
            case DocumentBlock document:
                WriteDocument(writer, document);
                break;
        }

        WriteExtras(writer, block);
        // Thinking carries no mark; a hint there comes from nowhere.
        if (block is not ReasoningBlock) marks.Write(writer, block);
        writer.WriteEndObject();
    }

    private static JsonSlice WholeOf(Block block) => block switch
    {
        OpaqueBlock opaque => opaque.Raw,
        HostedToolCallBlock call => call.Raw,
        HostedToolResultBlock result => result.Raw,
        { Extras: { } extras } => extras.Find(extra => extra is { Protocol: Own, Name: AnthropicBlockFields.WholeBlock }).Value,
        _ => default,
    };

    private void WriteCall(Utf8JsonWriter writer, ToolCallBlock call)
    {
        writer.WriteString("type"u8, "tool_use"u8);
        writer.WriteString("id"u8, AnthropicIds.ToWire(call.Id));
        writer.WriteString("name"u8, AnthropicToolWriter.NameOf(call.Name, exchange));
        writer.WritePropertyName("input"u8);
        if (call.IsCustom)
            call.Arguments.WriteWrapped(writer);
        else if (!call.Arguments.WriteAsObject(writer))
        {
            exchange.Losses.Approximate($"tool call {call.Id}", "its arguments are not a JSON object; they were put into one");
        }
    }

    private void WriteResult(Utf8JsonWriter writer, ToolResultBlock result)
    {
        writer.WriteString("type"u8, "tool_result"u8);
        writer.WriteString("tool_use_id"u8, AnthropicIds.ToWire(result.CallId));
        if (result.Content.Count > 0)
        {
            writer.WriteStartArray("content"u8);
            foreach (var block in result.Content) Write(writer, block);
            writer.WriteEndArray();
        }

        if (result.IsError) writer.WriteBoolean("is_error"u8, true);
    }

    private static void WriteDocument(Utf8JsonWriter writer, DocumentBlock document)
    {
        writer.WriteString("type"u8, "document"u8);
        var content = document.Extras?.Find(extra => extra is { Protocol: Own, Name: "source" }).Value ?? default;
        if (content.IsEmpty) AnthropicMediaWriter.WriteDocument(writer, document);
        else content.WriteTo(writer, "source"u8);
        if (document.Title is not null) writer.WriteString("title"u8, document.Title);
        if (document.Context is not null) writer.WriteString("context"u8, document.Context);
        if (document.Citations is { } citations)
        {
            writer.WriteStartObject("citations"u8);
            writer.WriteBoolean("enabled"u8, citations);
            AnthropicMediaWriter.WriteMembers(writer, document, AnthropicMedia.CitationsPrefix);
            writer.WriteEndObject();
        }
    }

    private void WriteCitations(Utf8JsonWriter writer, TextBlock text)
    {
        if (text.Citations is null) return;
        var own = text.Citations.FindAll(citation => citation is { Origin: Own, Raw.IsEmpty: false } && !IsOurs(citation));
        if (own.Count < text.Citations.Count) exchange.Losses.Drop("citations", "citations that Anthropic did not make are refused");
        if (own.Count == 0) return;
        writer.WriteStartArray("citations"u8);
        foreach (var citation in own) citation.Raw.WriteTo(writer);
        writer.WriteEndArray();
    }

    /// <summary>A citation that this gateway wrote for another upstream's search has an empty index, which Anthropic refuses.</summary>
    private static bool IsOurs(Citation citation) => citation.Raw.Bytes.Span.IndexOf("\"encrypted_index\":\"\""u8) >= 0;

    private static bool IsMember(string name)
        => name.StartsWith(AnthropicMedia.SourcePrefix, StringComparison.Ordinal) || name.StartsWith(AnthropicMedia.CitationsPrefix, StringComparison.Ordinal);

    private void WriteExtras(Utf8JsonWriter writer, Block block)
    {
        if (block.Extras is null) return;
        foreach (var extra in block.Extras)
        {
            if (extra.Protocol != Own || extra.Name is "source" or "cache_control" || IsMember(extra.Name)) continue;
            if (target.IsBedrock && extra.Name == "caller")
            {
                exchange.Losses.Drop("tool_use.caller", "Bedrock has no callers");
                continue;
            }

            writer.WritePropertyName(extra.Name);
            extra.Value.WriteTo(writer);
        }
    }
}

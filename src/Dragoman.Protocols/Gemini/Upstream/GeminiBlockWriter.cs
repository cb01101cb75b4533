using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>Writes the blocks of a conversation as parts of a request.</summary>
internal sealed class GeminiBlockWriter(Utf8JsonWriter writer, TranslationContext exchange)
{
    /// <summary>
    /// Google's own word for "this call was made elsewhere": Gemini 3 refuses calls whose signature is missing, and takes this in its
    /// place (ai.google.dev, "Thought signatures", transferring history from a different model).
    /// </summary>
    private const string SkipSignature = "skip_thought_signature_validator";

    private readonly bool _native = exchange.Request.Source == Protocol.Gemini;
    private readonly bool _checksSignatures = GeminiModelName.IsThree(exchange.Model.Id);
    // Google hosts Claude behind this protocol too (Antigravity, Vertex): then Claude's signatures and ids are the ones that count.
    private readonly SignatureFamily _family = exchange.Model.Family is SignatureFamily.Unknown ? SignatureFamily.Gemini : exchange.Model.Family;
    private bool _firstCall;

    /// <summary>A new turn of the model begins; its first call must be signed.</summary>
    public void BeginModelTurn() => _firstCall = true;

    /// <summary>Whether anything of the block can be sent; what cannot is reported here.</summary>
    public bool CanWrite(Block block)
    {
        switch (block)
        {
            case TextBlock text:
                return !text.Text.IsEmpty || !text.PartSignature.IsEmpty;
            case RefusalBlock refusal:
                return !refusal.Text.IsEmpty;
            case ReasoningBlock reasoning:
                if (IsOurs(reasoning)) return !reasoning.Text.IsEmpty || !reasoning.Signature.IsEmpty;
                exchange.Losses.Drop("reasoning", "reasoning of another model, or without its signature, means nothing upstream");
                return false;
            case HostedToolCallBlock { Origin: Protocol.Gemini, Raw.IsEmpty: false } or HostedToolResultBlock { Origin: Protocol.Gemini, Tool: HostedTools.CodeExecution, Raw.IsEmpty: false }
                or OpaqueBlock { Origin: Protocol.Gemini }:
                return true;
            case HostedToolCallBlock or HostedToolResultBlock:
                exchange.Losses.Drop("hosted tool", "what a hosted tool of another provider did cannot be sent to Gemini");
                return false;
            case OpaqueBlock opaque:
                exchange.Losses.Drop(opaque.Type, $"only {opaque.Origin} knows it");
                return false;
            default:
                return true;
        }
    }

    public void Write(Block block)
    {
        switch (block)
        {
            case TextBlock text:
                writer.WriteStartObject();
                text.Text.WriteTo(writer, "text"u8);
                End(block, text.PartSignature);
                break;
            case RefusalBlock refusal:
                writer.WriteStartObject();
                refusal.Text.WriteTo(writer, "text"u8);
                End(block, default);
                break;
            case ReasoningBlock reasoning:
                writer.WriteStartObject();
                reasoning.Text.WriteTo(writer, "text"u8);
                if (!reasoning.Text.IsEmpty) writer.WriteBoolean("thought"u8, true);
                End(block, reasoning.Signature);
                break;
            case ImageBlock image:
                if (image.Detail is not (null or "auto")) exchange.Losses.Drop("detail", "Gemini decides how closely it looks");
                WriteMedia(block, image.Source, "image/png", null);
                break;
            case AudioBlock audio:
                WriteMedia(block, audio.Source, "audio/wav", null);
                break;
            case VideoBlock video:
                WriteMedia(block, video.Source, "video/mp4", null);
                break;
            case DocumentBlock document:
                WriteDocument(document);
                break;
            case ToolCallBlock call:
                WriteCall(call);
                break;
            case HostedToolCallBlock hosted:
                hosted.Raw.WriteTo(writer);
                break;
            case HostedToolResultBlock hosted:
                hosted.Raw.WriteTo(writer);
                break;
            case OpaqueBlock opaque:
                opaque.Raw.WriteTo(writer);
                break;
        }
    }

    /// <summary>Writes the result of a call; media that must stand beside it are added to <paramref name="media"/>.</summary>
    public void WriteResult(ToolCallBlock call, ToolResultBlock result, List<Block> media)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionResponse"u8);
        if (Names(call.Id)) writer.WriteString("id"u8, call.Id);
        writer.WriteString("name"u8, GeminiToolWriter.NameOf(exchange, call.Name));
        writer.WritePropertyName("response"u8);
        if (_native && result.Value.IsObject) result.Value.WriteTo(writer);
        else WriteText(result);
        WriteResultMedia(result, media);
        GeminiExtras(result);
        writer.WriteEndObject();
        GeminiExtras(result, GeminiPartReader.PartPrefix);
        writer.WriteEndObject();
        exchange.Losses.DropForeign(result.Extras, Protocol.Gemini, "tool_result");
    }

    private bool IsOurs(ReasoningBlock reasoning)
        => reasoning.Family == SignatureFamily.Unknown
            ? _native || (_family == SignatureFamily.Claude && exchange.Request.HasThinkingBlocks && !reasoning.Signature.IsEmpty)
            : reasoning.Family == _family && (!reasoning.Signature.IsEmpty || _native);

    /// <summary>Whether a call's id is worth sending: the client's own in this protocol, and always for Claude, which pairs by it.</summary>
    private bool Names(string id) => _family == SignatureFamily.Claude ? id.Length > 0 : _native && !GeminiCalls.IsMade(id);

    private void WriteCall(ToolCallBlock call)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionCall"u8);
        if (Names(call.Id)) writer.WriteString("id"u8, call.Id);
        writer.WriteString("name"u8, GeminiToolWriter.NameOf(exchange, call.Name));
        writer.WritePropertyName("args"u8);
        if (call.IsCustom || exchange.Tools.IsWrapped(call.Name))
            call.Arguments.WriteWrapped(writer);
        else if (!call.Arguments.WriteAsObject(writer)) exchange.Losses.Approximate("tool arguments", "they are not an object and were put into one");

        GeminiExtras(call, "functionCall.");
        writer.WriteEndObject();
        var signature = call.PartSignature;
        if (signature.IsEmpty && _firstCall && _checksSignatures)
        {
            signature = JsonText.From(SkipSignature);
            exchange.Losses.Approximate("thoughtSignature", "a call's signature is not known; Gemini is asked not to check it");
        }

        _firstCall = false;
        End(call, signature);
    }

    /// <summary>Text stays text, even where it spells an object: as a protobuf Struct its large numbers would be rounded.</summary>
    private void WriteText(ToolResultBlock result)
    {
        using var joined = result.Content.Count > 1 ? new PooledBuffer(512) : null;
        var only = default(JsonText);
        foreach (var block in result.Content)
        {
            var words = TextOf(block);
            if (words.IsEmpty) continue;
            only = words;
            if (joined is null) break;
            if (joined.Length > 0) joined.Write("\\n"u8);
            words.AppendEscaped(joined);
        }

        writer.WriteStartObject();
        // A single text, which is what results mostly are, is carried as the bytes it stood as.
        (joined is null ? only : JsonText.FromEscaped(joined.WrittenMemory)).WriteTo(writer, result.IsError ? "error"u8 : "output"u8);
        writer.WriteEndObject();
    }

    private static JsonText TextOf(Block block) => block switch
    {
        TextBlock text => text.Text,
        RefusalBlock refusal => refusal.Text,
        DocumentBlock { Source: { IsInline: false, Text.IsEmpty: false } } document => document.Source.Text,
        _ => default,
    };

    private void WriteResultMedia(ToolResultBlock result, List<Block> media)
    {
        var open = false;
        foreach (var block in result.Content)
        {
            var source = SourceOf(block);
            if (source is null)
            {
                if (block is not (TextBlock or RefusalBlock or DocumentBlock)) exchange.Losses.Drop("tool_result.content", "Gemini takes text and media in results");
                continue;
            }

            if (!_checksSignatures)
            {
                media.Add(block);
                continue;
            }

            // Gemini 3 looks at media inside of results.
            if (!open) writer.WriteStartArray("parts"u8);
            open = true;
            writer.WriteStartObject();
            GeminiMedia.Write(writer, source, FallbackOf(block), null, _native);
            End(block, default);
        }

        if (open) writer.WriteEndArray();
    }

    private static MediaSource? SourceOf(Block block)
    {
        var source = block switch
        {
            ImageBlock image => image.Source,
            AudioBlock audio => audio.Source,
            VideoBlock video => video.Source,
            DocumentBlock document => document.Source,
            _ => null,
        };
        return source is { Text.IsEmpty: false } ? null : source;
    }

    private static string FallbackOf(Block block) => block switch
    {
        ImageBlock => "image/png",
        AudioBlock => "audio/wav",
        VideoBlock => "video/mp4",
        _ => "application/pdf",
    };

    private void WriteMedia(Block block, MediaSource source, string fallback, string? title)
    {
        writer.WriteStartObject();
        GeminiMedia.Write(writer, source, fallback, title, _native);
        End(block, block.PartSignature);
    }

    private void WriteDocument(DocumentBlock document)
    {
        if (document.Citations == true) exchange.Losses.Drop("document.citations", "Gemini does not cite documents of the request");
        if (document.Context is not null) exchange.Losses.Drop("document.context", "Gemini has no place for it");
        if (document.Source.Text.IsEmpty)
        {
            if (document.Title is not null && !_native) exchange.Losses.Drop("document.title", "Gemini has no place for it");
            WriteMedia(document, document.Source, "application/pdf", document.Title);
            return;
        }

        if (document.Title is not null) exchange.Losses.Drop("document.title", "Gemini has no place for it");
        writer.WriteStartObject();
        document.Source.Text.WriteTo(writer, "text"u8);
        End(document, document.PartSignature);
    }

    private void End(Block block, JsonText signature)
    {
        if (!signature.IsEmpty) signature.WriteTo(writer, "thoughtSignature"u8);
        GeminiExtras(block);
        exchange.Losses.DropForeign(block.Extras, Protocol.Gemini, "messages");
        writer.WriteEndObject();
    }

    private void GeminiExtras(Block block, string prefix = "")
    {
        if (block.Extras is not { } extras) return;
        foreach (var extra in extras)
        {
            if (extra.Protocol != Protocol.Gemini || !extra.Name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var name = extra.Name[prefix.Length..];
            if (name.StartsWith(GeminiMedia.MediaPrefix, StringComparison.Ordinal)) exchange.Losses.Drop("contents[].parts[]." + name, "not known");
            // A dotted name belongs into an object inside the part.
            if (name.Contains('.', StringComparison.Ordinal)) continue;
            writer.WritePropertyName(name);
            extra.Value.WriteTo(writer);
        }
    }
}

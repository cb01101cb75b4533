using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>Writes content parts of messages and of tool outputs.</summary>
internal sealed class ResponsesPartWriter(TranslationContext exchange, Utf8JsonWriter json)
{
    /// <summary>Whether a block can stand in a message of this role; what cannot is reported.</summary>
    public bool CanWrite(Block block, Role role)
    {
        switch (block)
        {
            case TextBlock text:
                return !text.Text.IsEmpty;
            case RefusalBlock refusal:
                return !refusal.Text.IsEmpty;
            case OpaqueBlock { Origin: Protocol.OpenAiResponses }:
                return true;
            case ImageBlock { Source: { IsInline: false, Url: null, FileId: null } }:
            case DocumentBlock { Source: { IsInline: false, Url: null, FileId: null, Text.IsEmpty: true } }:
                exchange.Losses.Drop("input.content", "media without any bytes or address");
                return false;
            case ImageBlock or DocumentBlock or AudioBlock when role != Role.Assistant:
                if (block is not AudioBlock || ((AudioBlock)block).Source.IsInline) return true;
                exchange.Losses.Drop("input.audio", "sound can only be sent with its bytes");
                return false;
            case OpaqueBlock opaque:
                exchange.Losses.Drop("input.content", $"a {opaque.Type} block is not known to this protocol");
                return false;
            default:
                exchange.Losses.Drop("input.content", $"{block.GetType().Name} cannot stand in a message of the {role} in this protocol");
                return false;
        }
    }

    /// <summary>Writes a part. Ask <see cref="CanWrite"/> first.</summary>
    public void Write(Block block, Role role)
    {
        if (block is OpaqueBlock opaque)
        {
            opaque.Raw.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        switch (block)
        {
            case TextBlock text:
                json.WriteString("type"u8, role == Role.Assistant ? "output_text"u8 : "input_text"u8);
                text.Text.WriteTo(json, "text"u8);
                if (role == Role.Assistant) WriteAnnotations(text.Citations);
                break;
            case RefusalBlock refusal:
                json.WriteString("type"u8, role == Role.Assistant ? "refusal"u8 : "input_text"u8);
                refusal.Text.WriteTo(json, role == Role.Assistant ? "refusal"u8 : "text"u8);
                break;
            case ImageBlock image:
                json.WriteString("type"u8, "input_image"u8);
                if (image.Detail is not null) json.WriteString("detail"u8, image.Detail);
                WriteMedia(image.Source, "image_url"u8, "image/png");
                break;
            case DocumentBlock document:
                WriteDocument(document);
                break;
            case AudioBlock audio:
                json.WriteString("type"u8, "input_audio"u8);
                json.WriteStartObject("input_audio"u8);
                audio.Source.Base64.WriteTo(json, "data"u8);
                json.WriteString("format"u8, audio.Source.MediaType switch
                {
                    "audio/mpeg" or "audio/mp3" => "mp3",
                    "audio/wav" or "audio/x-wav" or "audio/wave" or null => "wav",
                    var type => type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..],
                });
                json.WriteEndObject();
                break;
        }

        WriteExtras(block);
        json.WriteEndObject();
    }

    private void WriteDocument(DocumentBlock document)
    {
        if (document.Context is not null) exchange.Losses.Drop("input.document.context", "documents have no context in this protocol");
        if (document.Citations == true) exchange.Losses.Drop("input.document.citations", "citing of documents cannot be asked for in this protocol");
        if (!document.Source.Text.IsEmpty)
        {
            json.WriteString("type"u8, "input_text"u8);
            if (document.Title is null) document.Source.Text.WriteTo(json, "text"u8);
            else json.WriteString("text"u8, $"{document.Title}\n\n{document.Source.Text}");
            return;
        }

        json.WriteString("type"u8, "input_file"u8);
        if (document.Source.IsInline) json.WriteString("filename"u8, document.Title ?? NameFor(document.Source.MediaType));
        WriteMedia(document.Source, document.Source.IsInline ? "file_data"u8 : "file_url"u8, "application/pdf");
    }

    private static string NameFor(string? mediaType) => mediaType switch
    {
        null or "application/pdf" => "document.pdf",
        "text/plain" => "document.txt",
        "text/markdown" => "document.md",
        "text/html" => "document.html",
        "text/csv" => "document.csv",
        "application/json" => "document.json",
        _ => "document",
    };

    private void WriteMedia(MediaSource source, ReadOnlySpan<byte> property, string fallback)
    {
        if (!source.IsInline && source.Url is null)
        {
            json.WriteString("file_id"u8, source.FileId);
            return;
        }

        json.WritePropertyName(property);
        source.WriteAsUrl(json, fallback);
    }

    private void WriteAnnotations(List<Citation>? citations)
    {
        if (citations is null) return;
        json.WriteStartArray("annotations"u8);
        foreach (var citation in citations)
        {
            if (citation is { Origin: Protocol.OpenAiResponses, Raw.IsEmpty: false }) citation.Raw.WriteTo(json);
            else exchange.Losses.Drop("input.citations", "citations of another protocol are not sent again");
        }

        json.WriteEndArray();
    }

    private void WriteExtras(Block block)
    {
        foreach (var extra in block.Extras ?? [])
        {
            if (extra.Protocol != Protocol.OpenAiResponses || extra.Name == "phase" || extra.Name.StartsWith(ResponsesInputWriter.OfMessage, StringComparison.Ordinal)) continue;
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
    }
}

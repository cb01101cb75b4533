using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Writes the sources of images and documents.</summary>
internal static class AnthropicMediaWriter
{
    /// <summary>Writes an image's <c>source</c>.</summary>
    public static void WriteImage(Utf8JsonWriter writer, ImageBlock image)
    {
        var source = image.Source;
        writer.WriteStartObject("source"u8);
        if (!WriteReference(writer, source))
        {
            writer.WriteString("type"u8, "base64"u8);
            writer.WriteString("media_type"u8, source.MediaType == "image/jpg" ? "image/jpeg" : source.MediaType ?? Sniff(source.Base64));
            source.Base64.WriteTo(writer, "data"u8);
        }

        WriteMembers(writer, image, AnthropicMedia.SourcePrefix);
        writer.WriteEndObject();
    }

    /// <summary>Writes a document's <c>source</c>.</summary>
    public static void WriteDocument(Utf8JsonWriter writer, DocumentBlock document)
    {
        var source = document.Source;
        writer.WriteStartObject("source"u8);
        if (WriteReference(writer, source))
        {
        }
        else if (source.IsInline && DocumentType(document) == "application/pdf")
        {
            writer.WriteString("type"u8, "base64"u8);
            writer.WriteString("media_type"u8, "application/pdf"u8);
            source.Base64.WriteTo(writer, "data"u8);
        }
        else
        {
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("media_type"u8, "text/plain"u8);
            (source.IsInline ? Decode(source.Base64) : source.Text).WriteTo(writer, "data"u8);
        }

        WriteMembers(writer, document, AnthropicMedia.SourcePrefix);
        writer.WriteEndObject();
    }

    /// <summary>What an inline document is taken as: PDF, plain text, or null when the protocol has no place for its type.</summary>
    public static string? DocumentType(DocumentBlock document)
    {
        var type = document.Source.MediaType;
        if (type is null or "application/octet-stream")
        {
            if (StartsWith(document.Source.Base64, "JVBER"u8) || document.Title?.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) == true) return "application/pdf";
            return null;
        }

        if (type == "application/pdf") return type;
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || type is "application/json" or "application/xml" ? "text/plain" : null;
    }

    /// <summary>Writes back the members of an object in a block that the reader kept under the object's name.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, Block block, string prefix)
    {
        if (block.Extras is null) return;
        foreach (var extra in block.Extras)
        {
            if (extra.Protocol != Protocol.AnthropicMessages || !extra.Name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            writer.WritePropertyName(extra.Name[prefix.Length..]);
            extra.Value.WriteTo(writer);
        }
    }

    private static bool WriteReference(Utf8JsonWriter writer, MediaSource source)
    {
        if (source.FileId is not null)
        {
            writer.WriteString("type"u8, "file"u8);
            writer.WriteString("file_id"u8, source.FileId);
            return true;
        }

        if (source.Url is null) return false;
        writer.WriteString("type"u8, "url"u8);
        writer.WriteString("url"u8, source.Url);
        return true;
    }

    private static string Sniff(JsonText base64)
    {
        if (StartsWith(base64, "/9j/"u8)) return "image/jpeg";
        if (StartsWith(base64, "R0lG"u8)) return "image/gif";
        return StartsWith(base64, "UklG"u8) ? "image/webp" : "image/png";
    }

    private static bool StartsWith(JsonText base64, ReadOnlySpan<byte> prefix) => base64.ToUtf8().Span.StartsWith(prefix);

    private static JsonText Decode(JsonText base64)
    {
        var bytes = base64.ToUtf8().Span;
        var output = new byte[Base64.GetMaxDecodedFromUtf8Length(bytes.Length)];
        return Base64.DecodeFromUtf8(bytes, output, out _, out var written) == OperationStatus.Done ? JsonText.FromUtf8(output.AsMemory(0, written)) : base64;
    }
}

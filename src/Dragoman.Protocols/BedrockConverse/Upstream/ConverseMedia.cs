using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Writes images, documents, sounds and moving pictures. Bedrock takes bytes, or an object in S3; it fetches no address.</summary>
internal sealed class ConverseMedia(TranslationContext exchange, ConverseModelTraits traits)
{
    private readonly HashSet<string> _names = [];

    public void Write(Utf8JsonWriter writer, Block block, string path)
    {
        writer.WriteStartObject();
        switch (block)
        {
            case ImageBlock image:
                Begin(writer, "image"u8, ImageFormat(image.Source, path));
                if (image.Detail is not (null or "auto")) exchange.Losses.Drop($"{path}.detail", "Converse has no choice of detail");
                WriteSource(writer, image.Source, path, "image");
                break;
            case DocumentBlock document:
                WriteDocument(writer, document, path);
                break;
            case AudioBlock audio:
                Begin(writer, "audio"u8, SoundFormat(audio.Source, path));
                WriteSource(writer, audio.Source, path, "audio");
                break;
            case VideoBlock video:
                Begin(writer, "video"u8, VideoFormat(video.Source, path));
                WriteSource(writer, video.Source, path, "video");
                break;
            default:
                throw WireException.Invalid("A block that Bedrock does not take.", path);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter writer, ReadOnlySpan<byte> kind, string format)
    {
        writer.WriteStartObject(kind);
        writer.WriteString("format"u8, format);
    }

    private static void WriteSource(Utf8JsonWriter writer, MediaSource source, string path, string what)
    {
        writer.WriteStartObject("source"u8);
        if (source.IsInline)
        {
            source.Base64.WriteTo(writer, "bytes"u8);
        }
        else if (!source.Text.IsEmpty)
        {
            writer.WriteBase64String("bytes"u8, source.Text.ToUtf8().Span);
        }
        else if (source.Url is { } url && url.StartsWith("s3://", StringComparison.Ordinal))
        {
            writer.WriteStartObject("s3Location"u8);
            writer.WriteString("uri"u8, url);
            writer.WriteEndObject();
        }
        else
        {
            throw WireException.Invalid(source.FileId is not null
                ? $"Bedrock cannot read a file uploaded to another provider: send the {what} as base64 data."
                : $"Bedrock fetches no addresses: send the {what} as base64 data (or an s3:// address).", path);
        }

        writer.WriteEndObject();
    }

    private void WriteDocument(Utf8JsonWriter writer, DocumentBlock document, string path)
    {
        Begin(writer, "document"u8, DocumentFormat(document, path));
        writer.WriteString("name"u8, ConverseNames.Document(WithoutEnding(document.Title), _names));
        WriteSource(writer, document.Source, path, "document");
        if (document.Context is not null)
        {
            if (traits.IsClaude) writer.WriteString("context"u8, document.Context);
            else exchange.Losses.Drop($"{path}.context", "the model takes no context of documents");
        }

        if (document.Citations != true) return;
        if (!traits.IsClaude)
        {
            exchange.Losses.Drop($"{path}.citations", "the model does not cite");
            return;
        }

        writer.WriteStartObject("citations"u8);
        writer.WriteBoolean("enabled"u8, true);
        writer.WriteEndObject();
    }

    private static string? WithoutEnding(string? title)
    {
        if (title is null) return null;
        var dot = title.LastIndexOf('.');
        return dot > 0 && title.Length - dot <= 6 ? title[..dot] : title;
    }

    private static string ImageFormat(MediaSource source, string path)
    {
        var type = (source.MediaType ?? TypeOfBytes(source.Base64) ?? TypeOfName(source.Url)).ToLowerInvariant();
        return type switch
        {
            "image/png" or "png" => "png",
            "image/jpeg" or "image/jpg" or "jpg" or "jpeg" => "jpeg",
            "image/gif" or "gif" => "gif",
            "image/webp" or "webp" => "webp",
            // An address is refused for being one, not for its unknown format.
            _ when !source.IsInline => "png",
            _ => throw WireException.Invalid($"Bedrock takes images as png, jpeg, gif or webp, not {type}.", path),
        };
    }

    /// <summary>The first bytes of each format, as base64 spells them.</summary>
    private static string? TypeOfBytes(JsonText base64)
    {
        if (base64.IsEmpty) return null;
        var bytes = base64.ToUtf8().Span;
        return bytes.StartsWith("iVBOR"u8) ? "png" : bytes.StartsWith("/9j/"u8) ? "jpeg" : bytes.StartsWith("R0lGOD"u8) ? "gif" : bytes.StartsWith("UklGR"u8) ? "webp" : null;
    }

    private static string TypeOfName(string? name) => name is null ? "" : name[(name.LastIndexOf('.') + 1)..];

    private static string DocumentFormat(DocumentBlock document, string path)
    {
        var type = (document.Source.MediaType ?? "").ToLowerInvariant();
        var semicolon = type.IndexOf(';', StringComparison.Ordinal);
        if (semicolon >= 0) type = type[..semicolon].Trim();
        var format = type switch
        {
            "application/pdf" => "pdf",
            "text/csv" => "csv",
            "application/msword" => "doc",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
            "application/vnd.ms-excel" => "xls",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
            "text/html" => "html",
            "text/markdown" or "text/x-markdown" => "md",
            "application/json" or "application/xml" or "application/x-yaml" or "application/javascript" => "txt",
            _ when type.StartsWith("text/", StringComparison.Ordinal) => "txt",
            _ => null,
        };
        if (format is not null) return format;
        var ending = TypeOfName(document.Title ?? document.Source.Url).ToLowerInvariant();
        if (ending is "pdf" or "csv" or "doc" or "docx" or "xls" or "xlsx" or "html" or "txt" or "md") return ending;
        if (!document.Source.Text.IsEmpty) return "txt";
        if (document.Source.IsInline && document.Source.Base64.ToUtf8().Span.StartsWith("JVBERi"u8)) return "pdf";
        if (!document.Source.IsInline) return "pdf";
        throw WireException.Invalid($"Bedrock does not take documents of this type{(type.Length > 0 ? ": " + type : "")}.", path);
    }

    private string SoundFormat(MediaSource source, string path)
    {
        if (traits.IsClaude) throw WireException.Invalid("The model does not hear: leave the audio out or choose another model.", path);
        var type = (source.MediaType ?? "").ToLowerInvariant();
        return type switch
        {
            "audio/wav" or "audio/x-wav" or "audio/wave" => "wav",
            "audio/mpeg" or "audio/mp3" => "mp3",
            _ when type.StartsWith("audio/", StringComparison.Ordinal) => type[6..],
            _ => "wav",
        };
    }

    private string VideoFormat(MediaSource source, string path)
    {
        if (traits.IsClaude) throw WireException.Invalid("The model sees no video: leave it out or choose another model.", path);
        var type = (source.MediaType ?? "").ToLowerInvariant();
        return type switch
        {
            "video/quicktime" => "mov",
            "video/x-matroska" => "mkv",
            "video/x-flv" => "flv",
            "video/x-ms-wmv" => "wmv",
            "video/3gpp" => "three_gp",
            _ when type.StartsWith("video/", StringComparison.Ordinal) => type[6..],
            _ => "mp4",
        };
    }
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Gemini's <c>inlineData</c> and <c>fileData</c>.</summary>
internal static class GeminiMedia
{
    /// <summary>What stands before the names of a part's extras that belong to its medium.</summary>
    public const string MediaPrefix = "media.";

    /// <summary>Reads a Blob or FileData the reader stands on; <paramref name="detach"/> copies the bytes out of <paramref name="source"/>.</summary>
    public static Block? Read(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, bool detach = false)
    {
        List<Extra>? unknown = null;
        return Read(ref reader, source, ref unknown, detach);
    }

    /// <summary>As the other <c>Read</c>; <paramref name="unknown"/> gets the members that are not known.</summary>
    public static Block? Read(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, ref List<Extra>? unknown, bool detach = false)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        string? type = null;
        string? address = null;
        string? title = null;
        JsonText data = default;
        while (reader.NextProperty())
        {
            if (reader.Is("mimeType"u8))
            {
                reader.Read();
                type = reader.StringOrNull();
            }
            else if (reader.Is("data"u8))
            {
                reader.Read();
                data = reader.TextOrEmpty(source);
            }
            else if (reader.Is("fileUri"u8))
            {
                reader.Read();
                address = reader.StringOrNull();
            }
            else if (reader.Is("displayName"u8))
            {
                reader.Read();
                title = reader.StringOrNull();
            }
            else
            {
                var name = MediaPrefix + reader.Camel();
                reader.Read();
                if (detach) reader.Skip();
                else (unknown ??= []).Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, source)));
            }
        }

        if (data.IsEmpty && address is null) return null;
        type ??= address is null ? null : TypeOf(address);
        var media = new MediaSource { MediaType = type, Base64 = detach ? data.Detach() : data, Url = address };
        return Block(media, title);
    }

    /// <summary>The block a media type makes.</summary>
    public static Block Block(MediaSource media, string? title = null) => media.MediaType switch
    {
        { } type when type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) => new ImageBlock(media),
        { } type when type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) => new AudioBlock(media),
        { } type when type.StartsWith("video/", StringComparison.OrdinalIgnoreCase) => new VideoBlock(media),
        _ => new DocumentBlock(media) { Title = title },
    };

    /// <summary>Writes a medium as <c>"inlineData": …</c> or <c>"fileData": …</c> inside an open part.</summary>
    /// <exception cref="WireException">Gemini cannot be given what the source names.</exception>
    public static void Write(Utf8JsonWriter writer, MediaSource media, string fallbackType, string? title, bool ofGemini)
    {
        if (media.IsInline)
        {
            writer.WriteStartObject("inlineData"u8);
            writer.WriteString("mimeType"u8, media.MediaType ?? fallbackType);
            if (title is not null && ofGemini) writer.WriteString("displayName"u8, title);
            media.Base64.WriteTo(writer, "data"u8);
            writer.WriteEndObject();
            return;
        }

        var address = media.Url;
        var fits = address is not null && (ofGemini || address.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || address.StartsWith("gs://", StringComparison.OrdinalIgnoreCase));
        if (!fits)
        {
            throw WireException.Invalid(media.FileId is not null
                ? $"Gemini cannot read the file '{media.FileId}' that was uploaded to another provider; send its bytes instead."
                : $"Gemini takes media as base64 or by an https:// or gs:// address, not '{Clip(address)}'.");
        }

        writer.WriteStartObject("fileData"u8);
        var type = media.MediaType ?? TypeOf(address!) ?? (ofGemini ? null : fallbackType);
        if (type is not null) writer.WriteString("mimeType"u8, type);
        writer.WriteString("fileUri"u8, address);
        writer.WriteEndObject();
    }

    private static string Clip(string? address) => address is null ? "nothing" : address.Length <= 100 ? address : address[..100] + "…";

    private static string? TypeOf(string address)
    {
        if (address.Contains("youtube.com/", StringComparison.OrdinalIgnoreCase) || address.Contains("youtu.be/", StringComparison.OrdinalIgnoreCase)) return "video/mp4";
        var path = address.AsSpan();
        var query = path.IndexOfAny('?', '#');
        if (query >= 0) path = path[..query];
        var dot = path.LastIndexOf('.');
        if (dot < 0) return null;
        return path[(dot + 1)..].ToString().ToLowerInvariant() switch
        {
            "png" => "image/png",
            "jpg" or "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "heic" => "image/heic",
            "pdf" => "application/pdf",
            "txt" or "md" => "text/plain",
            "csv" => "text/csv",
            "html" => "text/html",
            "mp3" => "audio/mpeg",
            "wav" => "audio/wav",
            "mp4" => "video/mp4",
            "mov" => "video/quicktime",
            "webm" => "video/webm",
            _ => null,
        };
    }
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Reads where the bytes of a picture, sound or file are.</summary>
internal static class ChatMedia
{
    public static MediaSource Source(ref ChatPart part, string at, string kind)
    {
        // Responses gives the address as a bare string, Chat as an object around it, Anthropic as a source.
        if (part.Media.IsString) return MediaSource.FromUrl(ChatJson.TextOf(part.Media));
        if (part.Media.IsObject) return FromObject(ref part, at, kind);
        if (part.FileId is not null) return new MediaSource { FileId = part.FileId };
        if (!part.FileData.IsEmpty) return FromFileData(part.FileData, part.FileName);
        if (part.FileUrl is not null) return new MediaSource { Url = part.FileUrl };
        throw Missing(at, kind);
    }

    /// <summary>The media type of OpenAI's audio format word.</summary>
    public static string AudioType(string? format) => format switch
    {
        null or "wav" => "audio/wav",
        "mp3" or "mpga" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "pcm16" or "pcm" => "audio/pcm",
        _ => "audio/" + format,
    };

    private static MediaSource FromObject(ref ChatPart part, string at, string kind)
    {
        var source = part.Media;
        var reader = source.Read();
        reader.Read();
        var url = default(JsonText);
        var data = default(JsonText);
        var fileData = default(JsonText);
        string? format = null;
        string? type = null;
        string? mediaType = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("url"u8)) url = ChatJson.Text(ref reader, source.Bytes);
            else if (reader.ValueTextEquals("detail"u8)) part.Detail = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("data"u8)) data = ChatJson.Text(ref reader, source.Bytes);
            else if (reader.ValueTextEquals("format"u8)) format = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("type"u8)) type = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("media_type"u8) || reader.ValueTextEquals("mime_type"u8)) mediaType = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("file_data"u8)) fileData = ChatJson.Text(ref reader, source.Bytes);
            else if (reader.ValueTextEquals("file_id"u8)) part.FileId = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("file_url"u8)) url = ChatJson.Text(ref reader, source.Bytes);
            else if (reader.ValueTextEquals("filename"u8)) part.FileName = ChatJson.String(ref reader);
            else ChatJson.Extra(ref reader, source.Bytes, ref part.Extras, kind + ".");
        }

        if (!url.IsEmpty) return MediaSource.FromUrl(url);
        if (!fileData.IsEmpty) return FromFileData(fileData, part.FileName);
        if (!data.IsEmpty)
        {
            if (type == "text") return new MediaSource { MediaType = mediaType ?? "text/plain", Text = data };
            if (StartsAsDataUrl(data)) return MediaSource.FromUrl(data);
            return new MediaSource { Base64 = data, MediaType = mediaType ?? (kind == "audio" ? AudioType(format) : null) };
        }

        if (part.FileId is not null) return new MediaSource { FileId = part.FileId };
        throw Missing(at, kind);
    }

    private static MediaSource FromFileData(JsonText data, string? name)
    {
        if (StartsAsDataUrl(data)) return MediaSource.FromUrl(data);
        var bytes = data.ToUtf8().Span;
        // OpenRouter takes an address in place of the bytes.
        if (bytes.StartsWith("http://"u8) || bytes.StartsWith("https://"u8)) return new MediaSource { Url = data.ToString() };
        return new MediaSource { Base64 = data, MediaType = TypeOf(name) };
    }

    private static bool StartsAsDataUrl(JsonText text) => text.ToUtf8().Span.StartsWith("data:"u8);

    private static string TypeOf(string? name)
    {
        var dot = name?.LastIndexOf('.') ?? -1;
        return (dot < 0 ? "" : name![(dot + 1)..].ToLowerInvariant()) switch
        {
            "txt" => "text/plain",
            "md" => "text/markdown",
            "csv" => "text/csv",
            "html" or "htm" => "text/html",
            "json" => "application/json",
            "xml" => "application/xml",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _ => "application/pdf",
        };
    }

    private static WireException Missing(string at, string kind)
        => WireException.Invalid($"Invalid '{at}': the {kind} has neither data nor an address.", at, "missing_required_parameter");
}

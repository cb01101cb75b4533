using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>Where the bytes of an image, document or sound are.</summary>
public sealed class MediaSource
{
    /// <summary>The media type (<c>image/png</c>), or null where the source does not say.</summary>
    public string? MediaType { get; init; }

    /// <summary>The bytes as base64 text, as they stood. Empty when the media is given by address, id or as text.</summary>
    public JsonText Base64 { get; init; }

    /// <summary>The address of the bytes (<c>https://…</c>, <c>gs://…</c>, <c>s3://…</c>), or null.</summary>
    public string? Url { get; init; }

    /// <summary>The id of a file uploaded to the provider, or null.</summary>
    public string? FileId { get; init; }

    /// <summary>The content of a plain-text document given in line.</summary>
    public JsonText Text { get; init; }

    /// <summary>Whether the bytes are here.</summary>
    public bool IsInline => !Base64.IsEmpty;

    /// <summary>Makes a source from a <c>data:</c> address or a plain one.</summary>
    public static MediaSource FromUrl(string url)
    {
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return new() { Url = url };
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0) return new() { Url = url };
        var head = url.AsSpan(5, comma - 5);
        var base64 = head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase);
        var semicolon = head.IndexOf(';');
        var type = semicolon < 0 ? head : head[..semicolon];
        var mediaType = type.IsEmpty ? null : type.ToString();
        var data = url[(comma + 1)..];
        return base64
            ? new() { MediaType = mediaType, Base64 = JsonText.From(data) }
            : new() { MediaType = mediaType ?? "text/plain", Text = JsonText.From(Uri.UnescapeDataString(data)) };
    }

    /// <summary>
    /// Makes a source from the text of an address; a base64 <c>data:</c> address is sliced, not copied, so a 20 MB image stays where it was read.
    /// </summary>
    public static MediaSource FromUrl(JsonText url)
    {
        var bytes = url.ToUtf8();
        var span = bytes.Span;
        if (!span.StartsWith("data:"u8)) return FromUrl(url.ToString());
        var comma = span.IndexOf((byte)',');
        if (comma < 0 || !span[..comma].EndsWith(";base64"u8)) return FromUrl(url.ToString());
        var head = span[5..(comma - 7)];
        var semicolon = head.IndexOf((byte)';');
        if (semicolon >= 0) head = head[..semicolon];
        return new()
        {
            MediaType = head.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(head),
            Base64 = JsonText.FromUtf8(bytes[(comma + 1)..]),
        };
    }

    /// <summary>Writes the media as an address: the address itself, or a base64 <c>data:</c> address.</summary>
    public void WriteAsUrl(System.Text.Json.Utf8JsonWriter writer, string fallbackMediaType)
    {
        if (!IsInline)
        {
            writer.WriteStringValue(Url ?? (Text.IsEmpty ? string.Empty : $"data:{MediaType ?? "text/plain"},{Uri.EscapeDataString(Text.ToString())}"));
            return;
        }

        using var buffer = new PooledBuffer(Base64.Length + 64);
        JsonText.From($"data:{MediaType ?? fallbackMediaType};base64,").AppendUtf8(buffer);
        Base64.AppendUtf8(buffer);
        JsonText.FromUtf8(buffer.WrittenMemory).WriteTo(writer);
    }
}

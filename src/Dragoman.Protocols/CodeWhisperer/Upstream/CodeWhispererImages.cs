using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>Writes the images of a message, those in its tools' results too. The service fetches no addresses.</summary>
internal sealed class CodeWhispererImages(TranslationContext exchange)
{
    /// <summary>How many images AWS's own client puts into a message.</summary>
    private const int Most = 10;

    public void Write(Utf8JsonWriter writer, CodeWhispererMessage message)
    {
        var images = new List<(ImageBlock Image, string Path)>();
        foreach (var (block, path) in message.Blocks)
        {
            if (block is ImageBlock image) images.Add((image, path));
            if (block is not ToolResultBlock result) continue;
            for (var i = 0; i < result.Content.Count; i++)
                if (result.Content[i] is ImageBlock inner) images.Add((inner, $"{path}.content[{i}]"));
        }

        if (images.Count == 0) return;
        writer.WriteStartArray("images"u8);
        for (var i = 0; i < images.Count; i++)
        {
            var (image, path) = images[i];
            if (i >= Most) exchange.Losses.Drop(path, "a message takes at most ten images");
            else Write(writer, image, path);
        }

        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, ImageBlock image, string path)
    {
        var source = image.Source;
        if (!source.IsInline) throw WireException.Invalid("Kiro fetches no addresses: send the image as base64 data.", path);
        if (image.Detail is not (null or "auto")) exchange.Losses.Drop($"{path}.detail", "Kiro has no choice of detail");
        writer.WriteStartObject();
        writer.WriteString("format"u8, FormatOf(source, path));
        writer.WriteStartObject("source"u8);
        source.Base64.WriteTo(writer, "bytes"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string FormatOf(MediaSource source, string path)
    {
        var type = (source.MediaType ?? FormatOfBytes(source.Base64) ?? "").ToLowerInvariant();
        return type switch
        {
            "image/png" or "png" => "png",
            "image/jpeg" or "image/jpg" or "jpeg" => "jpeg",
            "image/gif" or "gif" => "gif",
            "image/webp" or "webp" => "webp",
            _ => FormatOfBytes(source.Base64) ?? throw WireException.Invalid($"Kiro takes images as png, jpeg, gif or webp, not {(type.Length > 0 ? type : "an unknown type")}.", path),
        };
    }

    /// <summary>The first bytes of each format, as base64 spells them.</summary>
    private static string? FormatOfBytes(JsonText base64)
        => base64.StartsWith("iVBOR"u8) ? "png" : base64.StartsWith("/9j/"u8) ? "jpeg" : base64.StartsWith("R0lGOD"u8) ? "gif" : base64.StartsWith("UklGR"u8) ? "webp" : null;
}

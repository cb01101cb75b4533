using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Reads images of an answer: whole, or in the pieces a stream sends them in, each encoded on its own.</summary>
internal sealed class ConverseImages
{
    private readonly Dictionary<int, (string? Format, List<JsonText> Pieces)> _open = [];

    /// <summary>An image begins; its bytes follow.</summary>
    public void Begin(int index, JsonSlice image) => _open[index] = (Read(image).Format, []);

    /// <summary>More of the image's bytes.</summary>
    public void Add(int index, JsonSlice image)
    {
        if (_open.TryGetValue(index, out var open) && Read(image).Bytes is { IsEmpty: false } bytes) open.Pieces.Add(bytes.Detach());
    }

    /// <summary>The image whose bytes are all there, or null where none came.</summary>
    public ImageBlock? End(int index)
    {
        if (!_open.Remove(index, out var open) || open.Pieces.Count == 0) return null;
        return Block(open.Format, open.Pieces.Count == 1 ? open.Pieces[0] : Join(open.Pieces));
    }

    /// <summary>An image that is whole at once, or null where it has no bytes.</summary>
    public static ImageBlock? Whole(JsonSlice image)
    {
        var (format, bytes) = Read(image);
        return bytes.IsEmpty ? null : Block(format, bytes.Detach());
    }

    private static ImageBlock Block(string? format, JsonText base64) => new(new MediaSource { MediaType = $"image/{format ?? "png"}", Base64 = base64 });

    /// <summary>Pieces of base64 that end in the middle of a group of three bytes cannot simply stand one behind the other.</summary>
    private static JsonText Join(List<JsonText> pieces)
    {
        try
        {
            return JsonText.From(Convert.ToBase64String([.. pieces.SelectMany(static piece => Convert.FromBase64String(piece.ToString()))]));
        }
        catch (FormatException)
        {
            return JsonText.From(string.Concat(pieces));
        }
    }

    private static (string? Format, JsonText Bytes) Read(JsonSlice image)
    {
        if (!image.IsObject) return default;
        string? format = null;
        JsonText bytes = default;
        var reader = image.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isFormat = reader.ValueTextEquals("format"u8);
            var isSource = reader.ValueTextEquals("source"u8);
            reader.Read();
            if (isFormat) format = reader.StringOrNull();
            else if (isSource && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.NextProperty())
                {
                    var isBytes = reader.ValueTextEquals("bytes"u8);
                    reader.Read();
                    if (isBytes && reader.TokenType == JsonTokenType.String) bytes = JsonText.From(ref reader, image.Bytes);
                    else reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return (format, bytes);
    }
}

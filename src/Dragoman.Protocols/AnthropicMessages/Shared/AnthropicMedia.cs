using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>Reads the sources of images and documents.</summary>
internal static class AnthropicMedia
{
    /// <summary>What stands before the names of a block's extras that belong into its <c>source</c>.</summary>
    public const string SourcePrefix = "source.";

    /// <summary>What stands before the names of a block's extras that belong into its <c>citations</c>.</summary>
    public const string CitationsPrefix = "citations.";

    /// <summary>Reads a <c>source</c>; null when it is of a type not known here.</summary>
    /// <param name="source">The source.</param>
    /// <param name="extras">Gets the members that are not known.</param>
    public static MediaSource? Read(JsonSlice source, ref List<Extra>? extras)
    {
        if (!source.IsObject) return null;
        string? type = null;
        string? mediaType = null;
        string? url = null;
        string? fileId = null;
        JsonText data = default;
        JsonSlice content = default;
        var reader = source.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) type = String(ref reader);
            else if (reader.ValueTextEquals("media_type"u8)) mediaType = String(ref reader);
            else if (reader.ValueTextEquals("url"u8)) url = String(ref reader);
            else if (reader.ValueTextEquals("file_id"u8)) fileId = String(ref reader);
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) data = JsonText.From(ref reader, source.Bytes);
                else reader.Skip();
            }
            else
            {
                var name = reader.ValueTextEquals("content"u8) ? null : reader.GetString();
                reader.Read();
                var value = JsonSlice.From(ref reader, source.Bytes);
                if (name is null) content = value;
                else (extras ??= []).Add(new(Protocol.AnthropicMessages, SourcePrefix + name, value));
            }
        }

        return type switch
        {
            "base64" => new MediaSource { MediaType = mediaType, Base64 = data },
            "text" => new MediaSource { MediaType = mediaType ?? "text/plain", Text = data },
            "content" => new MediaSource { MediaType = "text/plain", Text = JoinText(content) },
            "url" when url is not null => MediaSource.FromUrl(url),
            "file" when fileId is not null => new MediaSource { FileId = fileId },
            _ => null,
        };
    }

    /// <summary>Whether a source is given as content blocks.</summary>
    public static bool IsContent(JsonSlice source)
    {
        var reader = source.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType) return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("content"u8);
            reader.Skip();
        }

        return false;
    }

    /// <summary>Whether a document's <c>citations</c> are switched on; null where unsaid.</summary>
    /// <param name="citations">The object.</param>
    /// <param name="extras">Gets the members that are not known.</param>
    public static bool? CitationsEnabled(JsonSlice citations, ref List<Extra>? extras)
    {
        if (!citations.IsObject) return null;
        bool? enabled = null;
        var reader = citations.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.ValueTextEquals("enabled"u8) ? null : reader.GetString();
            reader.Read();
            if (name is null) enabled = reader.BooleanOrNull();
            else (extras ??= []).Add(new(Protocol.AnthropicMessages, CitationsPrefix + name, JsonSlice.From(ref reader, citations.Bytes)));
        }

        return enabled;
    }

    /// <summary>The text of a string or of an array of text blocks, line by line.</summary>
    public static JsonText JoinText(JsonSlice content)
    {
        if (content.IsString) return StringOf(content);
        if (!content.IsArray) return default;
        var blocks = new List<Block>();
        new AnthropicBlockReader().ReadContent(content, "content", blocks);
        var texts = blocks.OfType<TextBlock>().ToList();
        if (texts.Count == 1) return texts[0].Text;
        using var buffer = new PooledBuffer();
        foreach (var text in texts)
        {
            if (buffer.Length > 0) JsonText.From("\n").AppendUtf8(buffer);
            text.Text.AppendUtf8(buffer);
        }

        return JsonText.FromUtf8(buffer.WrittenMemory).Detach();
    }

    /// <summary>The text of a JSON string.</summary>
    public static JsonText StringOf(JsonSlice value)
    {
        var reader = value.Read();
        reader.Read();
        return JsonText.From(ref reader, value.Bytes);
    }

    private static string? String(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }
}

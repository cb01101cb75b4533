using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Reads content blocks: objects with one member that names their kind. Remembers the names of calls, so that results (which do not say them) have them.</summary>
internal sealed class ConverseBlockReader
{
    private const Protocol Own = Protocol.BedrockConverse;

    private readonly Dictionary<string, string> _callNames = new(StringComparer.Ordinal);

    /// <summary>Reads a list of blocks; a cache point belongs to the block before it.</summary>
    public void ReadContent(JsonSlice content, string path, List<Block> blocks)
    {
        var reader = content.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var at = $"{path}.{index}";
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"{at}: a content block is an object", at);
            var raw = JsonSlice.From(ref reader, content.Bytes);
            var (kind, value) = KindOf(raw, at);
            if (kind == "cachePoint")
            {
                if (blocks.Count > 0) blocks[^1].Cache = ReadCachePoint(value);
                continue;
            }

            blocks.Add(ReadBlock(kind, value, raw, at));
        }
    }

    /// <summary>The lifetime that a cache point asks for.</summary>
    public static CacheHint ReadCachePoint(JsonSlice value) => new(ConverseJson.TextOf(value, "ttl"u8));

    /// <summary>The member that names a union's kind, with its value; members of no value count as absent.</summary>
    public static (string Kind, JsonSlice Value) KindOf(JsonSlice union, string path)
    {
        var reader = union.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var kind = reader.GetString()!;
            reader.Read();
            var value = JsonSlice.From(ref reader, union.Bytes);
            if (!value.IsNull) return (kind, value);
        }

        throw WireException.Invalid($"{path}: one member is required", path);
    }

    private Block ReadBlock(string kind, JsonSlice value, JsonSlice raw, string path)
    {
        switch (kind)
        {
            case "text":
                return new TextBlock(ConverseJson.Text(value));
            case "image" when Media(value, "image/", path) is { } image:
                return new ImageBlock(image);
            case "video" when Media(value, "video/", path) is { } video:
                return new VideoBlock(video);
            case "audio" when Media(value, "audio/", path) is { } audio:
                return new AudioBlock(audio);
            case "document":
                return ReadDocument(value, path);
            case "toolUse":
                return ReadCall(value, raw, path);
            case "toolResult":
                return ReadResult(value, path);
            case "reasoningContent":
                return ReadReasoning(value);
            case "citationsContent":
                return ReadCited(value);
            default:
                return new OpaqueBlock(Own, kind, raw);
        }
    }

    private static MediaSource? Media(JsonSlice value, string family, string path)
    {
        if (ConverseJson.TextOf(value, "format"u8) is not { Length: > 0 } format) throw WireException.Invalid($"{path}.format: a format is required", $"{path}.format");
        var source = ConverseJson.Member(value, "source"u8);
        if (!source.IsObject) throw WireException.Invalid($"{path}.source: an object is required", $"{path}.source");
        if (ConverseJson.Member(source, "bytes"u8) is { IsString: true } bytes) return new MediaSource { MediaType = MediaTypeOf(family, format), Base64 = ConverseJson.Text(bytes) };
        return ConverseJson.TextOf(ConverseJson.Member(source, "s3Location"u8), "uri"u8) is { } uri ? new MediaSource { MediaType = MediaTypeOf(family, format), Url = uri } : null;
    }

    private static string MediaTypeOf(string family, string format) => (family, format) switch
    {
        ("video/", "mov") => "video/quicktime",
        ("video/", "mkv") => "video/x-matroska",
        ("video/", "flv") => "video/x-flv",
        ("video/", "wmv") => "video/x-ms-wmv",
        ("video/", "three_gp") => "video/3gpp",
        ("audio/", "mp3") => "audio/mpeg",
        _ => family + format,
    };

    private static DocumentBlock ReadDocument(JsonSlice value, string path)
    {
        var source = ConverseJson.Member(value, "source"u8);
        if (!source.IsObject) throw WireException.Invalid($"{path}.source: an object is required", $"{path}.source");
        var type = ConverseJson.TextOf(value, "format"u8) switch
        {
            "pdf" or null => "application/pdf",
            "csv" => "text/csv",
            "html" => "text/html",
            "md" => "text/markdown",
            "doc" => "application/msword",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xls" => "application/vnd.ms-excel",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _ => "text/plain",
        };
        MediaSource media;
        if (ConverseJson.Member(source, "bytes"u8) is { IsString: true } bytes) media = new MediaSource { MediaType = type, Base64 = ConverseJson.Text(bytes) };
        else if (ConverseJson.Member(source, "text"u8) is { IsString: true } text) media = new MediaSource { MediaType = "text/plain", Text = ConverseJson.Text(text) };
        else if (ConverseJson.Member(source, "content"u8) is { IsArray: true } content) media = new MediaSource { MediaType = "text/plain", Text = JoinText(content) };
        else media = new MediaSource { MediaType = type, Url = ConverseJson.TextOf(ConverseJson.Member(source, "s3Location"u8), "uri"u8) };
        var citations = ConverseJson.Member(ConverseJson.Member(value, "citations"u8), "enabled"u8);
        return new DocumentBlock(media)
        {
            Title = ConverseJson.TextOf(value, "name"u8),
            Context = ConverseJson.TextOf(value, "context"u8),
            Citations = citations.IsEmpty ? null : citations.Bytes.Span.SequenceEqual("true"u8),
        };
    }

    private Block ReadCall(JsonSlice value, JsonSlice raw, string path)
    {
        if (ConverseJson.TextOf(value, "toolUseId"u8) is not { Length: > 0 } wire) throw WireException.Invalid($"{path}.toolUseId: an id is required", $"{path}.toolUseId");
        if (ConverseJson.TextOf(value, "name"u8) is not { Length: > 0 } name) throw WireException.Invalid($"{path}.name: a name is required", $"{path}.name");
        var input = ConverseJson.Member(value, "input"u8);
        if (ConverseJson.TextOf(value, "type"u8) == "server_tool_use") return new HostedToolCallBlock(wire, name, input) { Origin = Own, Raw = raw };
        var id = AnthropicIds.FromWire(wire);
        _callNames[id] = name;
        return new ToolCallBlock(id, name, ToolArguments.FromValue(input.IsNull ? default : input));
    }

    private ToolResultBlock ReadResult(JsonSlice value, string path)
    {
        if (ConverseJson.TextOf(value, "toolUseId"u8) is not { Length: > 0 } wire) throw WireException.Invalid($"{path}.toolUseId: an id is required", $"{path}.toolUseId");
        var content = new List<Block>();
        var parts = ConverseJson.Member(value, "content"u8);
        JsonSlice json = default;
        if (parts.IsArray)
        {
            var reader = parts.Read();
            reader.Read();
            for (var index = 0; reader.NextElement(); index++)
            {
                var at = $"{path}.content.{index}";
                if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"{at}: a content block is an object", at);
                var raw = JsonSlice.From(ref reader, parts.Bytes);
                var (kind, part) = KindOf(raw, at);
                if (kind == "json")
                {
                    json = part;
                    content.Add(new TextBlock(JsonText.FromUtf8(part.Bytes)));
                }
                else
                {
                    content.Add(ReadBlock(kind, part, raw, at));
                }
            }
        }

        var id = AnthropicIds.FromWire(wire);
        return new ToolResultBlock(id, content)
        {
            IsError = ConverseJson.TextOf(value, "status"u8) == "error", Name = _callNames.GetValueOrDefault(id), Value = content.Count == 1 && json.IsObject ? json : default,
        };
    }

    private static ReasoningBlock ReadReasoning(JsonSlice value)
    {
        if (ConverseJson.Member(value, "redactedContent"u8) is { IsString: true } redacted) return new ReasoningBlock { IsRedacted = true, Signature = ConverseJson.Text(redacted), Family = SignatureFamily.Claude };
        var words = ConverseJson.Member(value, "reasoningText"u8);
        return AnthropicReasoningEnvelope.Read(ConverseJson.Text(ConverseJson.Member(words, "text"u8)), ConverseJson.Text(ConverseJson.Member(words, "signature"u8)));
    }

    /// <summary>Text with its sources, as an answer brought it.</summary>
    private static TextBlock ReadCited(JsonSlice value)
    {
        var block = new TextBlock(JoinText(ConverseJson.Member(value, "content"u8)));
        if (ConverseJson.Member(value, "citations"u8) is { IsEmpty: false } citations) block.Extras = [new(Own, "citations", citations)];
        return block;
    }

    private static JsonText JoinText(JsonSlice parts)
    {
        if (!parts.IsArray) return default;
        var reader = parts.Read();
        reader.Read();
        JsonText first = default;
        System.Text.StringBuilder? joined = null;
        while (reader.NextElement())
        {
            if (ConverseJson.Member(JsonSlice.From(ref reader, parts.Bytes), "text"u8) is not { IsString: true } text) continue;
            if (first.IsEmpty && joined is null) first = ConverseJson.Text(text);
            else (joined ??= new System.Text.StringBuilder(first.ToString())).Append(ConverseJson.Text(text).ToString());
        }

        return joined is null ? first : JsonText.From(joined.ToString());
    }
}

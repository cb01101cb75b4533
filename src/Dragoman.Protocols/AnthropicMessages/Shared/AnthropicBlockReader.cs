using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>
/// Reads content blocks, of requests and of answers. Remembers the names of calls, so that results (which do not say them) have them.
/// </summary>
internal sealed class AnthropicBlockReader
{
    private const Protocol Own = Protocol.AnthropicMessages;
    private readonly Dictionary<string, string> _callNames = [];

    /// <summary>Reads content: a string or an array of blocks.</summary>
    public void ReadContent(JsonSlice content, string path, List<Block> blocks)
    {
        var reader = content.Read();
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            blocks.Add(new TextBlock(JsonText.From(ref reader, content.Bytes)));
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray) throw WireException.Invalid($"{path}: Input should be a string or a list of content blocks", path);
        for (var index = 0; reader.NextElement(); index++)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                blocks.Add(new TextBlock(JsonText.From(ref reader, content.Bytes)));
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"{path}.{index}: Input should be a valid dictionary", $"{path}.{index}");
            blocks.Add(ReadBlock(JsonSlice.From(ref reader, content.Bytes), $"{path}.{index}"));
        }
    }

    /// <summary>Reads one block.</summary>
    public Block ReadBlock(JsonSlice raw, string path)
    {
        var fields = AnthropicBlockFields.Read(raw);
        List<Extra>? extras = null;
        Block block = fields.Type switch
        {
            "text" => new TextBlock(fields.Text) { Citations = ReadCitations(fields.Citations) },
            "image" => Media(fields, path, ref extras) is { } image ? new ImageBlock(image) : new OpaqueBlock(Own, "image", raw),
            "document" => Document(fields, raw, path, ref extras),
            "search_result" => SearchResult(fields, raw),
            "thinking" => AnthropicReasoningEnvelope.Read(fields.Thinking, fields.Signature),
            "redacted_thinking" => new ReasoningBlock { IsRedacted = true, Signature = fields.Data, Family = SignatureFamily.Claude },
            "tool_use" => ToolUse(fields, path),
            "tool_result" => ToolResult(fields, path),
            "server_tool_use" => ServerToolUse(fields, raw),
            "tool_reference" when fields.ToolName is { Length: > 0 } name => new ToolReferenceBlock(name),
            "mid_conv_system" => MidConversationSystem(fields, raw),
            null => throw WireException.Invalid($"{path}.type: Field required", $"{path}.type"),
            "mcp_tool_result" => new OpaqueBlock(Own, fields.Type, raw),
            _ when fields.Type.EndsWith("_tool_result", StringComparison.Ordinal) && fields.ToolUseId is not null => ServerToolResult(fields, raw),
            _ => new OpaqueBlock(Own, fields.Type, raw),
        };
        if (!fields.CacheControl.IsEmpty) block.Cache = ReadCache(fields.CacheControl, ref extras);
        if (block is not (OpaqueBlock or HostedToolCallBlock or HostedToolResultBlock))
        {
            if (fields.Extras is not null) (extras ??= []).AddRange(fields.Extras);
            if (extras is not null) (block.Extras ??= []).AddRange(extras);
        }

        return block;
    }

    /// <summary>Reads a <c>cache_control</c>; members beyond type and lifetime keep the whole of it as an extra.</summary>
    public static CacheHint? ReadCache(JsonSlice value, ref List<Extra>? extras)
    {
        if (!value.IsObject) return null;
        string? ttl = null;
        var plain = true;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("ttl"u8))
            {
                reader.Read();
                ttl = reader.StringOrNull();
                continue;
            }

            plain &= reader.ValueTextEquals("type"u8);
            reader.Read();
            reader.Skip();
        }

        if (!plain) (extras ??= []).Add(new(Own, "cache_control", value));
        return new CacheHint(ttl);
    }

    private static List<Citation>? ReadCitations(JsonSlice value)
    {
        if (!value.IsArray) return null;
        var list = new List<Citation>();
        var reader = value.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) list.Add(AnthropicCitations.Read(JsonSlice.From(ref reader, value.Bytes)));
            else reader.Skip();
        }

        return list.Count > 0 ? list : null;
    }

    private static MediaSource? Media(in AnthropicBlockFields fields, string path, ref List<Extra>? extras)
    {
        if (fields.Source.IsEmpty) throw WireException.Invalid($"{path}.source: Field required", $"{path}.source");
        return AnthropicMedia.Read(fields.Source, ref extras);
    }

    private static Block Document(in AnthropicBlockFields fields, JsonSlice raw, string path, ref List<Extra>? extras)
    {
        if (Media(fields, path, ref extras) is not { } source) return new OpaqueBlock(Own, "document", raw);
        var citations = AnthropicMedia.CitationsEnabled(fields.Citations, ref extras);
        var document = new DocumentBlock(source) { Title = fields.Title, Context = fields.Context, Citations = citations };
        // A document made of content blocks is citable block by block; others get its text in one piece.
        if (AnthropicMedia.IsContent(fields.Source)) document.Extras = [new(Own, "source", fields.Source)];
        return document;
    }

    private static DocumentBlock SearchResult(in AnthropicBlockFields fields, JsonSlice raw)
    {
        List<Extra>? inWhole = null;
        var source = fields.Source.IsString ? AnthropicMedia.StringOf(fields.Source).ToString() : null;
        return new DocumentBlock(new MediaSource { MediaType = "text/plain", Text = AnthropicMedia.JoinText(fields.Content) })
        {
            Title = fields.Title ?? source,
            Context = source,
            Citations = AnthropicMedia.CitationsEnabled(fields.Citations, ref inWhole),
            Extras = [new(Own, AnthropicBlockFields.WholeBlock, raw)],
        };
    }

    private static TextBlock MidConversationSystem(in AnthropicBlockFields fields, JsonSlice raw)
        => new(AnthropicMedia.JoinText(fields.Content)) { IsSystem = true, Extras = [new(Own, AnthropicBlockFields.WholeBlock, raw)] };

    private ToolCallBlock ToolUse(in AnthropicBlockFields fields, string path)
    {
        if (fields.Id is null) throw WireException.Invalid($"{path}.id: Field required", $"{path}.id");
        if (fields.Name is null) throw WireException.Invalid($"{path}.name: Field required", $"{path}.name");
        var id = AnthropicIds.FromWire(fields.Id);
        _callNames[id] = fields.Name;
        return new ToolCallBlock(id, fields.Name, ToolArguments.FromValue(fields.Input.IsNull ? default : fields.Input));
    }

    private ToolResultBlock ToolResult(in AnthropicBlockFields fields, string path)
    {
        if (fields.ToolUseId is null) throw WireException.Invalid($"{path}.tool_use_id: Field required", $"{path}.tool_use_id");
        var id = AnthropicIds.FromWire(fields.ToolUseId);
        var content = new List<Block>();
        if (!fields.Content.IsEmpty && !fields.Content.IsNull) ReadContent(fields.Content, $"{path}.content", content);
        return new ToolResultBlock(id, content) { IsError = fields.IsError, Name = _callNames.GetValueOrDefault(id) };
    }

    /// <summary>The names of the tools that Anthropic's own search found.</summary>
    private static List<string> References(JsonSlice content)
    {
        var names = new List<string>();
        var reader = content.Read();
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("tool_name"u8)) continue;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String) names.Add(reader.GetString()!);
        }

        return names;
    }

    private static HostedToolCallBlock ServerToolUse(in AnthropicBlockFields fields, JsonSlice raw)
    {
        var id = fields.Id ?? "";
        var foreign = AnthropicIds.ForeignHostedFromWire(id);
        return new HostedToolCallBlock(foreign ?? id, fields.Name ?? "", fields.Input) { Origin = Own, Raw = foreign is null ? raw : default };
    }

    private static HostedToolResultBlock ServerToolResult(in AnthropicBlockFields fields, JsonSlice raw)
    {
        var foreign = AnthropicIds.ForeignHostedFromWire(fields.ToolUseId!);
        var tool = fields.Type![..^"_tool_result".Length];
        return new HostedToolResultBlock(foreign ?? fields.ToolUseId!, tool)
        {
            Sources = AnthropicCitations.ReadSearchResults(fields.Content),
            Error = AnthropicCitations.ReadError(fields.Content),
            FoundTools = tool == "tool_search_tool" ? References(fields.Content) : null,
            Origin = Own,
            Raw = foreign is null ? raw : default,
        };
    }
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Reads the parts of a request's contents into blocks.</summary>
internal sealed class GeminiPartReader(ReadOnlyMemory<byte> body)
{
    /// <summary>What stands before the names of a result's extras that belong to the part around it.</summary>
    public const string PartPrefix = "part.";

    private readonly GeminiCalls _calls = new();

    /// <summary>Reads the parts the reader stands on: an array, a single part, or a string that stands for one text part.</summary>
    public void ReadParts(ref Utf8TokenReader reader, List<Block> blocks, int turn)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                blocks.Add(new TextBlock(JsonText.From(ref reader, body)));
                break;
            case JsonTokenType.StartObject:
                ReadPart(ref reader, blocks, turn, blocks.Count);
                break;
            case JsonTokenType.StartArray:
                for (var index = 0; reader.NextElement(); index++)
                {
                    if (reader.TokenType == JsonTokenType.String) blocks.Add(new TextBlock(JsonText.From(ref reader, body)));
                    else if (reader.TokenType == JsonTokenType.StartObject) ReadPart(ref reader, blocks, turn, index);
                    else throw WireException.Invalid("Each part must be an object.", $"contents[{turn}].parts[{index}]");
                }

                break;
            case JsonTokenType.Null:
                break;
            default:
                throw WireException.Invalid("parts must be an array.", $"contents[{turn}].parts");
        }
    }

    private void ReadPart(ref Utf8TokenReader reader, List<Block> blocks, int turn, int index)
    {
        var start = (int)reader.TokenStartIndex;
        Block? block = null;
        JsonText? text = null;
        JsonText signature = default;
        var thought = false;
        string? unknown = null;
        JsonSlice code = default;
        JsonSlice outcome = default;
        List<Extra>? extras = null;
        while (reader.NextProperty())
        {
            if (reader.Is("text"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.Null) text = Expect(ref reader, $"contents[{turn}].parts[{index}].text");
            }
            else if (reader.Is("thought"u8))
            {
                reader.Read();
                thought = reader.BooleanOrNull() ?? false;
            }
            else if (reader.Is("thoughtSignature"u8))
            {
                reader.Read();
                signature = reader.TextOrEmpty(body);
            }
            else if (reader.Is("inlineData"u8) || reader.Is("fileData"u8))
            {
                reader.Read();
                block = GeminiMedia.Read(ref reader, body, ref extras) ?? throw WireException.Invalid("A medium needs data or a fileUri.", $"contents[{turn}].parts[{index}]");
            }
            else if (reader.Is("functionCall"u8))
            {
                reader.Read();
                block = ReadCall(ref reader, turn, index, ref extras);
            }
            else if (reader.Is("functionResponse"u8))
            {
                reader.Read();
                block = ReadResult(ref reader, turn, index);
            }
            else if (reader.Is("executableCode"u8))
            {
                reader.Read();
                code = JsonSlice.From(ref reader, body);
            }
            else if (reader.Is("codeExecutionResult"u8))
            {
                reader.Read();
                outcome = JsonSlice.From(ref reader, body);
            }
            else if (reader.Is("videoMetadata"u8) || reader.Is("mediaResolution"u8) || reader.Is("partMetadata"u8))
            {
                var name = reader.Camel();
                reader.Read();
                (extras ??= []).Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, body)));
            }
            else
            {
                unknown ??= reader.GetString();
                var name = reader.Camel();
                reader.Read();
                (extras ??= []).Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, body)));
            }
        }

        var raw = new JsonSlice(body[start..(int)reader.BytesConsumed]);
        if (!code.IsEmpty) block = new HostedToolCallBlock($"code_{turn}_{index}", HostedTools.CodeExecution, code) { Origin = Protocol.Gemini, Raw = raw };
        if (!outcome.IsEmpty) block = new HostedToolResultBlock($"code_{turn}_{index - 1}", HostedTools.CodeExecution) { Origin = Protocol.Gemini, Raw = raw };
        if (block is null && text is { } words)
        {
            // A signature on an empty text part closes the reasoning before it; an empty text block would be refused elsewhere.
            if (thought || (words.IsEmpty && !signature.IsEmpty)) block = GeminiEncodedSignature.Unpack(words, signature);
            else block = new TextBlock(words) { PartSignature = signature };
        }

        if (block is null && unknown is not null) block = new OpaqueBlock(Protocol.Gemini, unknown, raw);
        if (block is null && !signature.IsEmpty) block = GeminiEncodedSignature.Unpack(default, signature);
        if (block is null) return;
        if (block is not (ReasoningBlock or OpaqueBlock)) block.PartSignature = signature;
        blocks.Add(block);
        if (extras is null || block is OpaqueBlock) return;
        // A result's own extras stand inside functionResponse; those of the part around it are told apart by their name.
        if (block is ToolResultBlock) extras = extras.ConvertAll(static extra => extra with { Name = PartPrefix + extra.Name });
        (block.Extras ??= []).AddRange(extras);
    }

    private ToolCallBlock ReadCall(ref Utf8TokenReader reader, int turn, int index, ref List<Extra>? extras)
    {
        string? id = null;
        string? name = null;
        JsonSlice args = default;
        if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("functionCall must be an object.", $"contents[{turn}].parts[{index}]");
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("args"u8))
            {
                reader.Read();
                args = JsonSlice.From(ref reader, body);
            }
            else
            {
                var other = "functionCall." + reader.Camel();
                reader.Read();
                (extras ??= []).Add(new(Protocol.Gemini, other, JsonSlice.From(ref reader, body)));
            }
        }

        if (string.IsNullOrEmpty(name)) throw WireException.Invalid("A functionCall needs a name.", $"contents[{turn}].parts[{index}].functionCall.name");
        return new(_calls.Call(id, name, turn, index), name, ToolArguments.FromValue(args.IsNull ? default : args));
    }

    private ToolResultBlock ReadResult(ref Utf8TokenReader reader, int turn, int index)
    {
        string? id = null;
        string? name = null;
        JsonSlice value = default;
        List<Block> media = [];
        List<Extra>? extras = null;
        if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("functionResponse must be an object.", $"contents[{turn}].parts[{index}]");
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                value = JsonSlice.From(ref reader, body);
            }
            else if (reader.ValueTextEquals("parts"u8))
            {
                reader.Read();
                ReadParts(ref reader, media, turn);
            }
            else
            {
                var other = reader.Camel();
                reader.Read();
                (extras ??= []).Add(new(Protocol.Gemini, other, JsonSlice.From(ref reader, body)));
            }
        }

        if (value.IsNull) value = default;
        var call = _calls.Result(id, name, turn, index);
        var (text, failed) = GeminiToolResult.Read(value);
        List<Block> content = text.IsEmpty ? [] : [new TextBlock(text)];
        content.AddRange(media);
        return new(call.Id, content) { Name = call.Name, IsError = failed, Value = value, Extras = extras };
    }

    private JsonText Expect(ref Utf8TokenReader reader, string path)
        => reader.TokenType == JsonTokenType.String ? JsonText.From(ref reader, body) : throw WireException.Invalid("text must be a string.", path);
}

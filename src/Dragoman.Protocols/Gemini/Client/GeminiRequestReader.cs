using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Client;

/// <summary>Reads a <c>generateContent</c> (or <c>countTokens</c>) body.</summary>
internal static class GeminiRequestReader
{
    public static ConversationRequest Read(ReadOnlyMemory<byte> body, RequestTarget target)
    {
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("The request body must be a JSON object.");
        var request = new ConversationRequest { Source = Protocol.Gemini };
        ReadObject(ref reader, body, request);
        if (target.Model is { } model) request.Model = ModelName.WithoutResourcePrefix(model);
        if (target.Stream is { } stream) request.Stream = stream;
        if (request.Turns.Count == 0) throw WireException.Invalid("contents is not specified.", "contents");
        return request;
    }

    private static void ReadObject(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        var parts = new GeminiPartReader(body);
        while (reader.NextProperty())
        {
            if (reader.Is("contents"u8))
            {
                reader.Read();
                ReadContents(ref reader, body, request, parts);
            }
            else if (reader.Is("systemInstruction"u8))
            {
                reader.Read();
                ReadSystem(ref reader, body, request, parts);
            }
            else if (reader.Is("tools"u8))
            {
                reader.Read();
                GeminiToolReader.ReadTools(ref reader, body, request);
            }
            else if (reader.Is("toolConfig"u8))
            {
                reader.Read();
                GeminiToolReader.ReadToolConfig(ref reader, body, request);
            }
            else if (reader.Is("generationConfig"u8))
            {
                reader.Read();
                GeminiConfigReader.Read(ref reader, body, request);
            }
            else if (reader.Is("model"u8))
            {
                reader.Read();
                if (reader.StringOrNull() is { } model) request.Model = ModelName.WithoutResourcePrefix(model);
            }
            else if (reader.Is("generateContentRequest"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, body, request);
                else throw WireException.Invalid("generateContentRequest must be an object.", "generateContentRequest");
            }
            else
            {
                var name = reader.Camel();
                reader.Read();
                request.Extras.Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, body)));
            }
        }
    }

    private static void ReadContents(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request, GeminiPartReader parts)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                ReadShorthand(ref reader, body, request);
                break;
            case JsonTokenType.StartObject:
                ReadContent(ref reader, body, request, parts);
                break;
            case JsonTokenType.StartArray:
                while (reader.NextElement())
                {
                    if (reader.TokenType == JsonTokenType.String) ReadShorthand(ref reader, body, request);
                    else if (reader.TokenType == JsonTokenType.StartObject) ReadContent(ref reader, body, request, parts);
                    else throw WireException.Invalid("Each of contents must be an object.", $"contents[{request.Turns.Count}]");
                }

                break;
            default:
                throw WireException.Invalid("contents must be an array.", "contents");
        }
    }

    private static void ReadShorthand(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        var turn = new Turn(Role.User);
        turn.Blocks.Add(new TextBlock(JsonText.From(ref reader, body)));
        request.Turns.Add(turn);
    }

    private static void ReadContent(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request, GeminiPartReader parts)
    {
        // The role may stand behind the parts, and parts do not depend on it.
        var blocks = new List<Block>();
        var role = Role.User;
        List<Extra>? extras = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                role = reader.StringOrNull() switch
                {
                    null or "" or "user" or "function" or "tool" => Role.User,
                    "model" or "assistant" => Role.Assistant,
                    "system" => Role.System,
                    var other => throw WireException.Invalid($"Please use a valid role: user, model. '{other}' is none.", $"contents[{request.Turns.Count}].role"),
                };
            }
            else if (reader.ValueTextEquals("parts"u8))
            {
                reader.Read();
                parts.ReadParts(ref reader, blocks, request.Turns.Count);
            }
            else
            {
                var name = reader.Camel();
                reader.Read();
                (extras ??= []).Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, body)));
            }
        }

        var turn = new Turn(role) { Extras = extras };
        turn.Blocks.AddRange(blocks);
        request.Turns.Add(turn);
    }

    private static void ReadSystem(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request, GeminiPartReader parts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            parts.ReadParts(ref reader, request.System, turn: -1);
            return;
        }

        // A Content, or a single part in its place: both are objects.
        var ahead = reader;
        var isContent = false;
        while (ahead.NextProperty())
        {
            isContent |= ahead.ValueTextEquals("parts"u8) || ahead.ValueTextEquals("role"u8);
            ahead.Read();
            ahead.Skip();
        }

        if (!isContent)
        {
            parts.ReadParts(ref reader, request.System, turn: -1);
            return;
        }

        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("parts"u8))
            {
                reader.Read();
                parts.ReadParts(ref reader, request.System, turn: -1);
                continue;
            }

            var name = reader.ValueTextEquals("role"u8) ? null : "systemInstruction." + reader.Camel();
            reader.Read();
            if (name is null) reader.Skip();
            else request.Extras.Add(new(Protocol.Gemini, name, JsonSlice.From(ref reader, body)));
        }
    }
}

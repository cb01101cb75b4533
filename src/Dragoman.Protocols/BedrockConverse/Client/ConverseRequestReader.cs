using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Reads the body of Converse and ConverseStream (API_runtime_Converse). What the model in the middle does not name is kept as an extra, whole.</summary>
internal static class ConverseRequestReader
{
    private const Protocol Own = Protocol.BedrockConverse;

    public static ConversationRequest Read(ReadOnlyMemory<byte> body, RequestTarget target)
    {
        var request = new ConversationRequest { Source = Own, Model = target.Model ?? "", Stream = target.Stream ?? false };
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("The request body must be a JSON object.");
        JsonSlice messages = default;
        while (reader.NextProperty())
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = JsonSlice.From(ref reader, body);
            if (value.IsNull) continue;
            switch (name)
            {
                case "messages":
                    messages = value;
                    break;
                case "system":
                    ReadSystem(value, request);
                    break;
                case "inferenceConfig":
                    ConverseConfigReader.Inference(value, request);
                    break;
                case "toolConfig":
                    ConverseToolReader.Read(value, request);
                    break;
                case "additionalModelRequestFields":
                    ConverseConfigReader.Additional(value, request);
                    break;
                case ConverseJson.AnswerFields:
                    if (ConverseConfigReader.WantsOtherFields(value)) request.Extras.Add(new(Own, name, value));
                    break;
                case "outputConfig":
                    ConverseConfigReader.Output(value, request);
                    break;
                case "serviceTier":
                    request.ServiceTier = ConverseJson.TextOf(value, "type"u8);
                    break;
                case "requestMetadata":
                    request.Metadata = value;
                    break;
                default:
                    request.Extras.Add(new(Own, name, value));
                    break;
            }
        }

        if (!messages.IsArray) throw WireException.Invalid("messages: a list of messages is required", "messages");
        ReadMessages(messages, request);
        if (request.Turns.Count == 0) throw WireException.Invalid("A conversation must start with a user message. Try again with a conversation that starts with a user message.", "messages");
        return request;
    }

    private static void ReadSystem(JsonSlice system, ConversationRequest request)
    {
        if (!system.IsArray) throw WireException.Invalid("system: a list of blocks is required", "system");
        new ConverseBlockReader().ReadContent(system, "system", request.System);
    }

    private static void ReadMessages(JsonSlice messages, ConversationRequest request)
    {
        var blocks = new ConverseBlockReader();
        var reader = messages.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            var path = $"messages.{index}";
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"{path}: an object is required", path);
            request.Turns.Add(ReadMessage(JsonSlice.From(ref reader, messages.Bytes), path, blocks));
        }
    }

    private static Turn ReadMessage(JsonSlice message, string path, ConverseBlockReader blocks)
    {
        string? role = null;
        JsonSlice content = default;
        List<Extra>? extras = null;
        var reader = message.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = JsonSlice.From(ref reader, message.Bytes);
            if (name == "role") role = ConverseJson.Text(value).ToString();
            else if (name == "content") content = value;
            else (extras ??= []).Add(new(Own, name, value));
        }

        var turn = new Turn(role switch
        {
            "user" => Role.User,
            "assistant" => Role.Assistant,
            _ => throw WireException.Invalid($"{path}.role: must be user or assistant", $"{path}.role"),
        })
        { Extras = extras };
        if (!content.IsArray) throw WireException.Invalid($"{path}.content: a list of content blocks is required", $"{path}.content");
        blocks.ReadContent(content, $"{path}.content", turn.Blocks);
        return turn;
    }
}

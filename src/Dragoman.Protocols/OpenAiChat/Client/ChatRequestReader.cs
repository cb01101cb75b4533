using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>
/// Reads a Chat request. Cursor sends Responses' <c>input</c> and Anthropic's tools and blocks to the Chat address; these are taken too.
/// </summary>
internal static class ChatRequestReader
{
    public static ConversationRequest Read(ReadOnlyMemory<byte> body, RequestTarget target)
    {
        var request = new ConversationRequest { Source = Protocol.OpenAiChat, Model = target.Model ?? "", Stream = target.Stream ?? false };
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw WireException.Invalid("We could not parse the JSON body of your request: it must be a JSON object.");
        }

        var messages = default(JsonSlice);
        var input = default(JsonSlice);
        var instructions = default(JsonSlice);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("messages"u8)) messages = ChatJson.Value(ref reader, body);
            else if (reader.ValueTextEquals("input"u8)) input = ChatJson.Value(ref reader, body);
            else if (reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("instructions"u8)) instructions = ChatJson.Value(ref reader, body);
            else if (ChatParameters.TryRead(ref reader, body, request) || ChatTools.TryRead(ref reader, body, request)) continue;
            else ChatJson.Extra(ref reader, body, request.Extras);
        }

        RequireModel(request);
        var conversation = new ChatMessages(request);
        if (!instructions.IsEmpty && !instructions.IsNull) conversation.AddSystem(instructions);
        if (!messages.IsEmpty && !messages.IsNull) conversation.Read(messages);
        else if (!input.IsEmpty && !input.IsNull) new ChatInputItems(conversation).Read(input);
        else throw WireException.Invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
        return request;
    }

    internal static void RequireModel(ConversationRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Model)) throw WireException.Invalid("you must provide a model parameter", "model", "missing_required_parameter");
    }
}

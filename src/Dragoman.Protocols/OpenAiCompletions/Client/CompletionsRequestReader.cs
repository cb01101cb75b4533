using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiCompletions.Client;

/// <summary>
/// Reads a legacy Completions request. One prompt a request: several would be several conversations, and tokens belong to a tokenizer that
/// the upstream may not have; both are refused in so many words.
/// </summary>
internal static class CompletionsRequestReader
{
    public static ConversationRequest Read(ReadOnlyMemory<byte> body, RequestTarget target)
    {
        var request = new ConversationRequest { Source = Protocol.OpenAiCompletions, Model = target.Model ?? "", Stream = target.Stream ?? false };
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw WireException.Invalid("We could not parse the JSON body of your request: it must be a JSON object.");
        }

        var prompt = default(JsonSlice);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("prompt"u8)) prompt = ChatJson.Value(ref reader, body);
            else if (reader.ValueTextEquals("echo"u8))
            {
                reader.Read();
                request.EchoPrompt = reader.BooleanOrNull() ?? false;
            }
            else if (ChatParameters.TryRead(ref reader, body, request)) continue;
            else Extra(ref reader, body, request);
        }

        ChatRequestReader.RequireModel(request);
        var turn = new Turn(Role.User);
        turn.Blocks.Add(new TextBlock(Prompt(prompt)));
        request.Turns.Add(turn);
        return request;
    }

    private static void Extra(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        var name = reader.GetString()!;
        var value = ChatJson.Value(ref reader, body);
        // best_of 1 and an empty suffix ask for nothing.
        if (value.IsNull || (name == "best_of" && value.ToString() == "1") || (name == "suffix" && value.Bytes.Length == 2)) return;
        request.Extras.Add(new(Protocol.OpenAiCompletions, name, value));
    }

    private static JsonText Prompt(JsonSlice prompt)
    {
        if (prompt.IsEmpty || prompt.IsNull) throw WireException.Invalid("Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter");
        if (prompt.IsString) return ChatJson.TextOf(prompt);
        if (!prompt.IsArray) throw ChatJson.WrongType("prompt", "a string", prompt);
        var reader = prompt.Read();
        reader.Read();
        var text = default(JsonText);
        var count = 0;
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw WireException.Invalid("Invalid 'prompt': arrays of tokens are not supported; send the prompt as a string.", "prompt", "unsupported_value");
            }

            text = JsonText.From(ref reader, prompt.Bytes);
            count++;
        }

        return count switch
        {
            0 => throw WireException.Invalid("Invalid 'prompt': empty array. Expected a string.", "prompt", "empty_array"),
            1 => text,
            _ => throw WireException.Invalid("Invalid 'prompt': several prompts in one request are not supported; send one request for each.", "prompt", "unsupported_value"),
        };
    }
}

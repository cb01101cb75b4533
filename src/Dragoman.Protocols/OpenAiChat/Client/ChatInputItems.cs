using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads Responses' <c>input</c>, which Cursor sends to the Chat address for some models.</summary>
internal sealed class ChatInputItems(ChatMessages messages)
{
    public void Read(JsonSlice input)
    {
        if (input.IsString)
        {
            var turn = new Turn(Role.User);
            turn.Blocks.Add(new TextBlock(ChatJson.TextOf(input)));
            messages.Add(turn);
            return;
        }

        if (!input.IsArray) throw ChatJson.WrongType("input", "a string or an array of objects", input);
        var reader = input.Read();
        reader.Read();
        var i = 0;
        for (; reader.NextElement(); i++)
        {
            var raw = JsonSlice.From(ref reader, input.Bytes);
            if (!raw.IsObject) throw ChatJson.WrongType($"input[{i}]", "an object", raw);
            Item(raw, $"input[{i}]");
        }

        if (i == 0) throw WireException.Invalid("Invalid 'input': empty array. Expected an array with minimum length 1.", "input", "empty_array");
    }

    private void Item(JsonSlice raw, string path)
    {
        var item = default(ResponsesItem);
        var type = item.Read(raw);
        switch (type)
        {
            case "function_call" or "custom_tool_call":
                var name = item.Name ?? throw WireException.Invalid($"Missing required parameter: '{path}.name'.", $"{path}.name", "missing_required_parameter");
                Add(Role.Assistant, new ToolCallBlock(item.CallId ?? "", name, ChatToolCalls.Arguments(item.Arguments)) { IsCustom = type == "custom_tool_call" });
                break;
            case "function_call_output" or "custom_tool_call_output":
                var content = new List<Block>();
                new ChatParts(path + ".output").Read(item.Output, content);
                Add(Role.User, messages.Result(item.CallId ?? "", content, isError: false));
                break;
            case "reasoning":
                Add(Role.Assistant, new ReasoningBlock
                {
                    Text = ChatThinking.Text(item.Summary),
                    IsSummary = true,
                    Signature = item.Encrypted,
                    Id = item.Id,
                    Family = item.Encrypted.IsEmpty ? SignatureFamily.Unknown : SignatureFamily.OpenAi,
                });
                break;
            case null or "message":
                var message = default(ChatMessage);
                var reader = raw.Read();
                reader.Read();
                message.Read(ref reader, raw.Bytes);
                // What an item has beside a message's members (id, status, type) belongs to Responses' bookkeeping.
                message.Extras = null;
                messages.Add(ref message, path);
                break;
            default:
                Add(Role.User, new OpaqueBlock(Protocol.OpenAiResponses, type, raw));
                break;
        }
    }

    private void Add(Role role, Block block)
    {
        var turn = new Turn(role);
        turn.Blocks.Add(block);
        messages.Add(turn);
    }

    private struct ResponsesItem
    {
        public string? Id;
        public string? Name;
        public string? CallId;
        public JsonSlice Arguments;
        public JsonSlice Output;
        public JsonSlice Summary;
        public JsonText Encrypted;

        public string? Read(JsonSlice raw)
        {
            string? type = null;
            var reader = raw.Read();
            reader.Read();
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("type"u8)) type = ChatJson.String(ref reader);
                else if (reader.ValueTextEquals("id"u8)) Id = ChatJson.String(ref reader);
                else if (reader.ValueTextEquals("name"u8)) Name = ChatJson.String(ref reader);
                else if (reader.ValueTextEquals("call_id"u8)) CallId = ChatJson.String(ref reader);
                else if (reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8)) Arguments = ChatJson.Value(ref reader, raw.Bytes);
                else if (reader.ValueTextEquals("output"u8)) Output = ChatJson.Value(ref reader, raw.Bytes);
                else if (reader.ValueTextEquals("summary"u8)) Summary = ChatJson.Value(ref reader, raw.Bytes);
                else if (reader.ValueTextEquals("encrypted_content"u8)) Encrypted = ChatJson.Text(ref reader, raw.Bytes);
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            return type;
        }
    }
}

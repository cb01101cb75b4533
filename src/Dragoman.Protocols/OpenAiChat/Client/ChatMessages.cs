using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads the messages of a request into system blocks and turns, in their own order and division.</summary>
internal sealed class ChatMessages(ConversationRequest request)
{
    private readonly Dictionary<string, ToolCallBlock> _calls = [];
    private readonly List<ToolCallBlock> _unanswered = [];
    private bool _leading = true;
    private int _legacyCalls;

    public ConversationRequest Request => request;

    public void Read(JsonSlice messages)
    {
        if (!messages.IsArray) throw ChatJson.WrongType("messages", "an array of objects", messages);
        var reader = messages.Read();
        reader.Read();
        var i = 0;
        for (; reader.NextElement(); i++)
        {
            var path = $"messages[{i}]";
            if (reader.TokenType != JsonTokenType.StartObject) throw ChatJson.WrongType(path, "an object", JsonSlice.From(ref reader, messages.Bytes));
            var message = default(ChatMessage);
            message.Read(ref reader, messages.Bytes);
            Add(ref message, path);
        }

        if (i == 0)
        {
            throw WireException.Invalid(
                "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array");
        }
    }

    /// <summary>System text that stands beside the messages (Anthropic's <c>system</c>, Responses' <c>instructions</c>).</summary>
    public void AddSystem(JsonSlice content) => new ChatParts("system").Read(content, request.System);

    public void Add(ref ChatMessage message, string path)
    {
        switch (message.Role)
        {
            case "system" or "developer" when _leading:
                Leading(ref message, path);
                break;
            case "system" or "developer":
                Turn(message.Role == "system" ? Role.System : Role.Developer, ref message, path);
                break;
            case "user":
                _leading = false;
                Turn(Role.User, ref message, path);
                break;
            case "assistant" or "model":
                _leading = false;
                Assistant(ref message, path);
                break;
            case "tool" or "function":
                _leading = false;
                ToolResult(ref message, path);
                break;
            case null:
                throw WireException.Invalid($"Missing required parameter: '{path}.role'.", $"{path}.role", "missing_required_parameter");
            default:
                throw WireException.Invalid(
                    $"Invalid value: '{message.Role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
                    $"{path}.role",
                    "invalid_value");
        }
    }

    /// <summary>Adds a turn made elsewhere (Responses' items) and notes its calls.</summary>
    public void Add(Turn turn)
    {
        _leading = false;
        foreach (var block in turn.Blocks) Note(block);
        request.Turns.Add(turn);
    }

    /// <summary>A result of the call of that id; knows the tool's name and kind from the call.</summary>
    public ToolResultBlock Result(string callId, List<Block> content, bool isError)
    {
        _calls.TryGetValue(callId, out var call);
        if (call is not null) _unanswered.Remove(call);
        return new ToolResultBlock(callId, content) { Name = call?.Name, IsCustom = call?.IsCustom ?? false, IsError = isError };
    }

    private void Leading(ref ChatMessage message, string path)
    {
        var first = request.System.Count;
        Content(ref message, path, request.System);
        if (request.System.Count == first) return;
        if (message.Cache is not null) request.System[^1].Cache = message.Cache;
        if (message.Name is { } name) (request.System[first].Extras ??= []).Add(new(Protocol.OpenAiChat, ChatTurnWriter.OfMessage + "name", ChatWriting.Quote(name)));
        if (message.Extras is not { } extras) return;
        // Beside the part's own extras, whose names have no such start.
        foreach (var extra in extras) (request.System[first].Extras ??= []).Add(extra with { Name = ChatTurnWriter.OfMessage + extra.Name });
    }

    private void Turn(Role role, ref ChatMessage message, string path)
    {
        var turn = new Turn(role) { Name = message.Name, Extras = message.Extras };
        Content(ref message, path, turn.Blocks);
        Cache(turn, message.Cache);
        request.Turns.Add(turn);
    }

    private void Assistant(ref ChatMessage message, string path)
    {
        var turn = new Turn(Role.Assistant) { Name = message.Name, Extras = message.Extras };
        turn.Blocks.AddRange(Reasoning(ref message));
        Content(ref message, path, turn.Blocks);
        if (!message.Refusal.IsEmpty) turn.Blocks.Add(new RefusalBlock(message.Refusal));
        if (!message.Signature.IsEmpty && turn.Blocks.FindLast(block => block is TextBlock) is { } signed) signed.PartSignature = message.Signature;
        if (message.Images.IsArray) new ChatParts(path + ".images").Read(message.Images, turn.Blocks);
        if (message.ToolCalls.IsArray) ChatToolCalls.Read(message.ToolCalls, turn.Blocks, path + ".tool_calls");
        else if (!message.ToolCalls.IsEmpty && !message.ToolCalls.IsNull) throw ChatJson.WrongType(path + ".tool_calls", "an array of objects", message.ToolCalls);
        if (message.FunctionCall.IsObject) turn.Blocks.Add(ChatToolCalls.Legacy(message.FunctionCall, $"call_function_{_legacyCalls++}", path));
        foreach (var block in turn.Blocks) Note(block);
        Cache(turn, message.Cache);
        request.Turns.Add(turn);
    }

    private static List<ReasoningBlock> Reasoning(ref ChatMessage message)
    {
        var blocks = ChatReasoningDetail.ReadBlocks(message.ReasoningDetails);
        if (blocks.Count == 0 && !message.Reasoning.IsEmpty) return [new ReasoningBlock { Text = message.Reasoning }];
        // Some clients keep the words in reasoning_content and only the token in the details.
        if (blocks is [{ Text.IsEmpty: true, IsRedacted: false } only] && !message.Reasoning.IsEmpty)
        {
            return [new ReasoningBlock { Text = message.Reasoning, Signature = only.Signature, Id = only.Id, Family = only.Family }];
        }

        return blocks;
    }

    private void ToolResult(ref ChatMessage message, string path)
    {
        var content = new List<Block>();
        Content(ref message, path, content);
        var id = message.ToolCallId;
        if (string.IsNullOrEmpty(id))
        {
            // The legacy function role knows only the name; careless clients leave the id out.
            var name = message.Name;
            var call = _unanswered.Find(waiting => name is null || waiting.Name == name)
                ?? throw WireException.Invalid($"Missing required parameter: '{path}.tool_call_id'.", $"{path}.tool_call_id", "missing_required_parameter");
            id = call.Id;
        }

        var turn = new Turn(Role.User) { Extras = message.Extras };
        var result = Result(id, content, message.IsError);
        result.Name ??= message.Name;
        result.Cache = message.Cache;
        turn.Blocks.Add(result);
        request.Turns.Add(turn);
    }

    private void Content(ref ChatMessage message, string path, List<Block> into)
        => new ChatParts(path + ".content", this).Read(message.Content, into);

    private void Note(Block block)
    {
        if (block is not ToolCallBlock call) return;
        _unanswered.Add(call);
        if (call.Id.Length > 0) _calls[call.Id] = call;
    }

    private static void Cache(Turn turn, CacheHint? hint)
    {
        if (hint is not null && turn.Blocks.Count > 0) turn.Blocks[^1].Cache ??= hint;
    }
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>
/// Reads <c>input</c>: items of one speaker become one turn, except that a message after a message starts a new one, so that the source's
/// own division survives. Ids and statuses of items say nothing to anyone but the server that keeps them, and are not carried; a
/// reasoning item's id is.
/// </summary>
internal sealed class ResponsesInputReader(ConversationRequest request, string name = "input")
{
    private readonly Dictionary<string, string> _callNames = [];
    private Turn? _turn;
    private bool _afterMessage;
    private JsonText _partToken;

    public void Read(JsonSlice input)
    {
        if (input.IsEmpty) return;
        if (input.IsString)
        {
            TurnOf(Role.User).Blocks.Add(new TextBlock(ResponsesItem.TextOf(input)));
            return;
        }

        if (input.IsObject)
        {
            ReadItem(input, $"{name}");
            return;
        }

        if (!input.IsArray) throw WireException.Invalid($"'{name}' must be a string or a list of items.", name);
        var reader = input.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"'{name}[{index}]' must be an object.", $"{name}[{index}]");
            ReadItem(JsonSlice.From(ref reader, input.Bytes), $"{name}[{index}]");
        }
    }

    private Turn TurnOf(Role role, bool message = false)
    {
        if (_turn is null || _turn.Role != role || (message && _afterMessage)) request.Turns.Add(_turn = new Turn(role));
        _afterMessage = message;
        return _turn;
    }

    private void ReadItem(JsonSlice raw, string path)
    {
        var item = ResponsesItem.From(raw, keepsUnknown: true);
        switch (item.Type)
        {
            case "message":
            case "" when item.Role is not null:
                ReadMessage(item, path);
                break;
            case "function_call":
                AddCall(item, item.FlatName, item.ArgumentsValue.IsString || item.ArgumentsValue.IsEmpty ? ToolArguments.FromText(item.Arguments)
                    : ToolArguments.FromValue(item.ArgumentsValue), false, path);
                break;
            case "custom_tool_call":
                AddCall(item, item.FlatName, ToolArguments.FromText(item.Input), true, path);
                break;
            case "local_shell_call":
                AddCall(item, "local_shell", ToolArguments.FromValue(item.Action), false, path);
                break;
            case "shell_call":
                AddCall(item, "shell", ToolArguments.FromValue(item.Action), false, path);
                break;
            case "apply_patch_call":
                AddCall(item, "apply_patch", ToolArguments.FromValue(item.Operation), false, path);
                break;
            case "function_call_output":
            case "custom_tool_call_output":
            case "local_shell_call_output":
            case "shell_call_output":
            case "apply_patch_call_output":
                ReadOutput(item, path);
                break;
            case "reasoning":
                ReadReasoning(item);
                break;
            case "web_search_call":
                TurnOf(Role.Assistant).Blocks.Add(new HostedToolCallBlock(item.Id ?? "", HostedTools.WebSearch, ResponsesHosted.Query(item.Action))
                {
                    Origin = Protocol.OpenAiResponses,
                    Raw = raw,
                });
                break;
            case "image_generation_call" when !item.Result.IsEmpty:
                TurnOf(Role.Assistant).Blocks.Add(ResponsesHosted.Image(item, detach: false));
                break;
            case "input_text" or "input_image" or "input_file" or "input_audio":
                // A part where an item belongs: some clients forget the message around it.
                ResponsesPartReader.Read(raw, TurnOf(Role.User).Blocks, path);
                break;
            case "compaction" when ResponsesCompactionEnvelope.Open(item.EncryptedContent) is { IsEmpty: false } summary:
                TurnOf(Role.User, message: true).Blocks.Add(new TextBlock(summary));
                break;
            case "tool_search_call" when item.CallId is { Length: > 0 }:
                AddSearch(item, raw);
                break;
            case "tool_search_output" when item.CallId is { Length: > 0 }:
                AddFound(item, raw, path);
                break;
            case "additional_tools":
                ResponsesToolReader.ReadTools(item.Tools, request, $"{path}.tools");
                break;
            default:
                ReadOther(item, path);
                break;
        }
    }

    private void ReadMessage(in ResponsesItem item, string path)
    {
        var role = item.Role switch
        {
            "user" => Role.User,
            "assistant" => Role.Assistant,
            "system" => Role.System,
            "developer" => Role.Developer,
            null => throw WireException.Invalid($"'{path}' needs a 'role'.", $"{path}.role"),
            _ => throw WireException.Invalid($"'{item.Role}' is not a role; use user, assistant, system or developer.", $"{path}.role"),
        };
        if (role != Role.User && role != Role.Assistant && _turn is null)
        {
            var blocks = new List<Block>();
            ResponsesPartReader.Read(item.Content, blocks, $"{path}.content");
            if (blocks.TrueForAll(block => block is TextBlock))
            {
                request.System.AddRange(blocks);
                Mark(item, blocks, 0);
                return;
            }
        }

        var turn = TurnOf(role, message: true);
        var before = turn.Blocks.Count;
        ResponsesPartReader.Read(item.Content, turn.Blocks, $"{path}.content");
        Mark(item, turn.Blocks, before);
        if (turn.Blocks.Count > before) Attach(turn.Blocks[before]);
    }

    private static void Mark(in ResponsesItem item, List<Block> blocks, int from)
    {
        if (blocks.Count == from) return;
        blocks[^1].Cache ??= ResponsesPartReader.ReadCache(item.CacheControl);
        foreach (var extra in item.Unknown ?? []) (blocks[from].Extras ??= []).Add(extra with { Name = ResponsesInputWriter.OfMessage + extra.Name });
        if (item.Phase is null) return;
        var phase = new Extra(Protocol.OpenAiResponses, "phase", JsonSlice.Parse(JsonSerializer.Serialize(item.Phase, ResponsesJson.Default.String)));
        for (var index = from; index < blocks.Count; index++) (blocks[index].Extras ??= []).Add(phase);
    }

    private void AddCall(in ResponsesItem item, string tool, ToolArguments arguments, bool custom, string path)
    {
        var id = item.CallId ?? item.Id ?? throw WireException.Invalid($"'{path}' needs a 'call_id'.", $"{path}.call_id");
        if (tool.Length == 0) throw WireException.Invalid($"'{path}' needs a 'name'.", $"{path}.name");
        _callNames[id] = tool;
        var block = new ToolCallBlock(id, tool, arguments) { IsCustom = custom, Cache = ResponsesPartReader.ReadCache(item.CacheControl) };
        block.Extras = item.Unknown;
        if (item.Namespace is { Length: > 0 } && request.FindTool(tool) is null)
            (block.Extras ??= []).Add(new(Protocol.OpenAiResponses, "namespace", JsonSlice.Parse(JsonSerializer.Serialize(item.Namespace, ResponsesJson.Default.String))));
        Attach(block);
        TurnOf(Role.Assistant).Blocks.Add(block);
    }

    /// <summary>A search among deferred tools that the client ran itself; one that the server ran has no id and stays as it stood.</summary>
    private void AddSearch(in ResponsesItem item, JsonSlice raw)
    {
        _callNames[item.CallId!] = HostedTools.ToolSearch;
        var arguments = item.ArgumentsValue.IsString ? ToolArguments.FromText(item.Arguments) : ToolArguments.FromValue(item.ArgumentsValue);
        TurnOf(Role.Assistant).Blocks.Add(new ToolCallBlock(item.CallId!, HostedTools.ToolSearch, arguments) { Raw = raw });
    }

    private void AddFound(in ResponsesItem item, JsonSlice raw, string path)
    {
        var names = ResponsesToolReader.ReadFound(item.Tools, request, $"{path}.tools");
        TurnOf(Role.User).Blocks.Add(new ToolResultBlock(item.CallId!, names.ConvertAll<Block>(static name => new ToolReferenceBlock(name)))
        {
            Name = HostedTools.ToolSearch,
            Raw = raw,
        });
    }

    private void ReadOutput(in ResponsesItem item, string path)
    {
        var id = item.CallId ?? item.Id ?? throw WireException.Invalid($"'{path}' needs a 'call_id'.", $"{path}.call_id");
        var content = new List<Block>();
        // A shell's output is a list of its own kind, not of parts: it is reported as the JSON it is.
        if (item.Type == "shell_call_output" && item.Output.IsArray) content.Add(new TextBlock(JsonText.FromUtf8(item.Output.Bytes)));
        else if (IsParts(item.Output)) ResponsesPartReader.Read(item.Output, content, $"{path}.output");
        else if (!item.Output.IsEmpty) content.Add(new TextBlock(ResponsesItem.TextOf(item.Output)));
        TurnOf(Role.User).Blocks.Add(new ToolResultBlock(id, content)
        {
            Name = _callNames.GetValueOrDefault(id),
            IsCustom = item.Type == "custom_tool_call_output",
            Extras = item.Unknown,
            Cache = ResponsesPartReader.ReadCache(item.CacheControl),
        });
    }

    /// <summary>Whether an output is a list of content parts, and not some JSON of the tool's own.</summary>
    private static bool IsParts(JsonSlice output)
    {
        if (!output.IsArray) return false;
        var reader = output.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            var type = ResponsesItem.From(JsonSlice.From(ref reader, output.Bytes)).Type;
            if (type is not ("input_text" or "input_image" or "input_file" or "input_audio" or "output_text" or "text" or "encrypted_content")) return false;
        }

        return true;
    }

    private void ReadReasoning(in ResponsesItem item)
    {
        var signature = ResponsesReasoningEnvelope.Unwrap(item.EncryptedContent, out var family, out var redacted, out var part);
        if (part)
        {
            _partToken = signature;
            return;
        }

        var summary = ResponsesHosted.JoinTexts(item.Summary);
        var content = ResponsesHosted.JoinTexts(item.Content);
        var unknown = item.Unknown;
        ResponsesUnknown.AddOfEach(ref unknown, item.Summary, "summary.", "type", "text");
        TurnOf(Role.Assistant).Blocks.Add(new ReasoningBlock
        {
            Text = content.IsEmpty ? summary : content,
            // Another family's readable reasoning went out as a summary, for want of a better place; it comes back as what it was.
            IsSummary = content.IsEmpty && !summary.IsEmpty && family is SignatureFamily.OpenAi or SignatureFamily.Unknown,
            Signature = signature,
            Family = signature.IsEmpty ? SignatureFamily.Unknown : family,
            IsRedacted = redacted,
            Id = item.Id,
            Extras = unknown,
        });
    }

    private void Attach(Block block)
    {
        if (_partToken.IsEmpty) return;
        block.PartSignature = _partToken;
        _partToken = default;
    }

    private void ReadOther(in ResponsesItem item, string path)
    {
        if (item.Type.Length == 0 && item.Id is null) throw WireException.Invalid($"'{path}' has neither a 'type' nor a 'role'.", path);
        var type = item.Type.Length == 0 ? "item_reference" : item.Type;
        var role = type.EndsWith("_call", StringComparison.Ordinal) || type is "mcp_list_tools" or "mcp_approval_request" ? Role.Assistant
            : type.EndsWith("_output", StringComparison.Ordinal) || type == "mcp_approval_response" ? Role.User
            : item.Role == "assistant" ? Role.Assistant
            : _turn?.Role ?? Role.User;
        TurnOf(role).Blocks.Add(new OpaqueBlock(Protocol.OpenAiResponses, type, item.Raw));
    }
}

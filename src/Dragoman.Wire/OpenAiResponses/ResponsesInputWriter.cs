using System.Text.Json;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.OpenAiResponses;

/// <summary>
/// Writes turns as <c>input</c> items. Items carry no ids: the upstream keeps nothing, and answers 404 to an id that it did not make.
/// </summary>
internal sealed class ResponsesInputWriter(Exchange exchange, Utf8JsonWriter json)
{
    private readonly CallIds _ids = new(exchange.Request);
    private readonly ResponsesPartWriter _partWriter = new(exchange, json);
    private readonly List<ToolCallBlock> _interrupted = [];
    private bool _messageOpen;
    private string? _phase;

    public void Write()
    {
        json.WriteStartArray("input"u8);
        WriteSystemRest();
        var turns = exchange.Request.Turns;
        for (var index = 0; index < turns.Count; index++) WriteTurn(turns, index);
        json.WriteEndArray();
    }

    private static ReadOnlySpan<byte> RoleOf(Role role) => role switch
    {
        Role.Assistant => "assistant"u8,
        Role.User => "user"u8,
        // Both words name the operator, and only this one is taken by all hosts.
        _ => "developer"u8,
    };

    /// <summary>System content that <c>instructions</c> cannot hold.</summary>
    private void WriteSystemRest()
    {
        foreach (var block in exchange.Request.System)
        {
            if (block is not TextBlock) WritePart(block, Role.Developer);
            NoteCache(block);
        }

        CloseMessage();
    }

    private void WriteTurn(List<Turn> turns, int index)
    {
        var turn = turns[index];
        exchange.Losses.DropForeign(turn.Extras, Language.OpenAiResponses, $"input[{index}]");
        if (turn.Name is not null) exchange.Losses.Drop($"input[{index}].name", "messages have no names in this language");
        for (var place = 0; place < turn.Blocks.Count; place++)
        {
            var block = turn.Blocks[place];
            NoteCache(block);
            exchange.Losses.DropForeign(block.Extras, Language.OpenAiResponses, $"input[{index}].content[{place}]");
            switch (block)
            {
                case ToolCallBlock call: WriteCall(call); break;
                case ToolResultBlock result: WriteResult(result); break;
                case ReasoningBlock reasoning: WriteReasoning(reasoning, HasSequel(turns, index, place)); break;
                case HostedToolCallBlock { Origin: Language.OpenAiResponses, Raw.IsEmpty: false } hosted: WriteRaw(hosted.Raw, withoutId: hosted.Tool == HostedTools.WebSearch); break;
                case HostedToolResultBlock { Origin: Language.OpenAiResponses }: break;
                case HostedToolCallBlock hosted: exchange.Losses.Drop($"input.{hosted.Tool}", "the use of another provider's hosted tool cannot be told"); break;
                case HostedToolResultBlock hosted: exchange.Losses.Drop($"input.{hosted.Tool}_result", "the result of another provider's hosted tool cannot be told"); break;
                case OpaqueBlock { Origin: Language.OpenAiResponses } opaque when !IsPart(opaque.Type): WriteRaw(opaque.Raw, withoutId: false); break;
                case ImageBlock image when turn.Role == Role.Assistant: WriteGenerated(image); break;
                default: WritePart(block, turn.Role); break;
            }
        }

        CloseMessage();
        foreach (var call in _interrupted) WriteInterruption(call);
        _interrupted.Clear();
    }

    private static bool IsPart(string type) => type.StartsWith("input_", StringComparison.Ordinal) || type.StartsWith("output_", StringComparison.Ordinal);

    private void NoteCache(Block block)
    {
        if (block.Cache is not null) exchange.Losses.Drop("cache_control", "prompts are cached without being told");
        if (!block.PartSignature.IsEmpty) exchange.Losses.Drop("input.signature", "a token of another family of models says nothing to this one");
    }

    /// <summary>Whether more of the assistant follows: reasoning without anything after it is refused.</summary>
    private static bool HasSequel(List<Turn> turns, int index, int place)
    {
        for (; index < turns.Count && turns[index].Role == Role.Assistant; index++, place = -1)
        {
            for (var next = place + 1; next < turns[index].Blocks.Count; next++)
            {
                if (turns[index].Blocks[next] is not ReasoningBlock and not HostedToolResultBlock) return true;
            }
        }

        return false;
    }

    private void WritePart(Block block, Role role)
    {
        if (!_partWriter.CanWrite(block, role)) return;
        var phase = PhaseOf(block);
        if (_messageOpen && phase != _phase) CloseMessage();
        if (!_messageOpen)
        {
            _messageOpen = true;
            _phase = phase;
            json.WriteStartObject();
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, RoleOf(role));
            if (phase is not null) json.WriteString("phase"u8, phase);
            json.WriteStartArray("content"u8);
        }

        _partWriter.Write(block, role);
    }

    private static string? PhaseOf(Block block)
    {
        foreach (var extra in block.Extras ?? [])
        {
            if (extra is { Language: Language.OpenAiResponses, Name: "phase" }) return ResponsesItem.TextOf(extra.Value).ToString();
        }

        return null;
    }

    private void CloseMessage()
    {
        if (!_messageOpen) return;
        _messageOpen = false;
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteCall(ToolCallBlock call)
    {
        CloseMessage();
        var tool = exchange.Request.FindTool(call.Name);
        var id = _ids.OfCall(call);
        if (!_ids.IsAnswered(call)) _interrupted.Add(call);
        json.WriteStartObject();
        if (ClientRun(tool) is { } kind)
        {
            json.WriteString("type"u8, $"{kind}_call");
            json.WriteString("call_id"u8, id);
            json.WriteString("status"u8, "completed"u8);
            json.WritePropertyName(kind == "apply_patch" ? "operation"u8 : "action"u8);
            if (kind == "local_shell") ClientRunAction.WriteExec(json, call.Arguments);
            else call.Arguments.WriteAsObject(json);
        }
        else if (call.IsCustom)
        {
            json.WriteString("type"u8, "custom_tool_call"u8);
            json.WriteString("call_id"u8, id);
            WriteName(call, tool);
            call.Arguments.Text.WriteTo(json, "input"u8);
        }
        else
        {
            json.WriteString("type"u8, "function_call"u8);
            json.WriteString("call_id"u8, id);
            WriteName(call, tool);
            json.WritePropertyName("arguments"u8);
            call.Arguments.WriteAsString(json);
        }

        json.WriteEndObject();
    }

    private void WriteName(ToolCallBlock call, Tool? tool)
    {
        var tools = tool?.Namespace;
        foreach (var extra in call.Extras ?? [])
        {
            if (extra is { Language: Language.OpenAiResponses, Name: "namespace" }) tools ??= ResponsesItem.TextOf(extra.Value).ToString();
        }

        if (tools is null)
        {
            json.WriteString("name"u8, ResponsesToolWriter.Name(exchange, call.Name));
            return;
        }

        json.WriteString("name"u8, ResponsesNames.Local(tools, call.Name));
        json.WriteString("namespace"u8, tools);
    }

    private static string? ClientRun(Tool? tool)
        => tool is { Origin: Language.OpenAiResponses, Kind: ToolKind.Function } && ResponsesNames.IsClientRun(tool.HostedKind) ? tool.HostedKind : null;

    private void WriteResult(ToolResultBlock result)
    {
        CloseMessage();
        var id = _ids.OfResult(result);
        if (id is null)
        {
            exchange.Losses.Drop("input.tool_result", $"no call with the id '{result.CallId}' is in the conversation");
            return;
        }

        var call = _ids.CallOf(result);
        var kind = call is null ? null : ClientRun(exchange.Request.FindTool(call.Name));
        json.WriteStartObject();
        json.WriteString("type"u8, kind is not null ? $"{kind}_call_output" : result.IsCustom || call is { IsCustom: true } ? "custom_tool_call_output" : "function_call_output");
        json.WriteString("call_id"u8, id);
        if (kind == "apply_patch") json.WriteString("status"u8, result.IsError ? "failed"u8 : "completed"u8);
        json.WritePropertyName("output"u8);
        if (kind == "shell" && result.Content is [TextBlock list] && list.Text.ToUtf8() is var bytes && bytes.Span is [(byte)'[', ..]) new JsonSlice(bytes).WriteTo(json);
        else WriteOutput(result);
        json.WriteEndObject();
    }

    private void WriteOutput(ToolResultBlock result)
    {
        if (!result.Value.IsEmpty && result.Content.Count == 0)
        {
            (result.Value.IsString ? ResponsesItem.TextOf(result.Value) : JsonText.FromUtf8(result.Value.Bytes)).WriteTo(json);
            return;
        }

        if (result.Content.Count == 0)
        {
            json.WriteStringValue(result.IsError ? "Error"u8 : ""u8);
            return;
        }

        if (result.Content is [TextBlock only])
        {
            if (result.IsError) json.WriteStringValue($"Error: {only.Text}");
            else only.Text.WriteTo(json);
            return;
        }

        json.WriteStartArray();
        // This language has no flag for a failure; the words must say it.
        if (result.IsError) _partWriter.Write(new TextBlock(JsonText.From("Error:")), Role.User);
        foreach (var block in result.Content)
        {
            NoteCache(block);
            exchange.Losses.DropForeign(block.Extras, Language.OpenAiResponses, "input.tool_result");
            if (_partWriter.CanWrite(block, Role.User)) _partWriter.Write(block, Role.User);
        }

        json.WriteEndArray();
    }

    private void WriteInterruption(ToolCallBlock call)
    {
        var custom = call.IsCustom;
        var kind = ClientRun(exchange.Request.FindTool(call.Name));
        json.WriteStartObject();
        json.WriteString("type"u8, kind is not null ? $"{kind}_call_output" : custom ? "custom_tool_call_output" : "function_call_output");
        json.WriteString("call_id"u8, _ids.OfResult(new ToolResultBlock(call.Id, []) { Name = call.Name }) ?? "");
        if (kind == "apply_patch") json.WriteString("status"u8, "failed"u8);
        json.WritePropertyName("output"u8);
        if (kind == "shell") json.WriteRawValue("""[{"stdout":"","stderr":"[Tool call was interrupted]","outcome":{"type":"timeout"}}]"""u8, skipInputValidation: true);
        else json.WriteStringValue("[Tool call was interrupted]"u8);
        json.WriteEndObject();
        exchange.Losses.Approximate("input.tool_call", "a call without a result was given one, which this language demands");
    }

    private void WriteReasoning(ReasoningBlock reasoning, bool hasSequel)
    {
        CloseMessage();
        var family = exchange.Model.Family is var told and not SignatureFamily.Unknown ? told : UpstreamModel.FamilyOf(exchange.Model.Id);
        if (reasoning.Signature.IsEmpty || reasoning.Family != family)
        {
            exchange.Losses.Drop("input.reasoning", "only the family of models that made reasoning can read it again");
            return;
        }

        if (!hasSequel)
        {
            exchange.Losses.Drop("input.reasoning", "reasoning that nothing follows is refused");
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteStartArray("summary"u8);
        if (!reasoning.Text.IsEmpty && reasoning.IsSummary)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "summary_text"u8);
            reasoning.Text.WriteTo(json, "text"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        reasoning.Signature.WriteTo(json, "encrypted_content"u8);
        json.WriteEndObject();
    }

    /// <summary>An image the assistant made: this language tells it as the use of its own tool, under the id it was made with.</summary>
    private void WriteGenerated(ImageBlock image)
    {
        var id = image.Extras?.Find(extra => extra is { Language: Language.OpenAiResponses, Name: "id" }).Value ?? default;
        if (id.IsEmpty || !image.Source.IsInline)
        {
            exchange.Losses.Drop("input.image", "an assistant's image cannot be told in this language");
            return;
        }

        CloseMessage();
        json.WriteStartObject();
        json.WriteString("type"u8, "image_generation_call"u8);
        id.WriteTo(json, "id"u8);
        json.WriteString("status"u8, "completed"u8);
        image.Source.Base64.WriteTo(json, "result"u8);
        json.WriteEndObject();
    }

    private void WriteRaw(JsonSlice raw, bool withoutId)
    {
        CloseMessage();
        if (!withoutId)
        {
            raw.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            json.WritePropertyName(reader.GetString()!);
            reader.Read();
            JsonSlice.From(ref reader, raw.Bytes).WriteTo(json);
        }

        json.WriteEndObject();
    }
}

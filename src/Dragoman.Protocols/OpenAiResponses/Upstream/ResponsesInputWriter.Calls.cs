using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <content>Calls of tools and their results.</content>
internal sealed partial class ResponsesInputWriter
{
    private void WriteCall(ToolCallBlock call)
    {
        CloseMessage();
        var tool = exchange.Request.FindTool(call.Name);
        if (!call.Raw.IsEmpty && KeepsSearch(tool))
        {
            WriteRaw(call.Raw, withoutId: false);
            return;
        }

        var id = ResponsesCallIds.Upstream(call.Id);
        if (_search is not null && call.Name == _search.Name)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "tool_search_call"u8);
            json.WriteString("call_id"u8, id);
            json.WriteString("execution"u8, "client"u8);
            json.WriteString("status"u8, "completed"u8);
            json.WritePropertyName("arguments"u8);
            call.Arguments.WriteAsObject(json);
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject();
        if (ClientRun(tool) is { } kind)
        {
            json.WriteString("type"u8, $"{kind}_call");
            json.WriteString("call_id"u8, id);
            json.WriteString("status"u8, "completed"u8);
            json.WritePropertyName(kind == "apply_patch" ? "operation"u8 : "action"u8);
            if (kind == "local_shell") ResponsesClientRunAction.WriteExec(json, call.Arguments);
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

        WriteExtras(call.Extras);
        json.WriteEndObject();
    }

    private void WriteName(ToolCallBlock call, Tool? tool)
    {
        var tools = tool is { IsLoaded: true } ? null : tool?.Namespace;
        foreach (var extra in call.Extras ?? [])
        {
            if (extra is { Protocol: Protocol.OpenAiResponses, Name: "namespace" }) tools ??= ResponsesItem.TextOf(extra.Value).ToString();
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
        => tool is { Origin: Protocol.OpenAiResponses, Kind: ToolKind.Function } && ResponsesNames.IsClientRun(tool.HostedKind) ? tool.HostedKind : null;

    /// <summary>Whether a search among deferred tools goes back as it stood: where it was not declared as a plain function.</summary>
    private static bool KeepsSearch(Tool? search) => search is not { IsLoaded: true };

    private void WriteResult(ToolResultBlock result)
    {
        CloseMessage();
        if (!result.Raw.IsEmpty && KeepsSearch(exchange.Request.FindTool(HostedTools.ToolSearch)))
        {
            WriteRaw(result.Raw, withoutId: false);
            return;
        }

        var call = _ids.CallOf(result);
        var madeUp = call is { Raw.IsEmpty: false } && KeepsSearch(exchange.Request.FindTool(HostedTools.ToolSearch));
        if (madeUp || (_search is not null && call?.Name == _search.Name))
        {
            WriteFound(result);
            return;
        }

        var kind = call is null ? null : ClientRun(exchange.Request.FindTool(call.Name));
        json.WriteStartObject();
        json.WriteString("type"u8, kind is not null ? $"{kind}_call_output" : result.IsCustom || call is { IsCustom: true } ? "custom_tool_call_output" : "function_call_output");
        json.WriteString("call_id"u8, ResponsesCallIds.Upstream(result.CallId));
        if (kind == "apply_patch") json.WriteString("status"u8, result.IsError ? "failed"u8 : "completed"u8);
        else if (result.IsError) exchange.Losses.Approximate("input.tool_result.is_error", "this protocol has no mark for a failed tool: the text says it");
        json.WritePropertyName("output"u8);
        if (kind == "shell") WriteShellOutput(result);
        else WriteOutput(result);
        WriteExtras(result.Extras);
        json.WriteEndObject();
    }

    /// <summary>What a search of another protocol's client found: the tools themselves, which are declared by it.</summary>
    private void WriteFound(ToolResultBlock result)
    {
        var tools = new ResponsesToolWriter(exchange);
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_search_output"u8);
        json.WriteString("call_id"u8, ResponsesCallIds.Upstream(result.CallId));
        json.WriteString("execution"u8, "client"u8);
        json.WriteString("status"u8, "completed"u8);
        json.WriteStartArray("tools"u8);
        foreach (var part in result.Content)
        {
            if (part is ToolReferenceBlock reference && exchange.Request.FindTool(reference.Name) is { Kind: not ToolKind.Hosted } tool) tools.WriteFound(json, tool);
            else exchange.Losses.Drop("input.tool_result", "a search's result holds nothing but the tools it found");
        }

        json.WriteEndArray();
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

        if (result.Content is [TextBlock { Extras: null } only])
        {
            if (result.IsError) json.WriteStringValue($"Error: {only.Text}");
            else only.Text.WriteTo(json);
            return;
        }

        var carried = new List<Block>(result.Content.Count);
        foreach (var block in result.Content)
        {
            NoteCache(block);
            exchange.Losses.DropForeign(block.Extras, Protocol.OpenAiResponses, "input.tool_result");
            if (_partWriter.CanWrite(block, Role.User)) carried.Add(block);
        }

        if (carried.Count == 0)
        {
            json.WriteStringValue(result.IsError ? "Error" : ConversationPreparation.Empty);
            return;
        }

        json.WriteStartArray();
        // This protocol has no flag for a failure; the words must say it.
        if (result.IsError) _partWriter.Write(new TextBlock(JsonText.From("Error:")), Role.User);
        foreach (var block in carried) _partWriter.Write(block, Role.User);
        json.WriteEndArray();
    }

    /// <summary>A shell's output is a list of its own kind; any other words become what one command wrote.</summary>
    private void WriteShellOutput(ToolResultBlock result)
    {
        if (result.Content is [TextBlock list] && list.Text.ToUtf8() is var bytes && bytes.Span is [(byte)'[', ..])
        {
            new JsonSlice(bytes).WriteTo(json);
            return;
        }

        var words = string.Join('\n', result.Content.OfType<TextBlock>().Select(static text => text.Text.ToString()));
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("stdout"u8, result.IsError ? "" : words);
        json.WriteString("stderr"u8, result.IsError ? words : "");
        json.WriteStartObject("outcome"u8);
        json.WriteString("type"u8, "exit"u8);
        json.WriteNumber("exit_code"u8, result.IsError ? 1 : 0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}

using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <content>Calls of the client's tools, each as the item type that the client declared the tool by.</content>
internal sealed partial class ResponsesItems
{
    private Tool? _tool;

    private bool IsClientRun => !_opening.IsCustom && (ResponsesNames.IsClientRun(_tool?.HostedKind) || _tool?.HostedKind == HostedTools.ToolSearch);

    /// <summary>More arguments, or more of a custom tool's text.</summary>
    public void AddArguments(JsonText text)
    {
        if (_kind != Kind.Call) return;
        text.AppendEscaped(_text);
        // A shell call has no event for its parts: it is reported whole.
        if (IsClientRun) return;
        var type = _opening.IsCustom ? "response.custom_tool_call_input.delta"u8 : "response.function_call_arguments.delta"u8;
        if (events.Begin(type, _id, _index) is not { } json) return;
        text.WriteTo(json, "delta"u8);
        events.End(json);
    }

    private void OpenCall(BlockStart opening)
    {
        _kind = Kind.Call;
        _tool = exchange.Request.FindTool(opening.Name);
        _text.Clear();
        _id = NewId(opening.IsCustom ? "ctc_" : !IsClientRun ? "fc_" : _tool!.HostedKind switch
        {
            "local_shell" => "lsh_",
            "shell" => "sh_",
            HostedTools.ToolSearch => "tsc_",
            _ => "apc_",
        });
        if (!IsClientRun) Added(BeginCall("in_progress"u8));
    }

    private void CloseCall()
    {
        if (IsClientRun)
        {
            Added(BeginClientRun("in_progress"u8));
            Done(BeginClientRun("completed"u8));
            return;
        }

        // Clients parse the arguments in any case: a call without any has an empty object.
        if (!_opening.IsCustom && _text.Length == 0) AddArguments(JsonText.FromUtf8("{}"u8.ToArray()));
        if (events.Begin(_opening.IsCustom ? "response.custom_tool_call_input.done"u8 : "response.function_call_arguments.done"u8, _id, _index) is { } json)
        {
            if (!_opening.IsCustom) json.WriteString("name"u8, LocalName);
            Text.WriteTo(json, _opening.IsCustom ? "input"u8 : "arguments"u8);
            events.End(json);
        }

        Done(BeginCall(_opening.IsCustom || IsWhole ? "completed"u8 : "incomplete"u8));
    }

    /// <summary>
    /// A call whose arguments break off stands in the final response as the incomplete item it is, and has no event that says it is done: Codex runs
    /// a call on that event, whatever its status.
    /// </summary>
    private void KeepTornCall()
    {
        _kind = Kind.None;
        // What the client itself would run has been told nothing of yet.
        if (IsClientRun) return;
        var json = BeginCall("incomplete"u8);
        json.WriteEndObject();
        JsonWriting.Return(json);
        Keep(_item.WrittenSpan);
    }

    /// <summary>Whether the arguments are JSON to their end, and not cut off by the limit of tokens.</summary>
    private bool IsWhole
    {
        get
        {
            var progress = default(JsonProgress);
            progress.Add(Text.ToUtf8().Span);
            return progress.IsComplete;
        }
    }

    private string LocalName => _tool?.Namespace is { } tools ? ResponsesNames.Local(tools, _opening.Name) : _opening.Name;

    private Utf8JsonWriter BeginCall(ReadOnlySpan<byte> status)
    {
        var json = BeginItem(_opening.IsCustom ? "custom_tool_call"u8 : "function_call"u8, _id, status);
        Text.WriteTo(json, _opening.IsCustom ? "input"u8 : "arguments"u8);
        json.WriteString("call_id"u8, _opening.Id);
        json.WriteString("name"u8, LocalName);
        if (_tool?.Namespace is { } tools) json.WriteString("namespace"u8, tools);
        return json;
    }

    private Utf8JsonWriter BeginClientRun(ReadOnlySpan<byte> status)
    {
        var kind = _tool!.HostedKind;
        var json = BeginItem(kind switch
        {
            "local_shell" => "local_shell_call"u8,
            "shell" => "shell_call"u8,
            HostedTools.ToolSearch => "tool_search_call"u8,
            _ => "apply_patch_call"u8,
        }, _id, status);
        json.WriteString("call_id"u8, _opening.Id);
        if (kind == HostedTools.ToolSearch)
        {
            json.WriteString("execution"u8, "client"u8);
            json.WritePropertyName("arguments"u8);
            ToolArguments.FromText(Text).WriteAsObject(json);
            return json;
        }

        json.WritePropertyName(kind == "apply_patch" ? "operation"u8 : "action"u8);
        var arguments = ToolArguments.FromText(Text);
        if (kind == "local_shell") ResponsesClientRunAction.WriteExec(json, arguments);
        else arguments.WriteAsObject(json);
        return json;
    }
}

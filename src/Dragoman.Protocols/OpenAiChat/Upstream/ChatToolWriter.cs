using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>Writes the tools, and which of them may or must be called.</summary>
internal sealed class ChatToolWriter(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
{
    private const int LongestName = 64;

    /// <summary>The tool's name as Chat allows it.</summary>
    public static string NameFor(TranslationContext exchange, string name)
        => exchange.Tools.Upstream(name, static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-', LongestName);

    public void Write()
    {
        var request = exchange.Request;
        var choice = request.ToolChoice;
        // A server without allowed_tools is shown only the tools that may be called: the model can then call no other.
        var shown = choice?.Allowed is { } allowed && !dialect.TakesAllowedTools ? allowed : null;
        var written = 0;
        for (var i = 0; i < request.Tools.Count; i++)
        {
            var tool = request.Tools[i];
            if (tool.Kind == ToolKind.Custom && !dialect.TakesCustomTools) exchange.Tools.Wrap(tool.Name);
            if (shown is not null && !shown.Contains(tool.Name)) continue;
            if (tool.Kind == ToolKind.Hosted && !CanHost(tool, i)) continue;
            if (written++ == 0) writer.WriteStartArray("tools"u8);
            WriteTool(tool, i);
        }

        if (written > 0) writer.WriteEndArray();
        WriteWebSearch();
        if (written == 0)
        {
            if (choice is { Mode: not (ToolChoiceMode.Auto or ToolChoiceMode.None) }) exchange.Losses.Drop("tool_choice", "no tool is left to choose");
            return;
        }

        if (choice is not null) WriteChoice(choice);
        if (request.ParallelToolCalls is not { } parallel) return;
        if (!dialect.Facts.RefusesParallelCalls) writer.WriteBoolean("parallel_tool_calls"u8, parallel);
        else if (!parallel) exchange.Losses.Drop("parallel_tool_calls", "the model does not take it");
    }

    private bool CanHost(Tool tool, int i)
    {
        if (tool.Origin == Protocol.OpenAiChat && !tool.Raw.IsEmpty) return !IsWebSearchOptions(tool);
        if (tool.HostedKind == HostedTools.WebSearch && dialect.TakesWebSearch) return false;
        exchange.Losses.Drop($"tools[{i}]", $"{tool.HostedKind} is not hosted by Chat servers");
        return false;
    }

    private static bool IsWebSearchOptions(Tool tool) => tool.HostedKind == HostedTools.WebSearch && WebSearchOptions(tool.Raw).IsObject;

    /// <summary>The options in the object that the reader put around them; empty for a declaration.</summary>
    private static JsonSlice WebSearchOptions(JsonSlice raw)
    {
        var reader = raw.Read();
        reader.Read();
        return reader.NextProperty() && reader.ValueTextEquals("web_search_options"u8) ? ChatJson.Value(ref reader, raw.Bytes) : default;
    }

    private void WriteWebSearch()
    {
        var at = exchange.Request.Tools.FindIndex(tool => tool is { Kind: ToolKind.Hosted, HostedKind: HostedTools.WebSearch });
        if (at < 0) return;
        var search = exchange.Request.Tools[at];
        if (search.Origin == Protocol.OpenAiChat)
        {
            if (IsWebSearchOptions(search)) WebSearchOptions(search.Raw).WriteTo(writer, "web_search_options"u8);
            return;
        }

        if (!dialect.TakesWebSearch) return;
        writer.WriteStartObject("web_search_options"u8);
        if (search.UserLocation.IsObject)
        {
            writer.WriteStartObject("user_location"u8);
            writer.WriteString("type"u8, "approximate"u8);
            writer.WriteStartObject("approximate"u8);
            ChatWriting.WriteMembers(writer, search.UserLocation, except: "type");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        var path = $"tools[{at}]";
        if (search.AllowedDomains is not null) exchange.Losses.Drop(path + ".allowed_domains", "not known to Chat's web search");
        if (search.BlockedDomains is not null) exchange.Losses.Drop(path + ".blocked_domains", "not known to Chat's web search");
        if (search.MaxUses is not null) exchange.Losses.Drop(path + ".max_uses", "not known to Chat's web search");
        exchange.Losses.DropForeign(search.Extras, Protocol.OpenAiChat, path);
    }

    private void WriteTool(Tool tool, int i)
    {
        var name = NameFor(exchange, tool.Name);
        var wrapped = exchange.Tools.IsWrapped(tool.Name);
        var raw = tool.Origin == Protocol.OpenAiChat && !tool.Raw.IsEmpty && !wrapped && name == tool.Name
            && !(dialect.IsOpenAiModel && RootUnion.HasRootUnion(tool.Parameters, openAi: true));
        if (raw && (tool.Cache is null || dialect.TakesCacheControl))
        {
            tool.Raw.WriteTo(writer);
            return;
        }

        exchange.Losses.DropForeign(tool.Extras, Protocol.OpenAiChat, $"tools[{i}]");
        writer.WriteStartObject();
        if (tool.Kind == ToolKind.Custom && !wrapped) WriteCustom(tool, name);
        else if (wrapped) WriteWrapped(tool, name, i);
        else WriteFunction(tool, name, i);
        if (tool.Cache is { } cache && dialect.TakesCacheControl) ChatPartWriter.WriteCache(writer, cache);
        ChatWriting.WriteExtras(writer, tool.Extras);
        writer.WriteEndObject();
    }

    private void WriteFunction(Tool tool, string name, int i)
    {
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, name);
        if (!tool.Description.IsEmpty) tool.Description.WriteTo(writer, "description"u8);
        var wish = tool.Parameters.IsObject ? StrictWish.WriteParameters(writer, tool.Parameters, tool.Strict, exchange.Losses, $"tools[{i}]") : tool.Strict;
        if (wish is { } strict) writer.WriteBoolean("strict"u8, strict);
        ChatWriting.WriteExtras(writer, tool.Extras, "function.");
        writer.WriteEndObject();
    }

    private void WriteCustom(Tool tool, string name)
    {
        writer.WriteString("type"u8, "custom"u8);
        writer.WriteStartObject("custom"u8);
        writer.WriteString("name"u8, name);
        if (!tool.Description.IsEmpty) tool.Description.WriteTo(writer, "description"u8);
        if (ChatCustomFormat.ToChat(tool.Format) is { IsEmpty: false } format) format.WriteTo(writer, "format"u8);
        writer.WriteEndObject();
    }

    private void WriteWrapped(Tool tool, string name, int i)
    {
        exchange.Losses.Approximate($"tools[{i}]", "a custom tool: declared as a function with one string");
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, name);
        var format = ChatCustomFormat.Describe(tool.Format);
        if (format.Length == 0)
        {
            if (!tool.Description.IsEmpty) tool.Description.WriteTo(writer, "description"u8);
        }
        else
        {
            writer.WriteString("description"u8, tool.Description.IsEmpty ? format : $"{tool.Description}\n\n{format}");
        }

        writer.WritePropertyName("parameters"u8);
        writer.WriteRawValue(
            """{"type":"object","properties":{"input":{"type":"string","description":"The tool's whole input, as free text."}},"required":["input"],"additionalProperties":false}"""u8,
            skipInputValidation: true);
        writer.WriteEndObject();
    }

    private void WriteChoice(ToolChoice choice)
    {
        writer.WritePropertyName("tool_choice"u8);
        if (choice.Mode == ToolChoiceMode.Named && choice.Name is { } name)
        {
            var tool = exchange.Request.FindTool(name);
            if (tool?.Kind == ToolKind.Hosted)
            {
                exchange.Losses.Drop("tool_choice", "a hosted tool cannot be forced in Chat");
                writer.WriteStringValue("auto"u8);
                return;
            }

            writer.WriteStartObject();
            WriteReference(name, tool);
            writer.WriteEndObject();
            return;
        }

        if (choice.Allowed is { } allowed && dialect.TakesAllowedTools && choice.Mode is ToolChoiceMode.Auto or ToolChoiceMode.Required)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "allowed_tools"u8);
            writer.WriteStartObject("allowed_tools"u8);
            writer.WriteString("mode"u8, ToWire(choice.Mode));
            writer.WriteStartArray("tools"u8);
            foreach (var one in choice.Allowed)
            {
                writer.WriteStartObject();
                WriteReference(one, exchange.Request.FindTool(one));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
            return;
        }

        writer.WriteStringValue(ToWire(choice.Mode));
    }

    private void WriteReference(string name, Tool? tool)
    {
        var custom = tool?.Kind == ToolKind.Custom && !exchange.Tools.IsWrapped(name);
        writer.WriteString("type"u8, custom ? "custom"u8 : "function"u8);
        writer.WriteStartObject(custom ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, NameFor(exchange, name));
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> ToWire(ToolChoiceMode mode) => mode switch
    {
        ToolChoiceMode.None => "none"u8,
        ToolChoiceMode.Required => "required"u8,
        _ => "auto"u8,
    };
}

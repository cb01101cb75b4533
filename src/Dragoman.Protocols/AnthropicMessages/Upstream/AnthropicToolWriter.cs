using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Writes tool declarations and the choice among them.</summary>
internal static class AnthropicToolWriter
{
    private const Protocol Own = Protocol.AnthropicMessages;
    private const int MaxName = 128;

    /// <summary>The name the upstream sees for the client's tool.</summary>
    public static string NameOf(string name, TranslationContext exchange) => exchange.Tools.Upstream(name, Fits, MaxName);

    /// <summary>The tools that can be written, in order; the others are reported.</summary>
    public static List<Tool> Select(TranslationContext exchange, AnthropicTarget target)
    {
        var request = exchange.Request;
        var allowed = request.ToolChoice?.Allowed;
        var tools = new List<Tool>(request.Tools.Count);
        for (var i = 0; i < request.Tools.Count; i++)
        {
            var tool = request.Tools[i];
            if (allowed is not null && !allowed.Contains(tool.Name))
            {
                exchange.Losses.Approximate("tool_choice.allowed", "the choice cannot be narrowed here; tools outside it were left out");
                continue;
            }

            if (tool.Kind == ToolKind.Hosted && Refusal(tool, target) is { } reason) exchange.Losses.Drop($"tools[{i}]", reason);
            else tools.Add(tool);
        }

        // On Bedrock "none" is refused: without calls to explain, the declarations can go instead.
        if (target.IsBedrock && request.ToolChoice?.Mode == ToolChoiceMode.None && !request.Turns.Exists(turn => turn.Blocks.Exists(block => block is ToolCallBlock or ToolResultBlock))) tools.Clear();
        return tools;
    }

    /// <summary>Writes <c>tools</c>.</summary>
    public static void Write(Utf8JsonWriter writer, List<Tool> tools, TranslationContext exchange, AnthropicTarget target, AnthropicCacheMarks marks)
    {
        if (tools.Count == 0) return;
        writer.WriteStartArray("tools"u8);
        var strict = new StrictTools(exchange.Request.Output);
        for (var i = 0; i < tools.Count; i++)
        {
            var tool = tools[i];
            if (IsSentAsItStood(tool, target) && NameOf(tool.Name, exchange) == tool.Name) tool.Raw.WriteTo(writer);
            else if (tool.Kind == ToolKind.Hosted) WriteHosted(writer, tool, $"tools[{i}]", exchange, marks);
            else WriteFunction(writer, tool, $"tools[{i}]", exchange, target, marks, strict);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes <c>tool_choice</c>.</summary>
    public static void WriteChoice(Utf8JsonWriter writer, List<Tool> tools, TranslationContext exchange, AnthropicTarget target)
    {
        var request = exchange.Request;
        var choice = request.ToolChoice;
        if (tools.Count == 0)
        {
            if (choice is { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named }) exchange.Losses.Drop("tool_choice", "no tool is left to choose");
            return;
        }

        var mode = choice?.Mode ?? ToolChoiceMode.Auto;
        var serial = request.ParallelToolCalls == false && mode != ToolChoiceMode.None;
        if (mode is ToolChoiceMode.Required or ToolChoiceMode.Named && AnthropicModelFacts.Get(exchange.Model).AlwaysThinks)
        {
            exchange.Losses.Approximate("tool_choice", "the model always thinks, so no call can be forced; the choice is left to it");
            mode = ToolChoiceMode.Auto;
        }

        if (choice is null && !serial) return;
        if (mode == ToolChoiceMode.None && target.IsBedrock)
        {
            exchange.Losses.Approximate("tool_choice", "Bedrock cannot forbid tools that the conversation has used");
            return;
        }

        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, mode switch
        {
            ToolChoiceMode.None => "none",
            ToolChoiceMode.Required => "any",
            ToolChoiceMode.Named => "tool",
            _ => "auto",
        });
        if (mode == ToolChoiceMode.Named) writer.WriteString("name"u8, NameOf(NamedTool(choice!.Name!, tools), exchange));
        if (serial) writer.WriteBoolean("disable_parallel_tool_use"u8, true);
        AnthropicOptionsWriter.WriteMembers(writer, request, "tool_choice.");
        writer.WriteEndObject();
    }

    /// <summary>A hosted search is called by its own name here, whatever the client's protocol calls it.</summary>
    private static string NamedTool(string name, List<Tool> tools)
        => tools.Exists(tool => tool.Name == name) ? name : tools.Find(tool => tool.Kind == ToolKind.Hosted && name.StartsWith(tool.HostedKind ?? "?", StringComparison.Ordinal))?.HostedKind ?? name;

    /// <summary>Whether the client's own declaration can be sent: not where Bedrock checks its members, nor with a union at its schema's root.</summary>
    private static bool IsSentAsItStood(Tool tool, AnthropicTarget target)
        => tool.Origin == Own && !tool.Raw.IsEmpty && (tool.Kind == ToolKind.Hosted || IsKnown(tool) || (!target.IsBedrock && !RootUnion.HasRootUnion(tool.Parameters)));

    private static bool IsKnown(Tool tool) => tool.Extras is { Count: > 0 } && tool.Extras[0] is { Protocol: Own, Name: "type" };

    private static string? Refusal(Tool tool, AnthropicTarget target)
    {
        if (target.IsBedrock)
        {
            var runsHere = tool.Origin == Own && tool.HostedKind is { } kind
                && (kind.StartsWith("computer_", StringComparison.Ordinal) || (kind.StartsWith("tool_search_tool_", StringComparison.Ordinal) && target.SearchesTools));
            return runsHere ? null : "Bedrock hosts no tools of this kind";
        }

        if (tool.Origin == Own) return null;
        return tool.HostedKind is HostedTools.WebSearch or HostedTools.WebFetch or HostedTools.CodeExecution ? null : "Anthropic hosts no tool of this kind";
    }

    private static void WriteFunction(Utf8JsonWriter writer, Tool tool, string path, TranslationContext exchange, AnthropicTarget target, AnthropicCacheMarks marks, StrictTools strict)
    {
        exchange.Losses.DropForeign(tool.Extras, Own, path);
        writer.WriteStartObject();
        writer.WriteString("name"u8, NameOf(tool.Name, exchange));
        if (tool.Kind == ToolKind.Custom)
        {
            WriteCustom(writer, tool, path, exchange);
        }
        else
        {
            if (!tool.Description.IsEmpty) tool.Description.WriteTo(writer, "description"u8);
            var bound = Bind(tool, path, exchange, target, strict);
            AnthropicSchema.Write(writer, bound?.Schema ?? tool.Parameters, path, exchange.Losses);
            if (bound is not null) writer.WriteBoolean("strict"u8, true);
        }

        if (tool is { IsDeferred: true, IsLoaded: false } && tool.Origin != Own) writer.WriteBoolean("defer_loading"u8, true);
        if (tool.Extras is not null) WriteExtras(writer, tool.Extras, path, exchange.Losses, target);
        marks.Write(writer, tool);
        writer.WriteEndObject();
    }

    private static StrictSchema? Bind(Tool tool, string path, TranslationContext exchange, AnthropicTarget target, StrictTools strict)
    {
        if (tool.Strict != true) return null;
        var facts = AnthropicModelFacts.Get(exchange.Model);
        // Other protocols' strict mode is the default there and takes schemas that are refused here.
        if (tool.Origin == Own && facts.StructuredOutput && !(target.IsBedrock && facts.Newest)) return strict.Bind(tool, path, exchange.Losses);
        exchange.Losses.Drop($"{path}.strict", "arguments are not bound to the schema here");
        return null;
    }

    private static void WriteExtras(Utf8JsonWriter writer, List<Extra> extras, string path, Losses losses, AnthropicTarget target)
    {
        foreach (var extra in extras)
        {
            if (extra.Protocol != Own || extra.Name is "cache_control" or "type") continue;
            if (target.IsBedrock && (extra.Name is "eager_input_streaming" or "allowed_callers" || (extra.Name == "defer_loading" && !target.SearchesTools)))
            {
                losses.Drop($"{path}.{extra.Name}", "Bedrock refuses it");
                continue;
            }

            writer.WritePropertyName(extra.Name);
            extra.Value.WriteTo(writer);
        }
    }

    private static void WriteCustom(Utf8JsonWriter writer, Tool tool, string path, TranslationContext exchange)
    {
        exchange.Tools.Wrap(tool.Name);
        var description = tool.Description.ToString();
        if (!tool.Format.IsEmpty && tool.Format.ToString() is var format && format.Contains("\"grammar\"", StringComparison.Ordinal))
        {
            exchange.Losses.Approximate($"{path}.format", "the grammar is described to the model, not enforced");
            description = $"{description}\n\nThe input must follow this grammar: {format}".TrimStart();
        }

        exchange.Losses.Approximate(path, "the free-text tool is declared as a function with one string");
        if (description.Length > 0) writer.WriteString("description"u8, description);
        writer.WritePropertyName("input_schema"u8);
        writer.WriteRawValue("""{"type":"object","properties":{"input":{"type":"string","description":"The whole input, as plain text."}},"required":["input"]}"""u8, skipInputValidation: true);
    }

    private static void WriteHosted(Utf8JsonWriter writer, Tool tool, string path, TranslationContext exchange, AnthropicCacheMarks marks)
    {
        exchange.Losses.DropForeign(tool.Extras, Own, path);
        writer.WriteStartObject();
        var (type, name) = tool.HostedKind switch
        {
            HostedTools.WebSearch => ("web_search_20250305", "web_search"),
            HostedTools.WebFetch => ("web_fetch_20250910", "web_fetch"),
            _ => ("code_execution_20250825", "code_execution"),
        };
        writer.WriteString("type"u8, type);
        writer.WriteString("name"u8, name);
        if (tool.MaxUses is { } uses) writer.WriteNumber("max_uses"u8, uses);
        WriteDomains(writer, "allowed_domains"u8, tool.AllowedDomains);
        if (tool.AllowedDomains is { Count: > 0 } && tool.BlockedDomains is { Count: > 0 }) exchange.Losses.Drop($"{path}.blocked_domains", "only one of allowed and blocked domains is taken");
        else WriteDomains(writer, "blocked_domains"u8, tool.BlockedDomains);
        if (tool.UserLocation.IsObject && tool.HostedKind == HostedTools.WebSearch) tool.UserLocation.WriteTo(writer, "user_location"u8);
        marks.Write(writer, tool);
        writer.WriteEndObject();
    }

    private static void WriteDomains(Utf8JsonWriter writer, ReadOnlySpan<byte> name, List<string>? domains)
    {
        if (domains is not { Count: > 0 }) return;
        writer.WriteStartArray(name);
        foreach (var domain in domains) writer.WriteStringValue(domain);
        writer.WriteEndArray();
    }

    private static bool Fits(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}

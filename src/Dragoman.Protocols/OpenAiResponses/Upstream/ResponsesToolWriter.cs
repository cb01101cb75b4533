using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>Writes tool declarations and the choice among them.</summary>
internal sealed class ResponsesToolWriter(TranslationContext exchange)
{
    private readonly List<Tool> _written = [];
    private readonly Tool? _search = ResponsesDeferral.ForeignSearch(exchange);

    /// <summary>Whether a web search is among the tools that were written.</summary>
    public bool HasSearch { get; private set; }

    /// <summary>Whether any tool was written.</summary>
    public bool Any => _written.Count > 0;

    /// <summary>The name a tool has upstream.</summary>
    public static string Name(TranslationContext exchange, string name) => exchange.Tools.Upstream(name, IsAllowed, 64);

    public void WriteTools(Utf8JsonWriter json)
    {
        var tools = exchange.Request.Tools;
        if (tools.Count == 0) return;
        var begun = false;
        var calls = _search is null ? null : Called();
        for (var index = 0; index < tools.Count; index++)
        {
            var tool = tools[index];
            // What a search found rides in its result where that is known.
            if (tool is { IsFound: true, IsLoaded: false } || (calls is not null && tool.IsDeferred && !calls.Contains(tool.Name)) || !CanWrite(tool, index)) continue;
            if (!begun) json.WriteStartArray("tools"u8);
            begun = true;
            _written.Add(tool);
            Write(json, tool, index);
        }

        if (begun) json.WriteEndArray();
    }

    /// <summary>Deferred tools that the conversation has called, or the client asks for, though no result of a search that is still there names them.</summary>
    private HashSet<string> Called()
    {
        var request = exchange.Request;
        var names = request.Turns.SelectMany(static turn => turn.Blocks).OfType<ToolCallBlock>().Select(static call => call.Name).ToHashSet(StringComparer.Ordinal);
        if (request.ToolChoice is { Mode: ToolChoiceMode.Named, Name: { } forced }) names.Add(forced);
        names.ExceptWith(DeferredTools.Referred(request.Turns));
        return names;
    }

    /// <summary>Writes a tool that a search found, as its result carries it.</summary>
    public void WriteFound(Utf8JsonWriter json, Tool tool)
    {
        json.WriteStartObject();
        WriteFunction(json, tool, tool.Parameters, exchange.Request.Tools.IndexOf(tool));
        json.WriteBoolean("defer_loading"u8, true);
        json.WriteEndObject();
    }

    public void WriteChoice(Utf8JsonWriter json)
    {
        if (exchange.Request.ToolChoice is not { } choice) return;
        if (!Any)
        {
            if (choice.Mode is ToolChoiceMode.Required or ToolChoiceMode.Named) exchange.Losses.Drop("tool_choice", "no tool is left to choose");
            return;
        }

        foreach (var extra in exchange.Request.Extras)
        {
            if (extra is not { Protocol: Protocol.OpenAiResponses, Name: "tool_choice" }) continue;
            extra.Value.WriteTo(json, "tool_choice"u8);
            return;
        }

        if (choice.Allowed is { Count: > 0 } allowed && choice.Mode is ToolChoiceMode.Auto or ToolChoiceMode.Required)
        {
            WriteAllowed(json, choice);
            return;
        }

        switch (choice.Mode)
        {
            case ToolChoiceMode.None: json.WriteString("tool_choice"u8, "none"u8); break;
            case ToolChoiceMode.Required: json.WriteString("tool_choice"u8, "required"u8); break;
            case ToolChoiceMode.Named when Find(choice.Name) is { } tool:
                json.WritePropertyName("tool_choice"u8);
                WriteReference(json, tool);
                break;
            case ToolChoiceMode.Named:
                exchange.Losses.Approximate("tool_choice", $"the tool {choice.Name} is not offered upstream; the model decides");
                json.WriteString("tool_choice"u8, "auto"u8);
                break;
            default: json.WriteString("tool_choice"u8, "auto"u8); break;
        }
    }

    private void WriteAllowed(Utf8JsonWriter json, ToolChoice choice)
    {
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, "allowed_tools"u8);
        json.WriteString("mode"u8, choice.Mode == ToolChoiceMode.Required ? "required"u8 : "auto"u8);
        json.WriteStartArray("tools"u8);
        foreach (var name in choice.Allowed!)
        {
            if (Find(name) is { } tool) WriteReference(json, tool);
            else exchange.Losses.Drop("tool_choice.tools", $"the tool {name} is not offered upstream");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private Tool? Find(string? name) => _written.Find(tool => tool.Name == name);

    private void WriteReference(Utf8JsonWriter json, Tool tool)
    {
        json.WriteStartObject();
        if (tool.Kind == ToolKind.Hosted && ClientSide(tool) is null || ResponsesNames.IsClientRun(tool.HostedKind))
        {
            json.WriteString("type"u8, RawType(tool) ?? (tool.HostedKind == HostedTools.CodeExecution ? "code_interpreter" : tool.HostedKind ?? tool.Name));
            if (RawType(tool) == "mcp") json.WriteString("server_label"u8, tool.Name);
        }
        else
        {
            json.WriteString("type"u8, tool.Kind == ToolKind.Custom ? "custom"u8 : "function"u8);
            if (tool is { Namespace: { } tools, IsLoaded: false })
            {
                json.WriteString("namespace"u8, tools);
                json.WriteString("name"u8, ResponsesNames.Local(tools, tool.Name));
            }
            else
            {
                json.WriteString("name"u8, Name(exchange, tool.Name));
            }
        }

        json.WriteEndObject();
    }

    private bool CanWrite(Tool tool, int index)
    {
        if (tool.Kind != ToolKind.Hosted || tool.Origin == Protocol.OpenAiResponses || ClientSide(tool) is not null) return true;
        if (tool.HostedKind is HostedTools.WebSearch or HostedTools.CodeExecution) return true;
        exchange.Losses.Drop($"tools[{index}]", $"the hosted tool {tool.HostedKind ?? tool.Name} does not exist in this protocol");
        return false;
    }

    private void Write(Utf8JsonWriter json, Tool tool, int index)
    {
        exchange.Losses.DropForeign(tool.Extras, Protocol.OpenAiResponses, $"tools[{index}]");
        if (tool.Cache is not null) exchange.Losses.Drop("cache_control", "prompts are cached automatically");
        if (tool.Origin == Protocol.OpenAiResponses && !tool.IsLoaded && (!tool.Raw.IsEmpty || tool.Namespace is not null) && (tool.Namespace is not null || tool.Kind == ToolKind.Hosted
            || ResponsesNames.IsClientRun(tool.HostedKind) || (tool.Cache is null && Name(exchange, tool.Name) == tool.Name && !RootUnion.HasRootUnion(tool.Parameters, openAi: true))))
        {
            // A namespace stands whole in its first function; the others are in it.
            if (!tool.Raw.IsEmpty) ResponsesNamespace.WriteRaw(json, tool, exchange);
            return;
        }

        json.WriteStartObject();
        switch (tool.Kind)
        {
            case ToolKind.Function when ReferenceEquals(tool, _search):
                exchange.Tools.Stand(tool.Name, HostedTools.ToolSearch);
                json.WriteString("type"u8, "tool_search"u8);
                json.WriteString("execution"u8, "client"u8);
                if (!tool.Description.IsEmpty) tool.Description.WriteTo(json, "description"u8);
                json.WritePropertyName("parameters"u8);
                ObjectSchema.Write(json, tool.Parameters, exchange.Losses, $"tools[{index}].parameters");
                break;
            case ToolKind.Hosted when ClientSide(tool) is { } schema:
                WriteFunction(json, tool, schema, index);
                break;
            case ToolKind.Hosted when tool.HostedKind == HostedTools.WebSearch:
                WriteSearch(json, tool, index);
                break;
            case ToolKind.Hosted:
                json.WriteString("type"u8, "code_interpreter"u8);
                json.WriteStartObject("container"u8);
                json.WriteString("type"u8, "auto"u8);
                json.WriteEndObject();
                break;
            case ToolKind.Custom:
                json.WriteString("type"u8, "custom"u8);
                json.WriteString("name"u8, Name(exchange, tool.Name));
                if (!tool.Description.IsEmpty) tool.Description.WriteTo(json, "description"u8);
                if (!tool.Format.IsEmpty) WriteFormat(json, tool.Format);
                break;
            default:
                WriteFunction(json, tool, tool.Parameters, index);
                WriteOwn(json, tool.Extras);
                break;
        }

        json.WriteEndObject();
    }

    private void WriteFunction(Utf8JsonWriter json, Tool tool, JsonSlice parameters, int index)
    {
        json.WriteString("type"u8, "function"u8);
        json.WriteString("name"u8, Name(exchange, tool.Name));
        if (!tool.Description.IsEmpty) tool.Description.WriteTo(json, "description"u8);
        // Unsaid means strict here and not strict in every other protocol.
        var wish = StrictWish.WriteParameters(json, parameters, tool.Strict, exchange.Losses, $"tools[{index}]") ?? (tool.Origin == Protocol.OpenAiResponses ? null : false);
        if (wish is { } strict) json.WriteBoolean("strict"u8, strict);
    }

    /// <summary>Writes the members that have no name in other protocols (<c>defer_loading</c> and what is new).</summary>
    private static void WriteOwn(Utf8JsonWriter json, List<Extra>? extras)
    {
        foreach (var extra in extras ?? [])
        {
            if (extra.Protocol != Protocol.OpenAiResponses || extra.Name.Contains('.', StringComparison.Ordinal)) continue;
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
    }

    /// <summary>Writes a custom tool's format; Chat wraps a grammar once more than this protocol does.</summary>
    private static void WriteFormat(Utf8JsonWriter json, JsonSlice format)
    {
        var reader = format.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isGrammar = reader.ValueTextEquals("grammar"u8);
            reader.Read();
            if (!isGrammar || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var grammar = JsonSlice.From(ref reader, format.Bytes);
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "grammar"u8);
            var inner = grammar.Read();
            inner.Read();
            while (inner.NextProperty())
            {
                json.WritePropertyName(inner.GetString()!);
                inner.Read();
                JsonSlice.From(ref inner, grammar.Bytes).WriteTo(json);
            }

            json.WriteEndObject();
            return;
        }

        format.WriteTo(json, "format"u8);
    }

    private void WriteSearch(Utf8JsonWriter json, Tool tool, int index)
    {
        HasSearch = true;
        json.WriteString("type"u8, "web_search"u8);
        if (tool.AllowedDomains is { Count: > 0 } domains)
        {
            json.WriteStartObject("filters"u8);
            json.WriteStartArray("allowed_domains"u8);
            foreach (var domain in domains) json.WriteStringValue(domain);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (tool.UserLocation.IsObject) tool.UserLocation.WriteTo(json, "user_location"u8);
        if (tool.BlockedDomains is { Count: > 0 }) exchange.Losses.Drop($"tools[{index}].blocked_domains", "this protocol's search knows only allowed domains");
        if (tool.MaxUses is not null) exchange.Losses.Drop($"tools[{index}].max_uses", "this protocol's search cannot be limited");
    }

    /// <summary>The schema of a tool whose calls the client runs though its own provider defines it (Anthropic's bash and its like); else null.</summary>
    private static JsonSlice? ClientSide(Tool tool)
    {
        if (tool.Kind != ToolKind.Hosted || tool.Origin == Protocol.OpenAiResponses || tool.HostedKind is not { } kind) return null;
        if (kind.StartsWith("bash", StringComparison.Ordinal)) return ResponsesAnthropicTools.Bash;
        if (kind.StartsWith("text_editor", StringComparison.Ordinal)) return ResponsesAnthropicTools.TextEditor;
        return kind.StartsWith("memory", StringComparison.Ordinal) ? ResponsesAnthropicTools.Memory : null;
    }

    private static string? RawType(Tool tool) => tool.Origin == Protocol.OpenAiResponses && tool.Raw.IsObject ? ResponsesItem.From(tool.Raw).Type : null;

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
}

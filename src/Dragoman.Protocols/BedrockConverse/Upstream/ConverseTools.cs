using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>The tools of a request, as Converse declares them.</summary>
internal sealed class ConverseTools
{
    private readonly TranslationContext _exchange;
    private readonly ConverseModelTraits _traits;
    private readonly List<Tool> _tools = [];
    private readonly ToolChoiceMode _mode;
    private readonly string? _forced;
    private readonly string? _answerTool;

    public ConverseTools(TranslationContext exchange, ConverseModelTraits traits)
    {
        _exchange = exchange;
        _traits = traits;
        var choice = exchange.Request.ToolChoice;
        _mode = choice?.Mode ?? ToolChoiceMode.Auto;
        _forced = choice?.Name;
        _answerTool = ConverseOutput.ToolName(exchange, traits);
        if (_mode != ToolChoiceMode.None)
        {
            Collect(choice?.Allowed);
        }
        else if (ConverseConversation.HasToolBlocks(exchange.Request))
        {
            // Converse takes no calls and results without declarations, and has no word for "none".
            Collect(null);
            _mode = ToolChoiceMode.Auto;
            if (_tools.Count > 0) exchange.Losses.Approximate("tool_choice", "Converse cannot forbid tools that the conversation has used: the model is left free");
        }

        if (_answerTool is not null)
        {
            exchange.Losses.Approximate("response_format", "the model has no answers of a schema: it is made to call a tool of that shape");
            // Beside the client's own tools the model must be free to choose between one of them and the answer.
            if (_mode is ToolChoiceMode.Auto or ToolChoiceMode.None) _mode = _tools.Count == 0 ? ToolChoiceMode.Named : ToolChoiceMode.Required;
            if (_mode == ToolChoiceMode.Named && _tools.Count == 0) _forced = _answerTool;
        }

        if (Any && traits.NoForcedCalls && _mode is (ToolChoiceMode.Required or ToolChoiceMode.Named))
        {
            exchange.Losses.Approximate("tool_choice", "the model always thinks, so no call can be forced; the choice is left to it");
            _mode = ToolChoiceMode.Auto;
        }

        if (!Any && _mode is (ToolChoiceMode.Required or ToolChoiceMode.Named))
        {
            exchange.Losses.Drop("tool_choice", "there is no tool to choose");
        }
    }

    /// <summary>Whether any tool is declared; without one Converse takes no tool blocks either.</summary>
    public bool Any => _tools.Count > 0 || _answerTool is not null;

    /// <summary>Whether the model is not free to answer in words.</summary>
    public bool MustCall => Any && _mode is ToolChoiceMode.Required or ToolChoiceMode.Named && !_traits.IsLlama;

    /// <summary>Whether Claude is told its choice in its own words, because Converse has none for "one call at a time".</summary>
    public bool ChoiceInAdditional => Any && _traits.IsClaude && _exchange.Request.ParallelToolCalls == false;

    public void Write(Utf8JsonWriter writer, HashSet<object> cache)
    {
        if (!Any) return;
        writer.WriteStartObject("toolConfig"u8);
        writer.WriteStartArray("tools"u8);
        var strict = new StrictTools(_traits.NativeSchema ? _exchange.Request.Output : null);
        foreach (var tool in _tools)
        {
            WriteTool(writer, tool, _exchange.Request.Tools.IndexOf(tool), strict);
            if (cache.Contains(tool)) ConverseCachePoints.Write(writer, tool.Cache, _traits);
        }

        if (_answerTool is not null) WriteAnswerTool(writer, _answerTool);
        writer.WriteEndArray();
        WriteChoice(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes Claude's own <c>tool_choice</c>.</summary>
    public void WriteClaudeChoice(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, _mode switch { ToolChoiceMode.Required => "any"u8, ToolChoiceMode.Named => "tool"u8, _ => "auto"u8 });
        if (_mode == ToolChoiceMode.Named) writer.WriteString("name"u8, ConverseNames.Upstream(_exchange, _forced ?? ""));
        writer.WriteBoolean("disable_parallel_tool_use"u8, true);
        writer.WriteEndObject();
    }

    private void Collect(List<string>? allowed)
    {
        var tools = _exchange.Request.Tools;
        for (var i = 0; i < tools.Count; i++)
        {
            var tool = tools[i];
            // A tool that Bedrock itself hosts for some models stands as the client wrote it.
            if (tool is { Kind: ToolKind.Hosted, Origin: Protocol.BedrockConverse }) _tools.Add(tool);
            else if (tool.Kind == ToolKind.Hosted) _exchange.Losses.Drop($"tools[{i}]", "Bedrock hosts no such tool");
            else if (allowed is null || allowed.Contains(tool.Name)) _tools.Add(tool);
            if (tool.Kind != ToolKind.Hosted) _exchange.Losses.DropForeign(tool.Extras, Protocol.BedrockConverse, $"tools[{i}]");
        }
    }

    private void WriteTool(Utf8JsonWriter writer, Tool tool, int index, StrictTools strict)
    {
        if (tool.Kind == ToolKind.Hosted)
        {
            tool.Raw.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject("toolSpec"u8);
        var name = ConverseNames.Upstream(_exchange, tool.Name);
        writer.WriteString("name"u8, name);
        if (tool.Kind == ToolKind.Custom) WriteCustom(writer, tool);
        else
        {
            writer.WritePropertyName("description"u8);
            if (ConverseConversation.IsBlank(tool.Description)) writer.WriteStringValue(name);
            else tool.Description.WriteTo(writer);
            var bound = tool.Strict == true && _traits.NativeSchema ? strict.Bind(tool, $"tools[{index}]", _exchange.Losses) : null;
            WriteSchema(writer, bound?.Schema ?? tool.Parameters, $"tools[{index}].parameters");
            if (bound is not null) writer.WriteBoolean("strict"u8, true);
            else if (tool.Strict == true && !_traits.NativeSchema) _exchange.Losses.Approximate("tools[].strict", "the model's calls are not bound to the schema");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteCustom(Utf8JsonWriter writer, Tool tool)
    {
        _exchange.Tools.Wrap(tool.Name);
        var description = ConverseConversation.IsBlank(tool.Description) ? tool.Name : tool.Description.ToString();
        if (!tool.Format.IsEmpty && !tool.Format.IsNull)
        {
            description += $"\n\nThe input has this format: {tool.Format}";
            _exchange.Losses.Approximate("tools[].format", "the grammar is described to the model, not enforced");
        }

        writer.WriteString("description"u8, description);
        writer.WriteStartObject("inputSchema"u8);
        writer.WritePropertyName("json"u8);
        writer.WriteRawValue("""{"type":"object","properties":{"input":{"type":"string","description":"The tool's whole input as free text."}},"required":["input"]}"""u8, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private void WriteAnswerTool(Utf8JsonWriter writer, string name)
    {
        var format = _exchange.Request.Output!;
        writer.WriteStartObject();
        writer.WriteStartObject("toolSpec"u8);
        writer.WriteString("name"u8, name);
        writer.WriteString("description"u8, format.Description is { Length: > 0 } description ? description : AnswerFormats.ToolDescription);
        WriteSchema(writer, format.Schema, "response_format.schema");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteChoice(Utf8JsonWriter writer)
    {
        if (_exchange.Request.ParallelToolCalls == false && !_traits.IsClaude) _exchange.Losses.Drop("parallel_tool_calls", "the model cannot be held to one call at a time");
        if (ChoiceInAdditional) return;
        if (_exchange.Request.ToolChoice is null or { Mode: ToolChoiceMode.None } && _answerTool is null) return;
        if (_mode is ToolChoiceMode.Required or ToolChoiceMode.Named && _traits.IsLlama)
        {
            _exchange.Losses.Drop("tool_choice", "the model cannot be made to call a tool");
            return;
        }

        if (_mode == ToolChoiceMode.Named && _traits.IsMistral && _forced != _answerTool) _exchange.Losses.Approximate("tool_choice", "the model can be made to call some tool, not a certain one");
        writer.WriteStartObject("toolChoice"u8);
        if (_mode == ToolChoiceMode.Named && !_traits.IsMistral)
        {
            writer.WriteStartObject("tool"u8);
            writer.WriteString("name"u8, ConverseNames.Upstream(_exchange, _forced ?? ""));
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartObject(_mode is ToolChoiceMode.Required or ToolChoiceMode.Named ? "any"u8 : "auto"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>The schema as Bedrock takes it: an object at its root, no references and no combinators there.</summary>
    private void WriteSchema(Utf8JsonWriter writer, JsonSlice schema, string path)
    {
        writer.WriteStartObject("inputSchema"u8);
        SchemaCleaner.Clean(schema, SchemaDialect.Bedrock, _exchange.Losses, path).WriteTo(writer, "json"u8);
        writer.WriteEndObject();
    }
}

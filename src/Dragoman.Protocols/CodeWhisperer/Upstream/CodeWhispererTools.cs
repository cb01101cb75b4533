using System.Text;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>The tools of a request as the service declares them, and what can only be said of them in words.</summary>
internal sealed class CodeWhispererTools
{
    /// <summary>The service takes 10,240 bytes of a description; a longer one is said in the system text.</summary>
    private const int MaxDescription = 10_000;

    private const string SmallWrites = " Write at most about 50 lines in one call; split longer content into several calls, because long arguments are cut off.";
    private readonly TranslationContext _exchange;
    private readonly CodeWhispererOptions _options;
    private readonly List<(Tool Tool, int Index)> _tools = [];
    private readonly List<string> _stubs = [];
    private readonly List<string> _words = [];

    public CodeWhispererTools(TranslationContext exchange, CodeWhispererOptions options)
    {
        _exchange = exchange;
        _options = options;
        Collect();
        AddStubs();
        SayChoice();
        foreach (var (tool, _) in _tools)
        {
            if (DescriptionOf(tool) is { } text && Encoding.UTF8.GetByteCount(text) > MaxDescription) _words.Add($"## Tool: {CodeWhispererNames.Tool(exchange, tool.Name)}\n{text}");
        }
    }

    /// <summary>Whether any tool is declared; without one calls and results of the history are sent as text.</summary>
    public bool Any => _tools.Count > 0;

    /// <summary>What the system text has to say of the tools: the choice, and descriptions that are too long for their place.</summary>
    public IReadOnlyList<string> Words => _words;

    public void Write(Utf8JsonWriter writer)
    {
        if (!Any) return;
        writer.WriteStartArray("tools"u8);
        foreach (var (tool, index) in _tools) WriteTool(writer, tool, index);
        foreach (var name in _stubs)
        {
            Begin(writer, name, "Tool used earlier in this conversation");
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8, skipInputValidation: true);
            End(writer);
        }

        writer.WriteEndArray();
    }

    private void Collect()
    {
        var request = _exchange.Request;
        var choice = request.ToolChoice;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < request.Tools.Count; i++)
        {
            var tool = request.Tools[i];
            if (tool.Kind == ToolKind.Hosted)
            {
                _exchange.Losses.Drop($"tools[{i}]", "Kiro hosts no such tool");
                continue;
            }

            _exchange.Losses.DropForeign(tool.Extras, Protocol.CodeWhisperer, $"tools[{i}]");
            if (choice?.Mode == ToolChoiceMode.None || (choice?.Allowed is { } allowed && !allowed.Contains(tool.Name))) continue;
            if (choice is { Mode: ToolChoiceMode.Named, Name: { } forced } && forced != tool.Name) continue;
            // Two names that differ in their case only are one to the service.
            if (names.Add(tool.Name)) _tools.Add((tool, i));
            else _exchange.Losses.Drop($"tools[{i}]", "there is a tool of that name already");
            if (tool.Strict == true) _exchange.Losses.Approximate("tools[].strict", "the model's calls are not bound to the schema");
            if (tool.Cache is not null) _exchange.Losses.Drop($"tools[{i}].cache_control", "a cache point among the tools is refused");
        }
    }

    /// <summary>A tool that the history calls has to be declared, or the whole request is refused.</summary>
    private void AddStubs()
    {
        if (!Any) return;
        var known = new HashSet<string>(_tools.Select(static item => item.Tool.Name), StringComparer.OrdinalIgnoreCase);
        foreach (var turn in _exchange.Request.Turns)
        {
            foreach (var block in turn.Blocks)
                if (block is ToolCallBlock call && known.Add(call.Name)) _stubs.Add(call.Name);
        }
    }

    private void SayChoice()
    {
        var request = _exchange.Request;
        if (request.ParallelToolCalls == false && Any) _exchange.Losses.Drop("parallel_tool_calls", "the model cannot be held to one call at a time");
        switch (request.ToolChoice?.Mode)
        {
            case ToolChoiceMode.Required or ToolChoiceMode.Named when !Any:
                _exchange.Losses.Drop("tool_choice", "there is no tool to choose");
                break;
            case ToolChoiceMode.Required:
                _exchange.Losses.Approximate("tool_choice", "the model is asked in words to call a tool");
                _words.Add("You must answer by calling one of the tools.");
                break;
            case ToolChoiceMode.Named:
                _exchange.Losses.Approximate("tool_choice", "the model is asked in words to call that tool");
                _words.Add($"You must answer by calling the tool {CodeWhispererNames.Tool(_exchange, request.ToolChoice!.Name ?? "")}.");
                break;
        }
    }

    private string? DescriptionOf(Tool tool)
    {
        var text = tool.Description.IsBlank ? null : tool.Description.ToString();
        if (tool.Kind == ToolKind.Custom && !tool.Format.IsEmpty && !tool.Format.IsNull)
        {
            text = $"{text ?? tool.Name}\n\nThe input has this format: {tool.Format}";
            _exchange.Losses.Approximate("tools[].format", "the grammar is described to the model, not enforced");
        }

        return _options.AdvisesSmallWrites && tool.Name is "Write" or "Edit" ? text + SmallWrites : text;
    }

    private void WriteTool(Utf8JsonWriter writer, Tool tool, int index)
    {
        var name = CodeWhispererNames.Tool(_exchange, tool.Name);
        var description = DescriptionOf(tool) ?? $"Tool: {name}";
        if (Encoding.UTF8.GetByteCount(description) > MaxDescription)
        {
            _exchange.Losses.Approximate($"tools[{index}].description", "it is too long for its place and stands in the system text");
            description = $"The full description of this tool is in the system text under \"## Tool: {name}\".";
        }

        Begin(writer, tool.Name, description);
        if (tool.Kind == ToolKind.Custom)
        {
            _exchange.Tools.Wrap(tool.Name);
            writer.WriteRawValue("""{"type":"object","properties":{"input":{"type":"string","description":"The tool's whole input as free text."}},"required":["input"]}"""u8, skipInputValidation: true);
        }
        else
        {
            WriteSchema(writer, SchemaCleaner.Clean(tool.Parameters, SchemaDialect.CodeWhisperer, _exchange.Losses, $"tools[{index}].parameters"));
        }

        End(writer);
    }

    private void Begin(Utf8JsonWriter writer, string name, string description)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("toolSpecification"u8);
        writer.WriteString("name"u8, CodeWhispererNames.Tool(_exchange, name));
        using var text = new CodeWhispererText(_exchange);
        text.Begin();
        text.Add(JsonText.From(description));
        text.WriteTo(writer, "description"u8, "Tool"u8);
        writer.WriteStartObject("inputSchema"u8);
        writer.WritePropertyName("json"u8);
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The schema, whose root has to have properties, be there none.</summary>
    private static void WriteSchema(Utf8JsonWriter writer, JsonSlice schema)
    {
        var reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("properties"u8))
            {
                schema.WriteTo(writer);
                return;
            }

            reader.Read();
            reader.Skip();
        }

        writer.WriteStartObject();
        reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            writer.WritePropertyName(JsonText.From(ref reader, schema.Bytes).ToUtf8().Span);
            reader.Read();
            JsonSlice.From(ref reader, schema.Bytes).WriteTo(writer);
        }

        writer.WriteStartObject("properties"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

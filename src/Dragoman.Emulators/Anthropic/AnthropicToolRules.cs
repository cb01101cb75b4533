using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>The rules of tools and tool_choice.</summary>
internal static partial class AnthropicToolRules
{
    private static readonly string[] ServerTools =
    [
        "bash_", "text_editor_", "computer_", "memory_", "code_execution_", "web_search_", "web_fetch_", "tool_search_tool_", "advisor_", "mcp_toolset",
    ];

    private static readonly string[] NotOnVertex = ["web_fetch_", "code_execution_", "advisor_", "mcp_toolset"];

    public static HashSet<string> Check(JsonObject body, bool thinking, CacheMarks marks, AnthropicHost host, HashSet<string> betas)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (body["tools"] is { } node)
        {
            var tools = node as JsonArray ?? throw AnthropicRules.Bad("tools: Input should be a valid list");
            for (var i = 0; i < tools.Count; i++)
                Tool(tools[i], i, names, marks, host, betas);
        }

        Choice(body["tool_choice"], names, thinking);
        return names;
    }

    private static void Tool(JsonNode? node, int i, HashSet<string> names, CacheMarks marks, AnthropicHost host, HashSet<string> betas)
    {
        var tool = node as JsonObject ?? throw AnthropicRules.Bad($"tools.{i}: Input should be a valid dictionary or object to extract fields from");
        var type = tool["type"].Str() ?? "custom";
        if (type != "custom")
        {
            if (!Array.Exists(ServerTools, prefix => type.StartsWith(prefix, StringComparison.Ordinal))
                || (host == AnthropicHost.Bedrock && (type.StartsWith("web_", StringComparison.Ordinal) || type.StartsWith("code_", StringComparison.Ordinal)))
                || (host == AnthropicHost.Vertex && Array.Exists(NotOnVertex, prefix => type.StartsWith(prefix, StringComparison.Ordinal))))
            {
                throw AnthropicRules.Bad($"tools.{i}: Input tag '{type}' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', "
                    + "'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728', 'web_search_20250305'");
            }

            if (type != "mcp_toolset" && !names.Add(AnthropicRules.RequireText(tool, "name", $"tools.{i}.{type}")))
                throw AnthropicRules.Bad("tools: Tool names must be unique.");
            marks.Add(tool["cache_control"], $"tools.{i}.{type}.cache_control");
            return;
        }

        var path = $"tools.{i}.custom";
        var name = AnthropicRules.RequireText(tool, "name", path);
        AnthropicRules.Closed(tool, path, "name", "description", "input_schema", "type", "cache_control", "strict", "defer_loading", "eager_input_streaming", "input_examples", "allowed_callers");
        if (host == AnthropicHost.Bedrock && tool.ContainsKey("eager_input_streaming"))
            throw AnthropicRules.Bad($"{path}.eager_input_streaming: Extra inputs are not permitted");
        if (host is AnthropicHost.Bedrock or AnthropicHost.Vertex && tool.ContainsKey("defer_loading") && !betas.Contains("tool-search-tool-2025-10-19"))
            throw AnthropicRules.Bad($"{path}.defer_loading: Extra inputs are not permitted");
        if (!NameForm().IsMatch(name))
            throw AnthropicRules.Bad($"{path}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
        if (!names.Add(name))
            throw AnthropicRules.Bad("tools: Tool names must be unique.");
        if (tool["description"] is { } description && description.Str() is null)
            throw AnthropicRules.Bad($"{path}.description: Input should be a valid string");
        if (tool["input_schema"] is not { } schemaNode)
            throw AnthropicRules.Bad($"{path}.input_schema: Field required");
        var schema = schemaNode as JsonObject ?? throw AnthropicRules.Bad($"{path}.input_schema: Input should be a valid dictionary");
        if (!schema.ContainsKey("type"))
            throw AnthropicRules.Bad($"{path}.input_schema.type: Field required");
        if (schema["type"].Str() != "object")
            throw AnthropicRules.Bad($"{path}.input_schema.type: Input should be 'object'");
        if (schema.ContainsKey("oneOf") || schema.ContainsKey("allOf") || schema.ContainsKey("anyOf"))
            throw AnthropicRules.Bad($"{path}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level");
        if (schema["properties"] is { } properties && properties is not JsonObject || schema["required"] is { } required && required is not JsonArray)
            throw AnthropicRules.Bad($"{path}.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.");
        foreach (var (property, _) in schema["properties"] as JsonObject ?? [])
        {
            if (!PropertyForm().IsMatch(property))
                throw AnthropicRules.Bad($"{path}.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{{1,64}}$'");
        }

        if (tool["strict"].Bool() == true)
            AnthropicSchemaRules.Check(schema, $"{path}.input_schema");
        marks.Add(tool["cache_control"], $"{path}.cache_control");
    }

    private static void Choice(JsonNode? node, HashSet<string> names, bool thinking)
    {
        if (node is null)
            return;
        var choice = node as JsonObject ?? throw AnthropicRules.Bad("tool_choice: Input should be a valid dictionary or object to extract fields from");
        var type = choice["type"].Str();
        switch (type)
        {
            case "auto" or "any":
                AnthropicRules.Closed(choice, $"tool_choice.{type}", "type", "disable_parallel_tool_use");
                break;
            case "none":
                AnthropicRules.Closed(choice, "tool_choice.none", "type");
                break;
            case "tool":
                AnthropicRules.Closed(choice, "tool_choice.tool", "type", "name", "disable_parallel_tool_use");
                var name = AnthropicRules.RequireText(choice, "name", "tool_choice.tool");
                if (names.Count > 0 && !names.Contains(name))
                    throw AnthropicRules.Bad($"Tool '{name}' not found in provided tools");
                break;
            default:
                throw AnthropicRules.Bad($"tool_choice: Input tag '{type}' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'");
        }

        if (names.Count == 0)
            throw AnthropicRules.Bad("tool_choice: tool_choice may only be specified while providing tools.");
        if (thinking && type is ("any" or "tool"))
            throw AnthropicRules.Bad("Thinking may not be enabled when tool_choice forces tool use.");
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$", RegexOptions.None, 10_000)]
    private static partial Regex NameForm();

    [GeneratedRegex("^[a-zA-Z0-9_.-]{1,64}$", RegexOptions.None, 10_000)]
    private static partial Regex PropertyForm();
}

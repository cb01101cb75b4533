using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.CodeWhisperer;

/// <summary>The rules of declared tools: short names, a description, and a schema without what spoils the whole request.</summary>
internal static partial class CodeWhispererToolRules
{
    private const int LongestDescription = 10_240;

    private static readonly string[] Refused = ["additionalProperties", "$schema", "$id", "$ref", "$defs", "definitions"];

    /// <summary>The names of the tools, in any case.</summary>
    public static HashSet<string> Declared(JsonNode? tools)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (tools is null) return names;
        if (tools.Arr() is not { Count: > 0 } list) throw CodeWhispererRules.Malformed("tools is empty");
        foreach (var tool in list)
        {
            if (tool is not JsonObject { Count: 1 } || tool["toolSpecification"] is not JsonObject specification) throw CodeWhispererRules.Malformed("a tool that is no toolSpecification");
            CodeWhispererRules.Only(specification, ["name", "description", "inputSchema"], "toolSpecification");
            if (specification["name"].Str() is not { } name || !Name().IsMatch(name)) throw CodeWhispererRules.Malformed("a tool's name");
            if (!names.Add(name)) throw CodeWhispererRules.Malformed("a tool declared twice");
            if (specification["description"].Str() is not { } description || string.IsNullOrWhiteSpace(description) || Encoding.UTF8.GetByteCount(description) > LongestDescription)
                throw CodeWhispererRules.Malformed("a tool's description");
            if (specification["inputSchema"]?["json"] is not JsonObject schema || schema["type"].Str() != "object" || schema["properties"] is not JsonObject)
                throw CodeWhispererRules.Malformed("a tool's schema is no object with properties");
            Schema(schema);
        }

        return names;
    }

    private static void Schema(JsonObject schema)
    {
        foreach (var (name, value) in schema)
        {
            if (Refused.Contains(name)) throw CodeWhispererRules.Malformed($"{name} in a schema");
            if (name == "required" && (value is not JsonArray { Count: > 0 } names || names.Any(static item => item.Str() is null))) throw CodeWhispererRules.Malformed("required in a schema");
            if (name == "type" && value.Str() is null) throw CodeWhispererRules.Malformed("several types in a schema");
            if (name == "properties")
            {
                // Names of properties are the client's own.
                foreach (var (_, property) in value as JsonObject ?? [])
                    if (property is JsonObject inner) Schema(inner);
            }
            else if (value is JsonObject inner && name is not ("enum" or "const" or "default" or "example" or "examples"))
            {
                Schema(inner);
            }
            else if (value is JsonArray items && name is "anyOf" or "oneOf" or "allOf" or "prefixItems")
            {
                foreach (var item in value.Arr().OfType<JsonObject>()) Schema(item);
            }
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, 10_000)]
    private static partial Regex Name();
}

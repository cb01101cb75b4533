using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Gemini;

/// <summary>Gemini's schema dialect: a closed set of keywords, anything else is an unknown field.</summary>
internal static class GeminiSchemaRules
{
    private static readonly HashSet<string> Types = new(StringComparer.OrdinalIgnoreCase) { "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL", "TYPE_UNSPECIFIED" };

    public static void Check(JsonObject schema, string path)
    {
        GeminiRules.Closed(
            schema, path, "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required", "minProperties", "maxProperties",
            "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default", "items", "minimum", "maximum");
        if (schema["type"] is JsonArray)
            throw GeminiRules.Bad($"Invalid JSON payload received. Unknown name \"type\" at '{path}': Proto field is not repeating, cannot start list.", path);
        var type = schema["type"].Str() ?? "";
        if (schema["type"] is { } node && !Types.Contains(type))
            throw GeminiRules.Bad($"Invalid value at '{path}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), {JsonExtensions.Text(node)}", $"{path}.type");
        type = type.ToUpperInvariant();
        var request = $"* GenerateContentRequest.{path}";
        if (schema["enum"] is JsonArray values)
        {
            if (values.FirstOrDefault(value => value.Str() is null) is { } other)
                throw GeminiRules.Bad($"Invalid value at '{path}.enum[0]' (TYPE_STRING), {JsonExtensions.Text(other)}", $"{path}.enum");
            if (type != "STRING")
                throw GeminiRules.Bad($"{request}.enum: only allowed for STRING type\n");
            if (values.Any(value => value.Str()!.Length == 0))
                throw GeminiRules.Bad($"{request}.enum[0]: cannot be empty\n");
        }

        if (type == "ARRAY" && schema["items"] is null)
            throw GeminiRules.Bad($"{request}.items: missing field.\n");
        if (type == "OBJECT" && schema["properties"] is JsonObject { Count: 0 })
            throw GeminiRules.Bad($"{request}.properties: should be non-empty for OBJECT type\n");
        if (schema["format"].Str() is { } format && type == "STRING" && format is not ("enum" or "date-time"))
            throw GeminiRules.Bad($"{request}.format: only 'enum' and 'date-time' are supported for STRING type\n");
        var properties = schema["properties"] as JsonObject ?? [];
        var required = schema["required"].Arr();
        for (var i = 0; i < required.Count; i++)
        {
            if (!properties.ContainsKey(required[i].Str() ?? ""))
                throw GeminiRules.Bad($"{request}.required[{i}]: property is not defined\n");
        }

        foreach (var (name, property) in properties.ToList())
            Check(GeminiRules.Object(property, $"{path}.properties[{name}]"), $"{path}.properties[{name}]");
        if (schema["items"] is { } items)
            Check(GeminiRules.Object(items, $"{path}.items"), $"{path}.items");
        var choices = schema["anyOf"].Arr();
        for (var i = 0; i < choices.Count; i++)
            Check(GeminiRules.Object(choices[i], $"{path}.any_of[{i}]"), $"{path}.any_of[{i}]");
    }
}

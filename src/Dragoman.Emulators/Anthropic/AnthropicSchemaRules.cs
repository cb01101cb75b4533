using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>What Anthropic takes of JSON Schema where it binds the model to one: answer formats and strict tools, at home and on Bedrock.</summary>
internal static class AnthropicSchemaRules
{
    private static readonly string[] Known =
    [
        "type", "properties", "required", "additionalProperties", "items", "anyOf", "allOf", "enum", "const", "title", "description", "format", "pattern", "default",
        "minItems", "$ref", "$defs", "definitions", "$schema", "$id", "$comment",
    ];

    private static readonly string[] Formats = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

    /// <summary>Refuses a schema that is not closed, refers to itself or uses a keyword that is not taken.</summary>
    public static void Check(JsonObject schema, string path)
    {
        Check(schema, schema, path, []);
    }

    private static void Check(JsonObject root, JsonObject schema, string path, List<string> open)
    {
        if (schema["$ref"].Str() is { } pointer)
        {
            if (open.Contains(pointer) || pointer == "#")
                throw AnthropicRules.Bad($"{path}: Circular reference detected in schema definitions. Recursive schemas are not currently supported");
            var name = pointer[(pointer.LastIndexOf('/') + 1)..];
            if ((root["$defs"] ?? root["definitions"])?[name] is JsonObject target)
                Check(root, target, $"{path}.{name}", [.. open, pointer]);
            return;
        }

        var type = schema["type"].Str();
        foreach (var (name, value) in schema)
        {
            if (!Known.Contains(name) || (name == "minItems" && value.Int() is not (0 or 1)))
                throw AnthropicRules.Bad($"{path}: For '{type ?? "any"}' type, property '{name}' is not supported");
        }

        if (!schema.ContainsKey("type") && !schema.ContainsKey("anyOf") && !schema.ContainsKey("allOf") && !schema.ContainsKey("enum") && !schema.ContainsKey("const"))
            throw AnthropicRules.Bad($"{path}: Empty schema that accepts any JSON value is not supported");
        if (schema["format"].Str() is { } format && !Formats.Contains(format))
            throw AnthropicRules.Bad($"{path}: String format '{format}' is not supported");
        if (schema["enum"].Arr().Any(value => value is JsonObject or JsonArray))
            throw AnthropicRules.Bad($"{path}.enum: Enum values must be simple");
        if ((type == "object" || schema["type"].Arr().Any(one => one.Str() == "object")) && schema["additionalProperties"].Bool() != false)
            throw AnthropicRules.Bad($"{path}: For 'object' type, 'additionalProperties' must be explicitly set to false");
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            if (property is JsonObject inner)
                Check(root, inner, $"{path}.properties.{name}", open);
        }

        if (schema["items"] is JsonObject items)
            Check(root, items, $"{path}.items", open);
        foreach (var word in (ReadOnlySpan<string>)["anyOf", "allOf"])
        {
            var choices = schema[word].Arr();
            for (var i = 0; i < choices.Count; i++)
            {
                if (choices[i] is JsonObject choice)
                    Check(root, choice, $"{path}.{word}.{i}", open);
            }
        }
    }
}

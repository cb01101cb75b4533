using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>What OpenAI demands of function names and JSON schemas, with and without strict mode.</summary>
internal static partial class OpenAiSchemaRules
{
    private static readonly string[] NotInStrict =
        [
            "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames", "unevaluatedProperties", "contains",
            "uniqueItems", "prefixItems", "minLength", "maxLength", "minProperties", "maxProperties", "default", "nullable", "examples",
        ];

    private static readonly string[] NotAtTheTop = ["oneOf", "anyOf", "allOf", "enum", "not"];

    public static void Name(JsonNode? node, string path)
    {
        var name = node.Str() ?? throw (node is null ? OpenAiErrors.Missing(path) : OpenAiErrors.WrongType(path, "a string", node));
        if (name.Length == 0)
            throw OpenAiErrors.Bad($"Invalid '{path}': empty string. Expected a string with minimum length 1, but got an empty string instead.", path, "empty_string");
        if (name.Length > 64)
            throw OpenAiErrors.Bad($"Invalid '{path}': string too long. Expected a string with maximum length 64, but got a string with length {name.Length} instead.", path, "string_above_max_length");
        if (!NameForm().IsMatch(name))
            throw OpenAiErrors.Bad($"Invalid '{path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.", path, "invalid_value");
    }

    public static void Function(string name, JsonNode? schema, bool strict, string param)
    {
        if (schema is null)
        {
            if (strict)
                throw Wrong($"function '{name}'", "()", "'additionalProperties' is required to be supplied and to be false.", param, "invalid_function_parameters");
            return;
        }

        if (schema is not JsonObject rules)
            throw OpenAiErrors.WrongType(param, "an object", schema);
        if (rules["type"].Str() != "object" && rules.Count > 0)
            throw OpenAiErrors.Bad($"Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{rules["type"].Str() ?? "None"}\"'.", param, "invalid_function_parameters");
        if (Array.Exists(NotAtTheTop, rules.ContainsKey))
            throw OpenAiErrors.Bad($"Invalid schema for function '{name}': schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.", param, "invalid_function_parameters");
        if (rules["type"].Str() == "object" && !rules.ContainsKey("properties") && !strict)
            throw OpenAiErrors.Bad($"Invalid schema for function '{name}': In context=(), object schema missing properties.", param, "invalid_function_parameters");
        Check(rules, $"function '{name}'", [], strict, param, "invalid_function_parameters");
    }

    public static void Format(string name, JsonNode? schema, bool strict, string param)
    {
        if (schema is not JsonObject rules)
            throw schema is null ? OpenAiErrors.Missing(param) : OpenAiErrors.WrongType(param, "an object", schema);
        if (strict && rules["type"].Str() != "object")
            throw OpenAiErrors.Bad($"Invalid schema for response_format '{name}': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{rules["type"].Str() ?? "None"}\"'.", param, "invalid_json_schema");
        if (strict && rules.ContainsKey("anyOf"))
            throw OpenAiErrors.Bad($"Invalid schema for response_format '{name}': schema must have type 'object' and not have 'anyOf' at the top level.", param, "invalid_json_schema");
        Check(rules, $"response_format '{name}'", [], strict, param, "invalid_json_schema");
    }

    private static void Check(JsonObject rules, string what, string[] path, bool strict, string param, string code)
    {
        var context = path.Length switch { 0 => "()", 1 => $"('{path[0]}',)", _ => $"({string.Join(", ", path.Select(step => $"'{step}'"))})" };
        if (strict)
        {
            foreach (var word in NotInStrict)
            {
                if (rules.ContainsKey(word))
                    throw Wrong(what, context, $"'{word}' is not permitted.", param, code);
            }

            if (!rules.ContainsKey("type") && !rules.ContainsKey("anyOf") && !rules.ContainsKey("$ref") && !rules.ContainsKey("enum") && !rules.ContainsKey("const"))
                throw Wrong(what, context, "schema must have a 'type' key.", param, code);
            if (rules["type"].Str() == "object" || rules.ContainsKey("properties"))
                Object(rules, what, context, param, code);
        }

        if (rules["type"].Str() == "array" && !rules.ContainsKey("items"))
            throw Wrong(what, context, "array schema missing items.", param, code);
        foreach (var holder in (ReadOnlySpan<string>)["properties", "$defs", "definitions"])
        {
            foreach (var (name, property) in rules[holder] as JsonObject ?? [])
            {
                if (property is JsonObject inner)
                    Check(inner, what, [.. path, holder, name], strict, param, code);
            }
        }

        if (rules["items"] is JsonObject items)
            Check(items, what, [.. path, "items"], strict, param, code);
        var choices = rules["anyOf"].Arr();
        for (var i = 0; i < choices.Count; i++)
        {
            if (choices[i] is JsonObject choice)
                Check(choice, what, [.. path, "anyOf", i.ToString(System.Globalization.CultureInfo.InvariantCulture)], strict, param, code);
        }
    }

    private static void Object(JsonObject rules, string what, string context, string param, string code)
    {
        if (rules["additionalProperties"].Bool() != false)
            throw Wrong(what, context, "'additionalProperties' is required to be supplied and to be false.", param, code);
        var properties = (rules["properties"] as JsonObject ?? []).Select(property => property.Key).ToList();
        var required = rules["required"].Arr().Select(name => name.Str()).ToList();
        if (properties.Find(name => !required.Contains(name)) is { } missing)
            throw Wrong(what, context, $"'required' is required to be supplied and to be an array including every key in properties. Missing '{missing}'.", param, code);
        if (required.Find(name => name is not null && !properties.Contains(name)) is { } extra)
            throw Wrong(what, context, $"'required' is required to be supplied and to be an array including every key in properties. Extra required key '{extra}' supplied.", param, code);
    }

    private static Refusal Wrong(string what, string context, string why, string param, string code) =>
        OpenAiErrors.Bad($"Invalid schema for {what}: In context={context}, {why}", param, code);

    [GeneratedRegex("^[a-zA-Z0-9_-]+$", RegexOptions.None, 10_000)]
    private static partial Regex NameForm();
}

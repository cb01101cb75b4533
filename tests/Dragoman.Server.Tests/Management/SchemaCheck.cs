using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Management;

/// <summary>Holds JSON against the schemas of an OpenAPI 3.1 document: the keywords that the document uses, and a fault for any other.</summary>
internal sealed class SchemaCheck(JsonNode document)
{
    private static readonly HashSet<string> Known =
        ["$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "oneOf", "anyOf", "format", "description", "title", "default", "pattern", "minimum", "maximum", "examples"];

    public List<string> Faults { get; } = [];

    public void Check(JsonNode? schema, JsonNode? value, string at)
    {
        if (schema is not JsonObject rules) return;
        foreach (var (keyword, _) in rules)
            if (!Known.Contains(keyword)) Faults.Add($"{at}: the schema uses '{keyword}', which this check does not know");
        if (rules["$ref"]?.GetValue<string>() is { } reference)
        {
            Check(Resolve(reference), value, at);
            return;
        }

        if ((rules["oneOf"] ?? rules["anyOf"]) is JsonArray branches)
        {
            if (!branches.Any(branch => Passes(branch, value))) Faults.Add($"{at}: fits none of the branches: {value?.ToJsonString()}");
            return;
        }

        if (rules["type"] is { } type && !OfType(type, value))
        {
            Faults.Add($"{at}: {value?.ToJsonString() ?? "null"} is not {type.ToJsonString()}");
            return;
        }

        if (rules["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) Faults.Add($"{at}: {value?.ToJsonString()} is none of {words.ToJsonString()}");
        if (rules["format"]?.GetValue<string>() == "date-time" && value is JsonValue time
            && !DateTimeOffset.TryParse(time.GetValue<string>(), CultureInfo.InvariantCulture, out _)) Faults.Add($"{at}: {time} is no time");
        if (value is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++) Check(rules["items"], array[i], $"{at}[{i}]");
        }

        if (value is JsonObject members) CheckMembers(rules, members, at);
    }

    private void CheckMembers(JsonObject rules, JsonObject members, string at)
    {
        foreach (var name in rules["required"]?.AsArray() ?? [])
            if (!members.ContainsKey(name!.GetValue<string>())) Faults.Add($"{at}: '{name}' is missing");
        foreach (var (name, value) in members)
        {
            if (rules["properties"]?[name] is { } own) Check(own, value, $"{at}.{name}");
            else if (rules["additionalProperties"] is JsonObject other) Check(other, value, $"{at}.{name}");
            else if (rules["additionalProperties"] is JsonValue closed && !closed.GetValue<bool>()) Faults.Add($"{at}: '{name}' is not in the schema");
        }
    }

    private bool Passes(JsonNode? schema, JsonNode? value)
    {
        var inner = new SchemaCheck(document);
        inner.Check(schema, value, "");
        return inner.Faults.Count == 0;
    }

    private JsonNode? Resolve(string reference)
    {
        var node = document;
        foreach (var step in reference.TrimStart('#', '/').Split('/')) node = node?[step];
        if (node is null) Faults.Add($"{reference} leads nowhere");
        return node;
    }

    private static bool OfType(JsonNode type, JsonNode? value)
        => type is JsonArray several ? several.Any(one => OfType(one!, value)) : type.GetValue<string>() switch
        {
            "null" => value is null,
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "string" => value is JsonValue && value.GetValueKind() == JsonValueKind.String,
            "boolean" => value is JsonValue && value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "number" => value is JsonValue && value.GetValueKind() == JsonValueKind.Number,
            "integer" => value is JsonValue && value.GetValueKind() == JsonValueKind.Number && value.ToJsonString().AsSpan().IndexOfAny('.', 'e') < 0,
            _ => false,
        };
}

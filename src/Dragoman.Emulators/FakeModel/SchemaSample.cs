using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.FakeModel;

/// <summary>The smallest value that a JSON schema (or Gemini's dialect of it, with upper-case types) accepts.</summary>
internal static class SchemaSample
{
    private const int Deepest = 12;

    public static JsonNode? For(JsonNode? schema) => Sample(schema, schema, 0);

    private static JsonNode? Sample(JsonNode? schema, JsonNode? root, int depth)
    {
        if (schema is not JsonObject rules || depth > Deepest)
            return new JsonObject();
        if (rules["$ref"].Str() is { } reference)
            return Sample(Resolve(reference, root), root, depth + 1);
        if (rules.ContainsKey("const"))
            return rules["const"]?.DeepClone();
        if (rules["enum"] is JsonArray { Count: > 0 } values)
            return values[0]?.DeepClone();
        if ((rules["anyOf"] ?? rules["oneOf"]) is JsonArray { Count: > 0 } choices && rules["properties"] is null)
            return Sample(choices[0], root, depth + 1);
        if (rules["allOf"] is JsonArray { Count: > 0 } parts)
        {
            var merged = new JsonObject();
            foreach (var part in parts.Append(rules["properties"] is null ? null : rules))
            {
                if (part is not null && SampleWithoutAllOf(part, root, depth + 1) is JsonObject sample)
                {
                    foreach (var (name, value) in sample)
                        merged[name] = value?.DeepClone();
                }
            }

            return merged;
        }

        return Typed(rules, root, depth);
    }

    private static JsonNode? SampleWithoutAllOf(JsonNode part, JsonNode? root, int depth)
    {
        if (part is not JsonObject rules || !rules.ContainsKey("allOf"))
            return Sample(part, root, depth);
        return Typed(rules, root, depth);
    }

    private static JsonNode? Typed(JsonObject rules, JsonNode? root, int depth)
    {
        var type = rules["type"] is JsonArray { Count: > 0 } several
            ? several.Select(item => item.Str()).FirstOrDefault(item => item != "null")
            : rules["type"].Str();
        type = type?.ToLowerInvariant() ?? (rules["properties"] is null ? rules["items"] is null ? "string" : "array" : "object");
        switch (type)
        {
            case "object":
                var sample = new JsonObject();
                var required = rules["required"].Arr().Select(name => name.Str()).ToHashSet(StringComparer.Ordinal);
                foreach (var (name, property) in rules["properties"] as JsonObject ?? [])
                {
                    if (required.Contains(name))
                        sample[name] = Sample(property, root, depth + 1);
                }

                return sample;
            case "array":
                var items = new JsonArray();
                for (var i = 0; i < (rules["minItems"].Int() ?? 0); i++)
                    items.Add(Sample(rules["items"], root, depth + 1));
                return items;
            case "integer" or "number":
                var least = rules["minimum"].Num() ?? (rules["exclusiveMinimum"].Num() + 1) ?? 0;
                var most = rules["maximum"].Num() ?? double.MaxValue;
                var number = Math.Min(Math.Max(least, 0), most);
                return type == "integer" ? JsonValue.Create((long)Math.Ceiling(number)) : JsonValue.Create(number);
            case "boolean":
                return JsonValue.Create(true);
            case "null":
                return null;
            default:
                return JsonValue.Create(Text(rules));
        }
    }

    private static string Text(JsonObject rules)
    {
        var text = rules["format"].Str() switch
        {
            "date-time" => "2026-01-02T03:04:05Z",
            "date" => "2026-01-02",
            "time" => "03:04:05Z",
            "email" => "a@example.com",
            "uri" => "https://example.com/",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            _ => "example",
        };
        var shortest = rules["minLength"].Int() ?? 0;
        var longest = rules["maxLength"].Int() ?? int.MaxValue;
        if (text.Length < shortest)
            text = text.PadRight(shortest, 'x');
        return text.Length > longest ? text[..longest] : text;
    }

    private static JsonNode? Resolve(string reference, JsonNode? root)
    {
        var node = root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node is JsonArray list && int.TryParse(name, CultureInfo.InvariantCulture, out var at) && at < list.Count ? list[at] : (node as JsonObject)?[name];
        }

        return node;
    }
}

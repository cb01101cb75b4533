using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>Makes one schema of two that apply together, or of several of which one applies.</summary>
internal static class SchemaJoin
{
    /// <summary>The schema of values that match both; where the two contradict each other the first one's word stands.</summary>
    public static JsonNode? Both(JsonNode? first, JsonNode? second)
    {
        if (JsonNode.DeepEquals(first, second)) return first?.DeepClone();
        if (first is not JsonObject one) return SchemaTree.IsFalse(first) ? first!.DeepClone() : second?.DeepClone();
        var result = one.DeepClone().AsObject();
        if (second is not JsonObject other) return result;
        foreach (var (name, value) in other)
        {
            if (!result.TryGetPropertyValue(name, out var known)) result[name] = value?.DeepClone();
            else if (JsonNode.DeepEquals(known, value)) continue;
            else if (name == "properties" && known is JsonObject mine && value is JsonObject theirs) AddProperties(mine, theirs);
            else if (name == "required") result[name] = Array(SchemaTree.GetStrings(known).Union(SchemaTree.GetStrings(value)));
            else if (name == "enum" && known is JsonArray list && value is JsonArray others) Narrow(result, list, others);
            else if (name == "type" && SchemaTree.Text(known) == "number" && SchemaTree.Text(value) == "integer") result[name] = "integer";
        }

        if (result["const"] is { } only && result["enum"] is JsonArray values && values.Any(value => JsonNode.DeepEquals(value, only))) result.Remove("enum");
        return result;
    }

    /// <summary>The schema of values that match any of several: constants become one <c>enum</c>, different shapes stand in an <c>anyOf</c>.</summary>
    public static JsonNode? Any(IReadOnlyList<JsonNode?> schemas)
    {
        var open = new List<JsonNode?>();
        foreach (var schema in schemas) Unfold(schema, open);
        if (open.Count == 1) return open[0]?.DeepClone();
        if (open.Exists(IsAnything)) return Described(new JsonObject(), open);
        var constants = open.FindAll(IsConstant);
        var parts = new List<JsonNode?>();
        if (constants.Count > 0) parts.Add(constants.Count == 1 ? constants[0]!.DeepClone() : Constants(constants));
        foreach (var schema in open.Where(schema => !IsConstant(schema)))
        {
            // Schemas that differ in their words alone are one.
            var twin = parts.FindIndex(part => part is JsonObject && JsonNode.DeepEquals(Bare(part), Bare(schema)));
            if (twin < 0) parts.Add(schema?.DeepClone());
            else parts[twin] = Described(parts[twin]!.DeepClone().AsObject(), [parts[twin], schema]);
        }

        if (parts.Count == 1) return parts[0];
        return new JsonObject { ["anyOf"] = new JsonArray([.. parts]) };
    }

    /// <summary>Adds properties to those of an object that both describe.</summary>
    public static void AddProperties(JsonObject properties, JsonObject more)
    {
        foreach (var (name, value) in more) properties[name] = properties.TryGetPropertyValue(name, out var known) ? Both(known, value) : value?.DeepClone();
    }

    /// <summary>An array of texts.</summary>
    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]);

    private static void Unfold(JsonNode? schema, List<JsonNode?> open)
    {
        if (schema is JsonObject { Count: 1 } alternatives && alternatives["anyOf"] is JsonArray list && list.Count > 0)
        {
            foreach (var inner in list) Unfold(inner, open);
        }
        else if (!SchemaTree.IsFalse(schema) && !open.Exists(known => JsonNode.DeepEquals(known, schema)))
        {
            open.Add(schema);
        }
    }

    private static bool IsAnything(JsonNode? schema) => schema is not JsonObject item || item.All(member => member.Key is "description" or "title" or "default");

    private static bool IsConstant(JsonNode? schema) => schema is JsonObject item && (item.ContainsKey("const") || item["enum"] is JsonArray)
        && item.All(member => member.Key is "const" or "enum" or "type" or "title" or "description" or "default");

    private static JsonObject Constants(List<JsonNode?> schemas)
    {
        var values = new List<JsonNode?>();
        var types = new List<string>();
        var words = new List<string>();
        foreach (var schema in schemas.ConvertAll(schema => schema!.AsObject()))
        {
            IReadOnlyList<JsonNode?> own = schema.TryGetPropertyValue("const", out var only) ? [only] : [.. schema["enum"]!.AsArray()];
            foreach (var value in own)
            {
                if (!values.Exists(known => JsonNode.DeepEquals(known, value))) values.Add(value);
            }

            var named = SchemaTree.Types(schema);
            foreach (var type in named.Count > 0 ? named : own.Select(TypeOf).Distinct())
            {
                if (!types.Contains(type)) types.Add(type);
            }

            if (SchemaTree.Text(schema["description"]) is { Length: > 0 } description) words.Add($"{string.Join(", ", own.Select(SchemaTree.Show))}: {description}");
        }

        var result = new JsonObject();
        if (types.Count == 1) result["type"] = types[0];
        result["enum"] = new JsonArray([.. values.Select(value => value?.DeepClone())]);
        var same = schemas.Select(schema => SchemaTree.Text(schema!["description"])).Distinct().ToList();
        if (same is [{ Length: > 0 } one]) result["description"] = one;
        else if (words.Count > 0) result["description"] = string.Join("; ", words);
        return result;
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        _ => value.ToJsonString().AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? "integer" : "number",
    };

    private static JsonNode? Bare(JsonNode? schema)
    {
        if (schema is not JsonObject) return schema;
        var bare = schema.DeepClone().AsObject();
        bare.Remove("description");
        bare.Remove("title");
        return bare;
    }

    private static JsonObject Described(JsonObject schema, List<JsonNode?> from)
    {
        var words = from.Select(source => SchemaTree.Text((source as JsonObject)?["description"])).Where(text => !string.IsNullOrEmpty(text)).Distinct().ToList();
        if (words.Count > 0) schema["description"] = string.Join(" | ", words);
        return schema;
    }

    private static void Narrow(JsonObject schema, JsonArray mine, JsonArray theirs)
    {
        var common = mine.Where(value => theirs.Any(other => JsonNode.DeepEquals(value, other))).Select(value => value?.DeepClone()).ToList();
        if (common.Count > 0) schema["enum"] = new JsonArray([.. common]);
    }
}

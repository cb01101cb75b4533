using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// A schema as a tree, for the rewritings that have to compare and join whole schemas. They are rare and their results are remembered
/// (<see cref="SchemaCache"/>), so a tree costs once what the streaming <see cref="SchemaRewriter"/> would save every time.
/// </summary>
internal static class SchemaTree
{
    /// <summary>How deep schemas are followed; what lies deeper is taken as any value.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonReading.MaxDepth };

    /// <summary>The tree of an object's schema, or null where the bytes are no object. Of members that stand twice the last one counts.</summary>
    public static JsonObject? Parse(JsonSlice schema)
    {
        if (!schema.IsObject) return null;
        using var document = JsonDocument.Parse(schema.Bytes, Reading);
        return Copy(document.RootElement.Clone()) as JsonObject;
    }

    /// <summary>The bytes of a tree.</summary>
    public static JsonSlice Write(JsonNode tree)
    {
        using var output = new PooledBuffer(512);
        var writer = JsonWriting.Rent(output);
        tree.WriteTo(writer);
        JsonWriting.Return(writer);
        return new JsonSlice(output.WrittenMemory).Detach();
    }

    /// <summary>What a local reference (<c>#/$defs/Name</c>) points to, or null.</summary>
    public static JsonNode? Resolve(JsonObject root, string pointer)
    {
        if (pointer == "#") return root;
        if (!pointer.StartsWith("#/", StringComparison.Ordinal)) return null;
        JsonNode? current = root;
        foreach (var raw in pointer[2..].Split('/'))
        {
            var step = Uri.UnescapeDataString(raw).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            current = current switch
            {
                JsonObject item => item[step],
                JsonArray list when int.TryParse(step, out var index) && index >= 0 && index < list.Count => list[index],
                _ => null,
            };
        }

        return current;
    }

    /// <summary>The text of a node that is a string; else null.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>Whether a node is the literal <c>false</c>.</summary>
    public static bool IsFalse(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.False;

    /// <summary>The objects of an array; empty for anything else.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? array) => array is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <summary>The texts of an array of strings; empty for anything else.</summary>
    public static List<string> GetStrings(JsonNode? array)
    {
        var texts = new List<string>();
        foreach (var node in array as JsonArray ?? [])
        {
            if (Text(node) is { } text && !texts.Contains(text)) texts.Add(text);
        }

        return texts;
    }

    /// <summary>The types a schema names, in lower case; empty where it names none.</summary>
    public static List<string> Types(JsonObject schema)
        => schema["type"] is JsonArray list ? [.. GetStrings(list).ConvertAll(type => type.ToLowerInvariant()).Distinct()]
            : Text(schema["type"]) is { } type ? [type.ToLowerInvariant()] : [];

    /// <summary>A value as people write it: strings without quotes and escapes, the rest as JSON.</summary>
    public static string Show(JsonNode? node) => Text(node) ?? Spell(node);

    /// <summary>A value as JSON, with no more escapes than JSON demands.</summary>
    public static string Spell(JsonNode? node) => node?.ToJsonString(Spelling) ?? "null";

    /// <summary>Says something behind the description that a schema has.</summary>
    public static void Describe(JsonObject schema, string words)
    {
        var known = Text(schema["description"]);
        if (known?.Contains(words, StringComparison.Ordinal) == true) return;
        schema["description"] = string.IsNullOrEmpty(known) ? words : $"{known}\n\n{words}";
    }

    private static readonly JsonSerializerOptions Spelling = new() { Encoder = JsonWriting.Encoder };

    private static JsonNode? Copy(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var item = new JsonObject();
                foreach (var member in element.EnumerateObject()) item[member.Name] = Copy(member.Value);
                return item;
            case JsonValueKind.Array:
                var list = new JsonArray();
                foreach (var value in element.EnumerateArray()) list.Add(Copy(value));
                return list;
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            default:
                return JsonValue.Create(element);
        }
    }
}

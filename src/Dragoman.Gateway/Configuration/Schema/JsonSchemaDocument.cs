using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>
/// Described keys as JSON Schema (draft 2020-12). It takes what the readers take: a number or a switch may also be written as a text, or as <c>${NAME}</c>; a key without a value counts as absent; unknown keys
/// are no fault, and marked as such. What is the same in several places stands once, under <c>$defs</c>.
/// </summary>
public static class JsonSchemaDocument
{
    /// <summary>Objects of at least so many characters that stand in several places are written once.</summary>
    private const int Shared = 160;

    private const string Variable = @"\$\{";
    private const string Nothing = "The key is kept and does nothing.";

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a schema.</summary>
    public static string TextOf(JsonObject schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema.ToJsonString(Layout) + "\n";
    }

    /// <summary>The schema of a document with these keys.</summary>
    /// <param name="title">What the document is.</param>
    /// <param name="fields">The keys.</param>
    /// <param name="foreign">Keys of another system that are accepted and do nothing; null for none.</param>
    public static JsonObject From(string title, IReadOnlyList<SettingField> fields, UnsupportedSettings? foreign)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var body = Map(fields, foreign);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        Count(body, counts);
        var definitions = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        Share(body, counts, definitions, names);
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title };
        foreach (var (key, value) in body.ToList())
        {
            body.Remove(key);
            schema[key] = value;
        }

        schema["$defs"] = new JsonObject(definitions);
        return schema;
    }

    private static JsonObject Map(IReadOnlyList<SettingField> fields, UnsupportedSettings? foreign)
    {
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            properties[field.Name] = Property(field);
            foreach (var alias in field.Aliases) properties[alias] = Deprecated(Property(field), $"Another spelling of {field.Name}.");
        }

        foreach (var name in (foreign?.Names ?? []).Where(name => !properties.ContainsKey(name)).Order(StringComparer.Ordinal))
        {
            var reason = foreign!.Find(name)!;
            properties[name] = new JsonObject { ["description"] = reason.Length == 0 ? $"Read for compatibility. {Nothing}" : $"Not supported: {reason} {Nothing}", ["deprecated"] = true };
        }

        var map = new JsonObject { ["type"] = Types("object"), ["properties"] = properties };
        // A key that is needed may have another spelling, which a schema cannot ask for as simply.
        if (fields.Where(static field => field is { IsRequired: true, Aliases.Count: 0 }).Select(static field => (JsonNode)field.Name).ToArray() is { Length: > 0 } needed) map["required"] = new JsonArray(needed);
        map["additionalProperties"] = new JsonObject { ["description"] = "The key is not known and does nothing.", ["deprecated"] = true };
        return map;
    }

    private static JsonObject Property(SettingField field)
    {
        var schema = new JsonObject { ["description"] = field.Description };
        foreach (var (key, value) in Shape(field).ToList())
            schema[key] = value?.DeepClone();
        if (field.IsSecret) schema["writeOnly"] = true;
        if (field.Section is { } section) schema["x-section"] = section;
        if (field.Default is { } text) schema["default"] = DefaultOf(field.Type, text);
        return field.Deprecated is { } instead ? Deprecated(schema, instead) : schema;
    }

    private static JsonObject Deprecated(JsonObject schema, string words)
    {
        schema["description"] = $"{words} {schema["description"]!.GetValue<string>()}";
        schema["deprecated"] = true;
        return schema;
    }

    private static JsonObject Shape(SettingField field) => field.Type switch
    {
        SettingType.Integer => Bounded(field, new JsonObject { ["type"] = Types("integer", "string"), ["pattern"] = $@"^\s*[+-]?[0-9]+\s*$|{Variable}" }),
        SettingType.Number => Bounded(field, new JsonObject { ["type"] = Types("number", "string"), ["pattern"] = $@"^\s*[+-]?[0-9]*\.?[0-9]+\s*$|{Variable}" }),
        SettingType.Flag => new JsonObject { ["type"] = Types("boolean", "string"), ["pattern"] = $@"^\s*({AnyCase("true", "false", "yes", "no", "on", "off")})\s*$|{Variable}" },
        SettingType.Choice => Choice(field),
        SettingType.Duration => new JsonObject { ["type"] = Types("string", "number"), ["pattern"] = $@"^\s*([0-9.]+(ns|us|µs|ms|s|m|h|d)?)+\s*$|{Variable}", ["examples"] = new JsonArray("30s", "10m", "1h30m") },
        SettingType.Address => new JsonObject { ["type"] = Types("string"), ["pattern"] = $@"^\s*$|^\s*[Hh][Tt][Tt][Pp][Ss]?://|{Variable}" },
        SettingType.Proxy => new JsonObject { ["type"] = Types("string"), ["examples"] = new JsonArray("direct", "http://127.0.0.1:3128", "socks5://127.0.0.1:1080") },
        SettingType.Time => new JsonObject { ["type"] = Types("string"), ["examples"] = new JsonArray("2026-11-30T12:00:00Z") },
        SettingType.TextList => new JsonObject { ["type"] = Types("array"), ["items"] = Text() },
        SettingType.TextOrList => new JsonObject { ["type"] = Types("string", "number", "array"), ["items"] = Text() },
        SettingType.TextMap => new JsonObject { ["type"] = Types("object"), ["additionalProperties"] = Text() },
        SettingType.Map => new JsonObject { ["type"] = Types("object"), ["additionalProperties"] = Property(field.Value!) },
        SettingType.Group => Map(field.Items, field.Foreign),
        SettingType.List => new JsonObject { ["type"] = Types("array"), ["items"] = Item(field) },
        _ => Text(),
    };

    private static JsonObject Item(SettingField field)
    {
        var item = Map(field.Items, field.Foreign);
        item["type"] = field.TakesBareItems ? new JsonArray("object", "string", "number") : "object";
        return item;
    }

    private static JsonObject Text() => new() { ["type"] = Types("string", "number", "boolean") };

    /// <summary>Words are offered as they are documented; other spellings that are read are taken too.</summary>
    private static JsonObject Choice(SettingField field) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray([.. field.Choices.Select(static word => (JsonNode)word)]) },
            new JsonObject { ["type"] = Types("string"), ["pattern"] = $@"^\s*({AnyCase([.. field.Choices, .. field.OtherChoices])})?\s*$|{Variable}" }),
    };

    private static JsonObject Bounded(SettingField field, JsonObject schema)
    {
        if (field.Min is { } min and not int.MinValue) schema["minimum"] = min;
        if (field.Max is { } max and not int.MaxValue) schema["maximum"] = max;
        return schema;
    }

    private static JsonArray Types(params string[] types) => new([.. types.Select(static type => (JsonNode)type), "null"]);

    private static string AnyCase(params string[] words)
        => string.Join('|', words.Select(static word => string.Concat(word.Select(static letter => char.IsAsciiLetter(letter) ? $"[{char.ToUpperInvariant(letter)}{char.ToLowerInvariant(letter)}]" : letter.ToString()))));

    private static JsonNode DefaultOf(SettingType type, string text) => type switch
    {
        SettingType.Flag => text == "true",
        SettingType.Integer => long.Parse(text, CultureInfo.InvariantCulture),
        SettingType.Number => double.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };

    private static void Count(JsonObject schema, Dictionary<string, int> counts)
    {
        foreach (var (_, _, inner) in Within(schema))
        {
            var text = inner.ToJsonString();
            if (text.Length >= Shared) counts[text] = counts.GetValueOrDefault(text) + 1;
            Count(inner, counts);
        }
    }

    /// <summary>Puts what stands in several places under a name, from the outside in.</summary>
    private static void Share(JsonObject schema, Dictionary<string, int> counts, SortedDictionary<string, JsonNode?> definitions, Dictionary<string, string> names)
    {
        foreach (var (owner, key, inner) in Within(schema).ToList())
        {
            var text = inner.ToJsonString();
            if (counts.GetValueOrDefault(text) < 2)
            {
                Share(inner, counts, definitions, names);
                continue;
            }

            if (!names.TryGetValue(text, out var name))
            {
                name = key;
                for (var number = 2; definitions.ContainsKey(name); number++) name = $"{key}-{number}";
                names[text] = name;
                definitions[name] = null;
                var definition = (JsonObject)inner.DeepClone();
                Share(definition, counts, definitions, names);
                definitions[name] = definition;
            }

            owner[key] = new JsonObject { ["$ref"] = $"#/$defs/{name}" };
        }
    }

    /// <summary>The schemas in a schema, each with the object and the key that it stands under.</summary>
    private static IEnumerable<(JsonObject Owner, string Key, JsonObject Schema)> Within(JsonObject schema)
    {
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (key, value) in properties)
                if (value is JsonObject property) yield return (properties, key, property);
        }

        foreach (var key in (string[])["items", "additionalProperties"])
            if (schema[key] is JsonObject inner) yield return (schema, key, inner);
    }
}

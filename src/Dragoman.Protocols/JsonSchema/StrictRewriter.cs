using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>Writes one schema anew under a provider's <see cref="StrictRules"/>.</summary>
/// <remarks>
/// Optional properties for OpenAI: making them required and nullable would put <c>null</c> into answers where the client's own schema wants
/// the member absent, and nearly every answer would then fail the client's check. A schema asked for without <c>strict</c> is followed nearly
/// always. So a property is made required only where its schema takes <c>null</c> anyway; else the schema is unfit and goes out unbound.
/// </remarks>
internal sealed class StrictRewriter(JsonObject root, StrictRules rules)
{
    private const int MostSchemas = 5000;
    private const int LongestWords = 400;

    /// <summary>Keywords that say which members there are, or what stands in them: words do not replace them.</summary>
    private static readonly string[] Shaping =
        ["not", "if", "then", "else", "patternProperties", "dependentRequired", "dependentSchemas", "dependencies", "propertyNames", "contains", "unevaluatedProperties", "unevaluatedItems", "prefixItems", "additionalItems"];

    private readonly List<string> _open = [];
    private readonly SortedSet<string> _reported = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _gone = new(StringComparer.Ordinal);
    private int _schemas;

    /// <summary>Why the schema cannot be made to fit; null where it can.</summary>
    public string? Unfit { get; private set; }

    /// <summary>How many properties may be left out.</summary>
    public int Optional { get; private set; }

    /// <summary>How many schemas have alternatives.</summary>
    public int Unions { get; private set; }

    /// <summary>The schema under the rules.</summary>
    public JsonObject Rewrite()
    {
        var result = Schema(root, 0);
        // Closed, "any object" would be the empty one.
        if (IsObject(result) && result["properties"] is JsonObject { Count: 0 } && !root.ContainsKey("properties") && !SchemaTree.IsFalse(root["additionalProperties"])) Give("it takes any object");
        if (!rules.References) return result;
        if (result["type"] is not JsonValue || SchemaTree.Text(result["type"]) != "object" || result.ContainsKey("anyOf")) Give("its root is no plain object");
        foreach (var name in (ReadOnlySpan<string>)["$defs", "definitions"])
        {
            if (root[name] is not JsonObject definitions || !Keeps(result, name)) continue;
            var kept = new JsonObject();
            foreach (var (definition, schema) in definitions) kept[definition] = Schema(schema, 1);
            result[name] = kept;
        }

        return result;
    }

    /// <summary>Tells what could not be carried.</summary>
    public void Report(Losses losses)
    {
        if (_reported.Count > 0) losses.Approximate("", $"{rules.Dialect.Name} does not take {string.Join(", ", _reported)} here; the schema says it in words");
        if (_gone.Count > 0) losses.Drop("", $"{rules.Dialect.Name} does not take {string.Join(", ", _gone)}");
    }

    private JsonObject Schema(JsonNode? node, int nesting)
    {
        if (++_schemas > MostSchemas) Give("it is too large");
        if (nesting > rules.MaxNesting) Give("it nests too deep");
        if (nesting > SchemaTree.MaxDepth || _schemas > MostSchemas) return new JsonObject { ["type"] = "string" };
        var followed = _open.Count;
        var schema = Resolved(node as JsonObject ?? []);
        var result = Parts(schema, nesting);
        _open.RemoveRange(followed, _open.Count - followed);
        return result;
    }

    /// <summary>The schema with what its reference and its <c>allOf</c> add, and <c>oneOf</c> as the <c>anyOf</c> that both providers know.</summary>
    private JsonObject Resolved(JsonObject schema)
    {
        if (SchemaTree.Text(schema["$ref"]) is { } pointer)
        {
            var target = SchemaTree.Resolve(root, pointer) as JsonObject;
            if (target is null) Give($"its reference {pointer} leads nowhere");
            // OpenAI takes references, recursive ones too, as long as nothing stands beside them.
            if (rules.References && (schema.Count == 1 || _open.Contains(pointer))) return target is null ? [] : new JsonObject { ["$ref"] = pointer };
            if (target is null || _open.Contains(pointer) || _open.Count > 20)
            {
                if (target is not null) Give("it refers to itself");
                return new JsonObject { ["type"] = "object" };
            }

            _open.Add(pointer);
            var own = schema.DeepClone().AsObject();
            own.Remove("$ref");
            return Resolved(SchemaJoin.Both(own, target)!.AsObject());
        }

        if (schema["allOf"] is JsonArray members)
        {
            JsonNode? joined = schema.DeepClone();
            joined!.AsObject().Remove("allOf");
            foreach (var member in SchemaTree.Objects(members)) joined = SchemaJoin.Both(joined, Resolved(member));
            return Resolved(joined!.AsObject());
        }

        if (schema["oneOf"] is not JsonArray alternatives) return schema;
        var copy = schema.DeepClone().AsObject();
        copy.Remove("oneOf");
        if (copy.ContainsKey("anyOf")) _gone.Add("two lists of alternatives");
        else copy["anyOf"] = alternatives.DeepClone();
        return copy;
    }

    private JsonObject Parts(JsonObject schema, int nesting)
    {
        var result = new JsonObject();
        var words = new List<string>();
        foreach (var (name, value) in schema)
        {
            switch (name)
            {
                case "type" or "required" or "additionalProperties" or "enum" or "const" or "nullable" or "$defs" or "definitions":
                    break;
                case "$ref" when rules.References:
                    result[name] = value?.DeepClone();
                    return result;
                case "description":
                    if (SchemaTree.Text(value) is { } description) result[name] = description;
                    else _gone.Add("a description that is no text");
                    break;
                case "properties" when value is JsonObject properties:
                    var kept = new JsonObject();
                    foreach (var (property, inner) in properties) kept[property] = Schema(inner, nesting + 1);
                    result[name] = kept;
                    break;
                case "items" when value is not JsonArray:
                    result[name] = Schema(value, nesting + 1);
                    break;
                case "anyOf" when value is JsonArray { Count: > 0 } alternatives:
                    Unions++;
                    result[name] = new JsonArray([.. alternatives.Select(inner => (JsonNode?)Schema(inner, nesting))]);
                    break;
                case "format" when SchemaTree.Text(value) is { } format && rules.Formats.Contains(format):
                case "minItems" when value?.ToJsonString() is "0" or "1":
                case var _ when rules.Keywords.Contains(name):
                    result[name] = value?.DeepClone();
                    break;
                default:
                    Say(name, value, words);
                    break;
            }
        }

        Values(schema, result, words);
        Type(schema, result, words);
        if (IsObject(result)) Close(schema, result, words);
        if (SchemaTree.Types(result).Contains("array") && !result.ContainsKey("items")) List(schema, result, nesting);
        if (words.Count > 0) SchemaTree.Describe(result, $"{{{string.Join(", ", words)}}}");
        return result;
    }

    private void Say(string name, JsonNode? value, List<string> words)
    {
        if (!rules.Approximates && (Shaping.Contains(name) || name == "items")) Give($"it uses {name}");
        var text = SchemaTree.Show(value);
        if (text.Length > LongestWords)
        {
            _gone.Add(name);
            return;
        }

        words.Add($"{name}: {text}");
        _reported.Add(name);
    }

    /// <summary><c>enum</c> and <c>const</c>: simple values only.</summary>
    private void Values(JsonObject schema, JsonObject result, List<string> words)
    {
        var only = schema.TryGetPropertyValue("const", out var constant);
        var values = only ? [constant] : schema["enum"] as JsonArray is { Count: > 0 } list ? list.ToList() : null;
        if (values is null) return;
        if (values.Exists(value => value is JsonObject or JsonArray))
        {
            if (!rules.Approximates) Give("its constants are not simple values");
            words.Add($"one of: {SchemaTree.Spell(new JsonArray([.. values.Select(value => value?.DeepClone())]))}");
            _reported.Add("enums of lists and objects");
            return;
        }

        // A constant is an enum of one.
        if (only && rules.Constants) result["const"] = constant?.DeepClone();
        else result["enum"] = new JsonArray([.. values.Select(value => value?.DeepClone())]);
    }

    private void Type(JsonObject schema, JsonObject result, List<string> words)
    {
        var types = SchemaTree.Types(schema);
        var nullable = schema["nullable"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.True;
        if (nullable)
        {
            words.Add("nullable: true");
            if (types.Count > 0 && !types.Contains("null")) types.Add("null");
            if (result["enum"] is JsonArray values && !values.Contains(null)) values.Add(null);
        }

        if (types.Count == 0 && !result.ContainsKey("anyOf") && !result.ContainsKey("enum") && !result.ContainsKey("const"))
        {
            if (result.ContainsKey("properties")) types.Add("object");
            else if (result.ContainsKey("items")) types.Add("array");
            else Anything(types);
        }

        if (types.Count > 1) Unions++;
        if (types.Count > 0) result.Insert(0, "type", types.Count == 1 ? JsonValue.Create(types[0]) : SchemaJoin.Array(types));
    }

    /// <summary>A schema that takes any value ("Empty schema that accepts any JSON value is not supported", says Anthropic): any simple one.</summary>
    private void Anything(List<string> types)
    {
        if (!rules.Approximates) Give("a part of it takes any value");
        _reported.Add("a schema of any value");
        types.AddRange(["string", "number", "boolean", "null"]);
    }

    private static bool IsObject(JsonObject schema) => SchemaTree.Types(schema).Contains("object") || schema.ContainsKey("properties");

    private void Close(JsonObject schema, JsonObject result, List<string> words)
    {
        var properties = result["properties"] as JsonObject;
        var open = schema["additionalProperties"];
        // An object that lists no members at all stands for any; one with an empty list for none.
        if (!SchemaTree.IsFalse(open) && (open is not null || properties is null))
        {
            if (!rules.Approximates) Give("an object in it takes members of any name");
            _gone.Add("members that no property names (additionalProperties)");
            if (open is JsonObject rule && SchemaTree.Spell(rule) is { Length: <= LongestWords } text) words.Add($"additionalProperties: {text}");
        }

        if (properties is null) result["properties"] = properties = [];
        var required = SchemaTree.GetStrings(schema["required"]).FindAll(properties.ContainsKey);
        foreach (var (name, inner) in properties)
        {
            if (required.Contains(name)) continue;
            Optional++;
            if (rules.OptionalProperties) continue;
            if (TakesNull(inner)) required.Add(name);
            else Give($"the property {name} may be left out");
        }

        result["additionalProperties"] = false;
        if (required.Count > 0 || !rules.OptionalProperties) result["required"] = SchemaJoin.Array(rules.OptionalProperties ? required : properties.Select(property => property.Key));
    }

    private void List(JsonObject schema, JsonObject result, int nesting)
    {
        // A tuple's places become one list of whatever may stand at any of them.
        var places = (schema["prefixItems"] ?? schema["items"]) as JsonArray;
        result["items"] = places is { Count: > 0 } ? Schema(SchemaJoin.Any([.. places]), nesting + 1) : Schema(new JsonObject(), nesting + 1);
    }

    private bool TakesNull(JsonNode? node, int depth = 0)
    {
        if (node is not JsonObject schema || depth > 8) return false;
        if (schema["enum"] is JsonArray values && !values.Contains(null)) return false;
        if (SchemaTree.Text(schema["$ref"]) is { } pointer) return TakesNull(SchemaTree.Resolve(root, pointer), depth + 1);
        if (SchemaTree.Types(schema).Contains("null")) return true;
        return schema["anyOf"] is JsonArray alternatives && alternatives.Any(inner => TakesNull(inner, depth + 1));
    }

    private static bool Keeps(JsonNode? node, string definitions) => node switch
    {
        JsonObject item => SchemaTree.Text(item["$ref"])?.StartsWith("#/" + definitions, StringComparison.Ordinal) == true || item.Any(member => Keeps(member.Value, definitions)),
        JsonArray list => list.Any(value => Keeps(value, definitions)),
        _ => false,
    };

    private void Give(string reason) => Unfit ??= reason;
}

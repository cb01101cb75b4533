using System.Text.Json.Nodes;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// Folds the branches of a schema's root into one object: the properties of all branches, those of one name joined, and required what
/// every branch requires. What the branches allowed together is said in the description.
/// </summary>
internal sealed class RootUnionFold(JsonObject root)
{
    private const int MostBranches = 500;
    private const int LongestWords = 1500;
    private static readonly string[] Taken = ["type", "properties", "required", "anyOf", "oneOf", "allOf", "$ref", "if", "then", "else", "not", "enum", "const"];
    private readonly List<string> _open = [];
    private int _branches;

    /// <summary>Whether the object takes more than the branches did; <c>allOf</c> and references fold without loss.</summary>
    public bool IsWider { get; private set; }

    /// <summary>The root as one object.</summary>
    public JsonObject Fold()
    {
        var flat = Flatten(root);
        var result = new JsonObject { ["type"] = "object" };
        if (flat.Rest["description"] is { } description) result["description"] = description.DeepClone();
        if (flat.Combinations.Count > 0) SchemaTree.Describe(result, Describe(flat.Combinations));
        result["properties"] = flat.Properties.DeepClone();
        if (flat.Required.Count > 0) result["required"] = SchemaJoin.Array(flat.Required);
        foreach (var (name, value) in flat.Rest)
        {
            if (name is not ("description" or "$defs" or "definitions")) result[name] = value?.DeepClone();
        }

        Inline(result, 0);
        if (!Refers(result)) return result;
        foreach (var name in (ReadOnlySpan<string>)["$defs", "definitions"])
        {
            if (root[name] is JsonObject definitions) result[name] = definitions.DeepClone();
        }

        return result;
    }

    private Flat Flatten(JsonObject schema)
    {
        var flat = new Flat { IsObject = IsObject(schema) };
        foreach (var (name, value) in schema)
        {
            if (!Taken.Contains(name)) flat.Rest[name] = value?.DeepClone();
        }

        if (schema["properties"] is JsonObject properties) SchemaJoin.AddProperties(flat.Properties, properties);
        flat.Required.AddRange(SchemaTree.GetStrings(schema["required"]));
        if (++_branches > MostBranches) return flat;
        if (SchemaTree.Text(schema["$ref"]) is { } pointer && !_open.Contains(pointer) && SchemaTree.Resolve(root, pointer) is JsonObject target && target != root)
        {
            _open.Add(pointer);
            flat.Add(Flatten(target));
            _open.RemoveAt(_open.Count - 1);
        }

        foreach (var member in SchemaTree.Objects(schema["allOf"])) flat.Add(Flatten(member));
        IsWider |= schema["not"] is JsonObject;
        if (schema["not"] is JsonObject not && SchemaTree.Spell(not) is { Length: <= 300 } excluded) flat.Combinations.Add($"not {excluded}");
        foreach (var name in (ReadOnlySpan<string>)["then", "else"])
        {
            // A branch under a condition adds what it knows and asks for nothing.
            if (schema[name] is not JsonObject conditional) continue;
            IsWider = true;
            var maybe = Flatten(conditional);
            maybe.Required.Clear();
            maybe.IsObject = true;
            flat.Add(maybe);
        }

        foreach (var name in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            var branches = SchemaTree.Objects(schema[name]).Select(Flatten).Where(branch => branch.IsObject).ToList();
            IsWider |= branches.Count > 1;
            if (branches.Count > 0) flat.Add(Either(branches));
        }

        return flat;
    }

    private static Flat Either(List<Flat> branches)
    {
        if (branches.Count == 1) return branches[0];
        var flat = new Flat { IsObject = true };
        var names = new List<string>();
        foreach (var branch in branches)
        {
            foreach (var (name, _) in branch.Properties)
            {
                if (!names.Contains(name)) names.Add(name);
            }
        }

        foreach (var name in names)
        {
            var schemas = new List<JsonNode?>();
            foreach (var branch in branches)
            {
                if (branch.Properties.TryGetPropertyValue(name, out var schema)) schemas.Add(schema);
            }

            flat.Properties[name] = SchemaJoin.Any(schemas);
        }

        flat.Required.AddRange(branches[0].Required.Where(name => branches.TrueForAll(branch => branch.Required.Contains(name))));
        foreach (var (name, value) in branches[0].Rest)
        {
            // What all branches say alike (that they are closed, say) holds for the whole.
            if (name is not ("description" or "title") && branches.TrueForAll(branch => branch.Rest.TryGetPropertyValue(name, out var own) && JsonNode.DeepEquals(own, value)))
                flat.Rest[name] = value?.DeepClone();
        }

        var said = branches.ConvertAll(Say);
        if (said.Distinct().Count() > 1) flat.Combinations.Add(string.Join(" or ", said.Distinct()));
        return flat;
    }

    /// <summary>A branch in words: what it is for, what it demands, and what it takes beside that.</summary>
    private static string Say(Flat branch)
    {
        var parts = new List<string>();
        foreach (var name in branch.Required)
        {
            var schema = branch.Properties[name] as JsonObject;
            IReadOnlyList<JsonNode?> values = schema?.TryGetPropertyValue("const", out var only) == true ? [only] : schema?["enum"] is JsonArray list ? [.. list] : [];
            parts.Add(values.Count is > 0 and <= 5 ? $"{name}: {string.Join("|", values.Select(SchemaTree.Spell))}" : name);
        }

        foreach (var (name, schema) in branch.Properties)
        {
            if (branch.Required.Contains(name)) continue;
            parts.Add((schema as JsonObject)?["const"] is { } only ? $"{name}?: {SchemaTree.Spell(only)}" : $"{name}?");
        }

        var words = $"{{{string.Join(", ", parts)}}}";
        if (branch.Combinations.Count > 0) words += $" with {string.Join(" and ", branch.Combinations.ConvertAll(inner => $"({inner})"))}";
        var purpose = SchemaTree.Text(branch.Rest["description"]) ?? SchemaTree.Text(branch.Rest["title"]);
        return string.IsNullOrWhiteSpace(purpose) ? words : $"{purpose.Trim()} {words}";
    }

    private static string Describe(List<string> combinations)
    {
        var words = "Allowed combinations: " + string.Join("; and ", combinations);
        if (words.Length <= LongestWords) return words;
        var end = char.IsHighSurrogate(words[LongestWords - 2]) ? LongestWords - 2 : LongestWords - 1;
        return words[..end] + "…";
    }

    private static bool IsObject(JsonObject schema)
    {
        var types = SchemaTree.Types(schema);
        return types.Count == 0 ? !schema.ContainsKey("enum") && !schema.ContainsKey("const") : types.Contains("object");
    }

    /// <summary>References into the branches that are gone get what they referred to in their place.</summary>
    private void Inline(JsonNode? node, int depth)
    {
        if (depth > SchemaTree.MaxDepth) return;
        if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (Replacement(list[i], depth) is { } target) list[i] = target;
                else Inline(list[i], depth + 1);
            }
        }
        else if (node is JsonObject item)
        {
            foreach (var name in item.Select(member => member.Key).ToList())
            {
                if (Replacement(item[name], depth) is { } target) item[name] = target;
                else Inline(item[name], depth + 1);
            }
        }
    }

    private JsonNode? Replacement(JsonNode? node, int depth)
    {
        if (node is not JsonObject schema || SchemaTree.Text(schema["$ref"]) is not { } pointer) return null;
        if (pointer.Split('/') is not ["#", "anyOf" or "oneOf" or "allOf" or "if" or "then" or "else", ..]) return null;
        var target = _open.Contains(pointer) || ++_branches > MostBranches ? null : SchemaTree.Resolve(root, pointer);
        var result = target?.DeepClone() ?? new JsonObject();
        if (target is null) return result;
        _open.Add(pointer);
        if (Replacement(result, depth) is { } further) result = further;
        else Inline(result, depth + 1);
        _open.RemoveAt(_open.Count - 1);
        return result;
    }

    private static bool Refers(JsonNode? node) => node switch
    {
        JsonObject item => SchemaTree.Text(item["$ref"]) is not null || item.Any(member => Refers(member.Value)),
        JsonArray list => list.Any(Refers),
        _ => false,
    };

    /// <summary>One object's schema, taken apart.</summary>
    private sealed class Flat
    {
        /// <summary>Whether an object can match at all.</summary>
        public bool IsObject { get; set; }

        public JsonObject Properties { get; } = [];

        public List<string> Required { get; } = [];

        /// <summary>The keywords that are carried as they stand.</summary>
        public JsonObject Rest { get; } = [];

        /// <summary>Which members may stand together, one text a union.</summary>
        public List<string> Combinations { get; } = [];

        /// <summary>Adds a schema that applies at the same time.</summary>
        public void Add(Flat other)
        {
            SchemaJoin.AddProperties(Properties, other.Properties);
            Required.AddRange(other.Required.Where(name => !Required.Contains(name)));
            Combinations.AddRange(other.Combinations);
            foreach (var (name, value) in other.Rest)
            {
                if (!Rest.ContainsKey(name)) Rest[name] = value?.DeepClone();
            }
        }
    }
}

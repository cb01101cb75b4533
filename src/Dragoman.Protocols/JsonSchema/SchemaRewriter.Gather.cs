using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

// What a schema consists of, once its references are followed and its parts are merged.
internal sealed partial class SchemaRewriter
{
    private void Gather(SchemaNode node, JsonSlice schema, bool isRoot)
    {
        List<JsonSlice>? members = null;
        List<(SchemaKeyword Word, JsonSlice Value)>? alternatives = null;
        JsonSlice reference = default;
        var reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = JsonText.From(ref reader, schema.Bytes);
            var word = SchemaKeywords.Parse(name.ToUtf8().Span);
            reader.Read();
            var value = JsonSlice.From(ref reader, schema.Bytes);
            switch (word)
            {
                case SchemaKeyword.Ref:
                    Changed = true;
                    if (value.IsString) reference = value;
                    break;
                case SchemaKeyword.Definitions:
                    // Nothing is lost: whatever referred to a definition has got it in its place.
                    Changed = true;
                    break;
                case SchemaKeyword.AllOf when value.IsArray && dialect.IsSubset:
                    Changed = true;
                    (members ??= []).AddRange(Elements(value));
                    break;
                case SchemaKeyword.AnyOf or SchemaKeyword.OneOf when value.IsArray && dialect.IsSubset:
                    (alternatives ??= []).Add((word, value));
                    break;
                case SchemaKeyword.Conditional when dialect.IsSubset || isRoot:
                    Changed = true;
                    _reported.Add("if/then/else");
                    if (!name.Equals("if"u8) && value.IsObject) AddOptional(node, value);
                    break;
                case SchemaKeyword.Properties when value.IsObject:
                    node.Add(word, name, value);
                    AddProperties(node, value);
                    break;
                case SchemaKeyword.Type:
                    AddType(node, name, value);
                    break;
                default:
                    if (!node.Add(word, name, value)) Changed = true;
                    break;
            }
        }

        if (!reference.IsEmpty) Follow(node, Text(reference).ToString(), isRoot);
        foreach (var member in members ?? [])
        {
            if (member.IsObject) Gather(node, member, isRoot);
        }

        foreach (var (word, value) in alternatives ?? []) AddAlternatives(node, word, value);
    }

    private void Follow(SchemaNode node, string pointer, bool isRoot)
    {
        if (_references.TryFollow(pointer, out var target))
        {
            node.References++;
            Gather(node, target, isRoot);
            return;
        }

        _reported.Add("a circular or unresolved $ref");
        node.Type ??= "object";
        node.TypeRewritten = true;
        node.Hint("See: " + SchemaReferences.NameOf(pointer));
    }

    private void AddProperties(SchemaNode node, JsonSlice map)
    {
        var reader = map.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = JsonText.From(ref reader, map.Bytes);
            reader.Read();
            var value = JsonSlice.From(ref reader, map.Bytes);
            if (node.HasProperty(name.ToUtf8().Span)) Changed = true;
            else node.Properties.Add((name, value));
        }
    }

    /// <summary>Takes over the properties of a schema that may or may not apply; none of them is required.</summary>
    private void AddOptional(SchemaNode node, JsonSlice schema)
    {
        var reader = schema.Read();
        reader.Read();
        string? reference = null;
        while (reader.NextProperty())
        {
            var name = JsonText.From(ref reader, schema.Bytes);
            var word = SchemaKeywords.Parse(name.ToUtf8().Span);
            reader.Read();
            var value = JsonSlice.From(ref reader, schema.Bytes);
            if (word == SchemaKeyword.Ref && value.IsString) reference = Text(value).ToString();
            if (word != SchemaKeyword.Properties || !value.IsObject) continue;
            node.Add(word, name, value);
            AddProperties(node, value);
        }

        if (reference is null || !_references.TryFollow(reference, out var target)) return;
        node.References++;
        AddOptional(node, target);
    }

    private void AddAlternatives(SchemaNode node, SchemaKeyword word, JsonSlice array)
    {
        var branches = Elements(array);
        if (branches.RemoveAll(IsNullSchema) > 0)
        {
            Changed = true;
            node.Nullable = true;
            node.Hint("nullable");
        }

        if (branches.Count <= 1)
        {
            Changed = true;
            if (branches.Count == 1 && branches[0].IsObject) Gather(node, branches[0], isRoot: false);
            return;
        }

        if (MergedEnum(branches) is { IsEmpty: false } merged)
        {
            Changed = true;
            node.Add(SchemaKeyword.Enum, JsonText.From("enum"), merged);
            return;
        }

        if (word == SchemaKeyword.OneOf) Changed = true;
        // Under one anyOf all alternatives of both sorts would mean something else: the first list stays.
        if (node.Add(SchemaKeyword.AnyOf, JsonText.From("anyOf"), array)) return;
        Changed = true;
        _gone.Add("two lists of alternatives");
    }

    private static JsonSlice MergedEnum(List<JsonSlice> branches)
    {
        using var output = new PooledBuffer(256);
        var writer = JsonWriting.Rent(output);
        var fits = true;
        writer.WriteStartArray();
        foreach (var branch in branches)
        {
            fits &= branch.IsObject && AppendConstants(branch, writer);
            if (!fits) break;
        }

        writer.WriteEndArray();
        JsonWriting.Return(writer);
        return fits ? new JsonSlice(output.WrittenMemory).Detach() : default;
    }

    private static bool AppendConstants(JsonSlice branch, Utf8JsonWriter writer)
    {
        var reader = branch.Read();
        reader.Read();
        var any = false;
        while (reader.NextProperty())
        {
            var word = SchemaKeywords.Parse(reader.ValueSpan);
            reader.Read();
            var value = JsonSlice.From(ref reader, branch.Bytes);
            if (word is SchemaKeyword.Const && value.IsString) value.WriteTo(writer);
            else if (word is SchemaKeyword.Enum && value.IsArray && Elements(value) is var all && all.TrueForAll(e => e.IsString)) all.ForEach(e => e.WriteTo(writer));
            else if (word is SchemaKeyword.Type && value.Bytes.Span.SequenceEqual("\"string\""u8)) continue;
            else return false;
            any = true;
        }

        return any;
    }

    private void AddType(SchemaNode node, JsonText name, JsonSlice value)
    {
        if (!node.Add(SchemaKeyword.Type, name, value))
        {
            // A member of allOf repeats the type, or says another: the schema's own word stands.
            Changed = true;
            return;
        }

        if (value.IsString)
        {
            var text = Text(value).ToString();
            node.Type = text.ToLowerInvariant();
            if (node.Type == text) return;
            node.TypeRewritten = Changed = true;
            return;
        }

        if (!dialect.IsSubset && !dialect.HasOneType)
        {
            // Several types stay as they stand; only at a root that must be an object one is made of them.
            node.Type = null;
            return;
        }

        Changed = node.TypeRewritten = true;
        if (!value.IsArray) return;
        var types = new List<string>();
        foreach (var element in Elements(value))
        {
            if (element.IsString && Text(element).ToString().ToLowerInvariant() is var type && !types.Contains(type)) types.Add(type);
        }

        if (types.Remove("null"))
        {
            node.Nullable = true;
            node.Hint("nullable");
        }

        node.Type = types.Count > 0 ? types[0] : "null";
        if (types.Count > 1) node.Types = types;
    }

    private static bool IsNullSchema(JsonSlice schema)
    {
        if (!schema.IsObject) return false;
        var reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var word = SchemaKeywords.Parse(reader.ValueSpan);
            reader.Read();
            var value = JsonSlice.From(ref reader, schema.Bytes);
            if (word == SchemaKeyword.Type && value.Bytes.Span.SequenceEqual("\"null\""u8)) return true;
            if (word == SchemaKeyword.Const && value.IsNull) return true;
        }

        return false;
    }

    private static List<JsonSlice> Elements(JsonSlice array)
    {
        var result = new List<JsonSlice>();
        var reader = array.Read();
        reader.Read();
        while (reader.NextElement()) result.Add(JsonSlice.From(ref reader, array.Bytes));
        return result;
    }
}

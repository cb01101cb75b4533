using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>One keyword of a schema with its value.</summary>
internal readonly record struct SchemaMember(SchemaKeyword Word, JsonText Name, JsonSlice Value);

/// <summary>One schema with what its references and <c>allOf</c> members add to it; the schema's own words come first and win.</summary>
internal sealed class SchemaNode
{
    public List<SchemaMember> Keywords { get; } = [];

    public List<(JsonText Name, JsonSlice Value)> Properties { get; } = [];

    public List<string> Hints { get; } = [];

    public string? Type { get; set; }

    /// <summary>The types of a type array with more than one that is not null.</summary>
    public List<string>? Types { get; set; }

    public bool Nullable { get; set; }

    public bool TypeRewritten { get; set; }

    /// <summary>How many references were followed to make this node; they are left again when it is written.</summary>
    public int References { get; set; }

    public void Clear()
    {
        Keywords.Clear();
        Properties.Clear();
        Hints.Clear();
        Type = null;
        Types = null;
        Nullable = TypeRewritten = false;
        References = 0;
    }

    public bool Has(SchemaKeyword word)
    {
        foreach (var keyword in Keywords)
        {
            if (keyword.Word == word) return true;
        }

        return false;
    }

    public JsonSlice Find(SchemaKeyword word)
    {
        foreach (var keyword in Keywords)
        {
            if (keyword.Word == word) return keyword.Value;
        }

        return default;
    }

    public bool HasProperty(ReadOnlySpan<byte> name)
    {
        foreach (var property in Properties)
        {
            if (property.Name.Equals(name)) return true;
        }

        return false;
    }

    /// <summary>Adds a keyword unless the schema has it; <c>required</c> lists add up.</summary>
    public bool Add(SchemaKeyword word, JsonText name, JsonSlice value)
    {
        foreach (var known in Keywords)
        {
            if (known.Word != word || word == SchemaKeyword.Required) continue;
            if (word is SchemaKeyword.Other or SchemaKeyword.Sayable or SchemaKeyword.Bound or SchemaKeyword.OtherSchema or SchemaKeyword.Annotation
                && !known.Name.Equals(name.ToUtf8().Span)) continue;
            return false;
        }

        Keywords.Add(new(word, name, value));
        return true;
    }

    public void Hint(string hint)
    {
        if (!Hints.Contains(hint)) Hints.Add(hint);
    }
}

namespace Dragoman.Gateway.Configuration.Yaml;

/// <summary>A piece of a YAML file that remembers where it stands.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>What people call this sort of value.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether nothing was written (<c>key:</c>, <c>~</c>, <c>null</c>).</summary>
    public virtual bool IsNull => false;
}

/// <summary>A single value.</summary>
internal sealed record YamlScalar(string Value, bool Plain, int Line, int Column) : YamlNode(Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : "a single value";

    /// <inheritdoc/>
    public override bool IsNull => Plain && Value is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
internal sealed record YamlList(IReadOnlyList<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>A map; its keys in the order of the file, each once.</summary>
internal sealed record YamlMap(IReadOnlyList<YamlPair> Pairs, int Line, int Column) : YamlNode(Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => "a map of keys";

    /// <summary>The value of a key, or null.</summary>
    public YamlPair? Find(string key)
    {
        foreach (var pair in Pairs)
            if (pair.Key.Value == key) return pair;
        return null;
    }
}

/// <summary>A key and its value.</summary>
internal sealed record YamlPair(YamlScalar Key, YamlNode Value);

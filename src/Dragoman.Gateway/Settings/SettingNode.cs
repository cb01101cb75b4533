namespace Dragoman.Gateway.Settings;

/// <summary>A value of a configuration file or of a stored document, with the place where it is written.</summary>
/// <param name="Line">The line, from 1; 0 for a value that is in no file.</param>
/// <param name="Column">The column, from 1; 0 for a value that is in no file.</param>
public abstract record SettingNode(int Line, int Column)
{
    /// <summary>What people call this sort of value.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether nothing was written (<c>key:</c>, <c>~</c>, <c>null</c>).</summary>
    public virtual bool IsNull => false;
}

/// <summary>A single value.</summary>
/// <param name="Value">The text as it is written.</param>
/// <param name="Plain">Whether it is written without quotes, so that words like <c>null</c> mean what they say.</param>
/// <param name="Line">The line, from 1; 0 for none.</param>
/// <param name="Column">The column, from 1; 0 for none.</param>
public sealed record SettingScalar(string Value, bool Plain, int Line, int Column) : SettingNode(Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : "a single value";

    /// <inheritdoc/>
    public override bool IsNull => Plain && Value is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Line">The line, from 1; 0 for none.</param>
/// <param name="Column">The column, from 1; 0 for none.</param>
public sealed record SettingList(IReadOnlyList<SettingNode> Items, int Line, int Column) : SettingNode(Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>A map; its keys in the order of the file, each once.</summary>
/// <param name="Pairs">The keys and their values.</param>
/// <param name="Line">The line, from 1; 0 for none.</param>
/// <param name="Column">The column, from 1; 0 for none.</param>
public sealed record SettingMap(IReadOnlyList<SettingPair> Pairs, int Line, int Column) : SettingNode(Line, Column)
{
    /// <inheritdoc/>
    public override string Kind => "a map of keys";

    /// <summary>The value of a key, or null.</summary>
    public SettingPair? Find(string key)
    {
        foreach (var pair in Pairs)
            if (pair.Key.Value == key) return pair;
        return null;
    }
}

/// <summary>A key and its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
public sealed record SettingPair(SettingScalar Key, SettingNode Value);

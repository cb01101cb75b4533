namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>How a piece of YAML is written.</summary>
internal enum NodeForm
{
    /// <summary>A word without quotes, or nothing at all.</summary>
    Plain,

    /// <summary>In single quotes.</summary>
    Single,

    /// <summary>In double quotes.</summary>
    Double,

    /// <summary>Lines after <c>|</c> or <c>&gt;</c>.</summary>
    Lines,

    /// <summary><c>[ … ]</c>.</summary>
    FlowList,

    /// <summary><c>{ … }</c>.</summary>
    FlowMap,

    /// <summary>Lines that begin with a dash.</summary>
    BlockList,

    /// <summary>Lines of keys.</summary>
    BlockMap,

    /// <summary><c>*name</c>.</summary>
    Alias,
}

/// <summary>A piece of a YAML text with the place it takes there.</summary>
/// <param name="Form">How it is written.</param>
/// <param name="Start">The offset of its first character.</param>
/// <param name="End">The offset behind its last one; line ends and comments behind it do not belong to it.</param>
/// <param name="Column">The column of its start, from 0: for block forms that of every dash or key.</param>
internal sealed record SourceMappedNode(NodeForm Form, int Start, int End, int Column)
{
    /// <summary>A scalar's value; an alias's name.</summary>
    public string Value { get; init; } = "";

    /// <summary>A list's items.</summary>
    public IReadOnlyList<SourceMappedNode> Items { get; init; } = [];

    /// <summary>A map's pairs.</summary>
    public IReadOnlyList<SourceMappedPair> Pairs { get; init; } = [];

    /// <summary>Whether it carries an anchor or a tag, which an edit would tear off.</summary>
    public bool IsMarkedUp { get; init; }

    public bool IsMap => Form is NodeForm.FlowMap or NodeForm.BlockMap;

    public bool IsList => Form is NodeForm.FlowList or NodeForm.BlockList;

    public bool IsFlow => Form is NodeForm.FlowList or NodeForm.FlowMap;

    public bool IsScalar => Form <= NodeForm.Lines;

    /// <summary>Whether nothing is written (<c>key:</c>).</summary>
    public bool IsAbsent => Form == NodeForm.Plain && Start == End;

    /// <summary>Whether it says nothing (<c>key:</c>, <c>~</c>, <c>null</c>).</summary>
    public bool IsNull => Form == NodeForm.Plain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The pair of a key, or null.</summary>
    public SourceMappedPair? Find(string key)
    {
        foreach (var pair in Pairs)
            if (pair.Key.Value == key) return pair;
        return null;
    }
}

/// <summary>A key and its value.</summary>
internal sealed record SourceMappedPair(SourceMappedNode Key, SourceMappedNode Value);

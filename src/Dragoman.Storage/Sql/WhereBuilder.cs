namespace Dragoman.Storage.Sql;

/// <summary>Gathers the conditions of a query with their parameters. A question mark in a condition stands for its parameter.</summary>
internal sealed class WhereBuilder
{
    private readonly List<string> _parts = [];
    private readonly List<object?> _values;

    /// <summary>Begins without conditions.</summary>
    public WhereBuilder()
        : this([])
    {
    }

    private WhereBuilder(List<object?> values) => _values = values;

    public object?[] Values => [.. _values];

    public string Where => _parts.Count == 0 ? "" : " WHERE " + string.Join(" AND ", _parts);

    /// <summary>Conditions of a select inside this one: they share its parameters.</summary>
    public WhereBuilder Inner() => new(_values);

    public void Add(string condition, object? value)
    {
        _values.Add(value);
        _parts.Add(condition.Replace("?", $"${_values.Count}", StringComparison.Ordinal));
    }

    public void AddIf(string condition, object? value)
    {
        if (value is not null) Add(condition, value);
    }

    public void Add(string condition) => _parts.Add(condition);

    /// <summary>A parameter outside the conditions; returns its name.</summary>
    public string Parameter(object? value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    /// <summary>What stands after the cursor in a list that runs newest first.</summary>
    public void After(string? cursor, string at, string number)
    {
        if (Cursor.Read(cursor) is not { } after) return;
        var one = Parameter(after.At);
        var two = Parameter(after.Number);
        Add($"({at}, {number}) < ({one}, {two})");
    }

    /// <summary>A pattern of ours (<c>*</c> for any run) as one of LIKE with <c>!</c> as escape.</summary>
    public static string Like(string pattern)
        => pattern.ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal).Replace('*', '%');
}

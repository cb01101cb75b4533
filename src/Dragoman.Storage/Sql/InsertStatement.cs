namespace Dragoman.Storage.Sql;

/// <summary>How things become rows of a table. Made once, so that nothing is put together anew for a batch.</summary>
/// <param name="table">The table.</param>
/// <param name="columns">Its columns; the first is the key by which a row is known, where there is one.</param>
/// <param name="keyed">Whether a row whose key is known already is left out. The table then has a number, <c>seq</c>, and its key is text.</param>
/// <param name="write">Gives the values of one thing.</param>
internal sealed class InsertStatement<T>(string table, string[] columns, bool keyed, Action<T, RowValues> write)
{
    public string Table { get; } = table;

    public string[] Columns { get; } = columns;

    public bool Keyed { get; } = keyed;

    /// <summary>What stands behind the values.</summary>
    public string Ending { get; } = keyed ? $"ON CONFLICT ({columns[0]}) DO NOTHING" : "";

    /// <summary>The statement for one row.</summary>
    public string Text { get; } = $"{DbTransactionScope.InsertText(table, columns, 1)} {(keyed ? $"ON CONFLICT ({columns[0]}) DO NOTHING" : "")}";

    public void Write(T item, RowValues values) => write(item, values);
}

using System.Data.Common;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// One transaction's view of the database. SQL is written in what both engines share: <c>$1</c> parameters, upserts, <c>RETURNING</c>.
/// The few things they say differently are members here.
/// </summary>
internal abstract class DbTransactionScope
{
    /// <summary>Rows of one insert statement; 1 where a prepared statement a row is faster than a long one.</summary>
    public abstract int RowsAtOnce { get; }

    /// <summary>The ending of a select that keeps others from changing the row until the transaction ends.</summary>
    public abstract string ForShare { get; }

    /// <summary>The ending of a select that keeps the row for this transaction.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>The database's clock, in milliseconds.</summary>
    public abstract Task<long> NowAsync();

    /// <summary>Tells listeners, when and if the transaction is committed.</summary>
    public abstract Task NotifyAsync(StoreChangeKind kind, string id);

    /// <summary>Whether the work decided against itself: everything it did is undone, its result stands.</summary>
    public bool IsDiscarded { get; private set; }

    /// <summary>Undoes everything this work did.</summary>
    public void Discard() => IsDiscarded = true;

    /// <summary>A select of the flows whose indexed words have the parameter (see <see cref="TermQuery"/>).</summary>
    public abstract string FlowsWithTerm(string parameter);

    /// <summary>The parameter for <see cref="FlowsWithTerm"/>: the word begins a word of the text.</summary>
    public abstract string TermQuery(string word);

    /// <summary>Indexes flows by words of their own and those of their marks; they must not be in the index.</summary>
    public abstract Task IndexTermsAsync(IReadOnlyList<(long Flow, string Words, string Marks)> flows);

    /// <summary>Indexes the words of a flow's marks anew.</summary>
    public abstract Task IndexMarksAsync(long flow, string marks);

    /// <summary>Takes flows out of the index.</summary>
    public abstract Task RemoveFromIndexAsync(IReadOnlyList<long> flows);

    /// <summary>A select of every flow's number, words and words of marks, for backups.</summary>
    public abstract string AllTerms { get; }

    /// <summary>Takes every flow out of the index.</summary>
    public abstract Task ClearIndexAsync();

    /// <summary>Sets right what counts rows, after rows were written with their numbers.</summary>
    public abstract Task RestoredAsync(bool flows);

    /// <summary>Gives room back to the file system, a little at a time, where the engine does not do so by itself.</summary>
    public abstract Task ShrinkAsync();

    protected abstract DbCommand Command(string sql, object?[] values);

    protected abstract void Done(DbCommand command);

    public async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        var command = Command(sql, values);
        try
        {
            return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        finally
        {
            Done(command);
        }
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<Row, T> read, params object?[] values)
    {
        var command = Command(sql, values);
        try
        {
            var items = new List<T>();
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var row = new Row(reader);
                while (await reader.ReadAsync().ConfigureAwait(false)) items.Add(read(row));
            }

            return items;
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>The first row, or the default.</summary>
    public async Task<T?> FirstAsync<T>(string sql, Func<Row, T> read, params object?[] values)
        where T : class
        => (await QueryAsync(sql, read, values).ConfigureAwait(false)) is [var first, ..] ? first : null;

    /// <summary>The number in the first row's first column, or null.</summary>
    public async Task<long?> NumberAsync(string sql, params object?[] values)
        => (await QueryAsync(sql, row => row.NumberOrNull(0), values).ConfigureAwait(false)) is [var first, ..] ? first : null;

    /// <summary>
    /// Whether the lease that a save names as its fence has not passed on; so it is without a fence. The lease's row stays locked until the save is done, or
    /// somebody could take it between the look and the save.
    /// </summary>
    public async Task<bool> HoldsAsync(Fence? fence)
        => fence is null || await NumberAsync($"SELECT epoch FROM leases WHERE name = $1{ForShare}", fence.Lease).ConfigureAwait(false) == fence.Epoch;

    /// <summary>Streams rows one by one, for results too large to hold.</summary>
    public async Task EachAsync(string sql, Func<Row, Task> each, params object?[] values)
    {
        var command = Command(sql, values);
        try
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var row = new Row(reader);
                while (await reader.ReadAsync().ConfigureAwait(false)) await each(row).ConfigureAwait(false);
            }
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>Inserts many rows.</summary>
    /// <returns>The number of each row, in their order; 0 for a row left out because its key is known. Nothing of use where there is no key.</returns>
    public abstract Task<long[]> InsertAsync<T>(InsertStatement<T> insertion, IReadOnlyList<T> items);

    /// <summary>Inserts many rows; returns the first column of what <paramref name="ending"/> returns.</summary>
    public async Task<List<string>> InsertAsync(string table, string[] columns, IReadOnlyList<object?[]> rows, string ending)
    {
        var returned = new List<string>();
        var sql = "";
        for (var (at, last) = (0, 0); at < rows.Count; at += RowsAtOnce)
        {
            var count = Math.Min(RowsAtOnce, rows.Count - at);
            if (count != last) (sql, last) = ($"{InsertText(table, columns, count)} {ending}", count);
            var values = count == 1 ? rows[at] : [.. rows.Skip(at).Take(count).SelectMany(row => row)];
            if (ending.Contains("RETURNING", StringComparison.Ordinal)) returned.AddRange(await QueryAsync(sql, row => row.Text(0), values).ConfigureAwait(false));
            else await ExecuteAsync(sql, values).ConfigureAwait(false);
        }

        return returned;
    }

    /// <summary>An insert of so many rows.</summary>
    public static string InsertText(string table, string[] columns, int rows)
    {
        var number = 0;
        var groups = Enumerable.Range(0, rows).Select(_ => $"({string.Join(',', columns.Select(_ => $"${++number}"))})");
        return $"INSERT INTO {table} ({string.Join(',', columns)}) VALUES {string.Join(',', groups)}";
    }
}

using System.Data.Common;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>A session on one connection; statements are prepared once for the connection's life.</summary>
internal sealed class SqliteSession(SqliteStatements statements, TimeProvider time) : DbTransactionScope
{
    public override string ForShare => "";

    public override string ForUpdate => "";

    // A prepared statement stepped again beats parsing a long one.
    public override int RowsAtOnce => 1;

    // One machine, one clock.
    public override Task<long> NowAsync() => Task.FromResult(UnixMilliseconds.From(time.GetUtcNow()));

    public override async Task NotifyAsync(StoreChangeKind kind, string id)
    {
        var number = await NumberAsync("INSERT INTO changes (kind, id) VALUES ($1, $2) RETURNING seq", kind.ToString(), id).ConfigureAwait(false);
        if (number % 1_000 == 0) await ExecuteAsync("DELETE FROM changes WHERE seq <= $1", number - 1_000).ConfigureAwait(false);
    }

    public override Task<long[]> InsertAsync<T>(InsertStatement<T> insertion, IReadOnlyList<T> items)
    {
        var insert = statements.Insert(insertion.Text);
        var numbers = new long[items.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            insert.Begin();
            insertion.Write(items[i], insert);
            numbers[i] = insert.Write();
        }

        return Task.FromResult(numbers);
    }

    public override string FlowsWithTerm(string parameter) => $"SELECT rowid FROM flow_words WHERE flow_words MATCH {parameter}";

    public override string TermQuery(string word) => $"\"{word}\"*";

    public override async Task IndexTermsAsync(IReadOnlyList<(long Flow, string Words, string Marks)> flows)
    {
        var rows = flows.Select(flow => (object?[])[flow.Flow, flow.Words, flow.Marks]).ToList();
        await InsertAsync("flow_texts", ["flow", "words", "marks"], rows, "").ConfigureAwait(false);
        await InsertAsync("flow_words", ["rowid", "words", "marks"], rows, "").ConfigureAwait(false);
    }

    public override async Task IndexMarksAsync(long flow, string marks)
    {
        var old = await QueryAsync("SELECT words FROM flow_texts WHERE flow = $1", row => row.Text(0), flow).ConfigureAwait(false);
        await RemoveFromIndexAsync([flow]).ConfigureAwait(false);
        await IndexTermsAsync([(flow, old is [var words, ..] ? words : "", marks)]).ConfigureAwait(false);
    }

    public override async Task RemoveFromIndexAsync(IReadOnlyList<long> flows)
    {
        foreach (var flow in flows)
        {
            // The index keeps no copy of the text; it is told what it had.
            await ExecuteAsync("INSERT INTO flow_words (flow_words, rowid, words, marks) SELECT 'delete', flow, words, marks FROM flow_texts WHERE flow = $1", flow).ConfigureAwait(false);
            await ExecuteAsync("DELETE FROM flow_texts WHERE flow = $1", flow).ConfigureAwait(false);
        }
    }

    public override string AllTerms => "SELECT flow, words, marks FROM flow_texts ORDER BY flow";

    public override Task RestoredAsync(bool flows) => Task.CompletedTask;

    public override async Task ClearIndexAsync()
    {
        await ExecuteAsync("INSERT INTO flow_words (flow_words) VALUES ('delete-all')").ConfigureAwait(false);
        await ExecuteAsync("DELETE FROM flow_texts").ConfigureAwait(false);
    }

    public override Task ShrinkAsync() => QueryAsync("PRAGMA incremental_vacuum(4000)", _ => 0);

    protected override DbCommand Command(string sql, object?[] values)
    {
        var command = statements.Take(sql, values.Length);
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = Value(values[i]);
        return command;
    }

    protected override void Done(DbCommand command) => statements.Keep((SqliteCommand)command);

    private static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        _ => value,
    };
}

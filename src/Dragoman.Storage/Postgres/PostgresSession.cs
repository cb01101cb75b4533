using System.Data.Common;
using System.Globalization;
using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>A session on one connection of the pool; statements are prepared by the driver as they recur.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection) : DbTransactionScope
{
    public const string Channel = "dragoman";

    public override string ForShare => " FOR SHARE";

    public override string ForUpdate => " FOR UPDATE";

    // One round trip carries many rows.
    public override int RowsAtOnce => 50;

    public override async Task<long> NowAsync() => await NumberAsync("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)").ConfigureAwait(false) ?? 0;

    public override Task NotifyAsync(StoreChangeKind kind, string id) => QueryAsync($"SELECT pg_notify('{Channel}', $1)", _ => 0, Payload(kind, id));

    public override async Task<long[]> InsertAsync<T>(InsertStatement<T> insertion, IReadOnlyList<T> items)
    {
        var collected = new CollectedRow();
        var rows = new object?[items.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            insertion.Write(items[i], collected);
            rows[i] = collected.Take();
        }

        var numbers = new long[rows.Length];
        var returned = await InsertAsync(insertion.Table, insertion.Columns, rows, insertion.Keyed ? $"{insertion.Ending} RETURNING CAST(seq AS TEXT) || ' ' || {insertion.Columns[0]}" : "").ConfigureAwait(false);
        if (returned.Count == 0) return numbers;
        var known = returned.Select(text => text.Split(' ', 2)).ToDictionary(parts => parts[1], parts => long.Parse(parts[0], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        for (var i = 0; i < rows.Length; i++) numbers[i] = known.GetValueOrDefault((string)Value(rows[i][0]));
        return numbers;
    }

    public override string FlowsWithTerm(string parameter) => $"SELECT flow FROM flow_texts WHERE (words || marks) @@ CAST({parameter} AS tsquery)";

    public override string TermQuery(string word) => $"'{word}':*";

    public override async Task IndexTermsAsync(IReadOnlyList<(long Flow, string Words, string Marks)> flows)
    {
        if (flows.Count == 0) return;
        await ExecuteAsync("INSERT INTO flow_texts (flow, words, marks) SELECT flow, array_to_tsvector(string_to_array(words, ' ')), array_to_tsvector(string_to_array(marks, ' ')) "
            + "FROM unnest($1, $2, $3) AS given (flow, words, marks)",
            flows.Select(flow => flow.Flow).ToArray(), flows.Select(flow => flow.Words).ToArray(), flows.Select(flow => flow.Marks).ToArray()).ConfigureAwait(false);
    }

    public override Task IndexMarksAsync(long flow, string marks)
        => ExecuteAsync("INSERT INTO flow_texts (flow, words, marks) VALUES ($1, '', array_to_tsvector(string_to_array($2, ' '))) ON CONFLICT (flow) DO UPDATE SET marks = excluded.marks", flow, marks);

    public override Task RemoveFromIndexAsync(IReadOnlyList<long> flows) => ExecuteAsync("DELETE FROM flow_texts WHERE flow = ANY($1)", flows.ToArray());

    public override string AllTerms => "SELECT flow, array_to_string(tsvector_to_array(words), ' ') AS words, array_to_string(tsvector_to_array(marks), ' ') AS marks FROM flow_texts ORDER BY flow";

    public override Task ClearIndexAsync() => ExecuteAsync("DELETE FROM flow_texts");

    public override async Task RestoredAsync(bool flows)
    {
        string[] tables = flows ? ["audit", "usage", "flows", "flow_word_sets"] : ["audit", "usage"];
        foreach (var table in tables)
            await QueryAsync($"SELECT setval(pg_get_serial_sequence('{table}', 'seq'), GREATEST((SELECT COALESCE(MAX(seq), 1) FROM {table}), 1))", _ => 0).ConfigureAwait(false);
    }

    // Autovacuum's business.
    public override Task ShrinkAsync() => Task.CompletedTask;

    protected override DbCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = Value(value) });
        return command;
    }

    protected override void Done(DbCommand command) => command.Dispose();

    private static string Payload(StoreChangeKind kind, string id)
    {
        var text = $"{kind}:{id}";
        // A notice holds 8,000 bytes at most.
        return text.Length < 2_000 ? text : $"{StoreChangeKind.Everything}:";
    }

    private static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        // The server takes no zero bytes in text.
        string text when text.Contains('\0', StringComparison.Ordinal) => text.Replace("\0", "", StringComparison.Ordinal),
        _ => value,
    };

    private sealed class CollectedRow : RowValues
    {
        private readonly List<object?> _values = [];

        public object?[] Take()
        {
            object?[] row = [.. _values];
            _values.Clear();
            return row;
        }

        public override void Add(string text) => _values.Add(text);

        public override void AddText(ReadOnlySpan<byte> text) => _values.Add(Encoding.UTF8.GetString(text));

        public override void Add(long number) => _values.Add(number);

        public override void AddNull() => _values.Add(null);
    }
}

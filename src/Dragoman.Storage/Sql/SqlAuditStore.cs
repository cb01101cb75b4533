using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlAuditStore(Database database) : IAuditStore
{
    private static readonly string[] Columns = ["at", "actor", "source", "action", "target", "outcome", "detail"];

    public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken = default) => database.WriteAsync(session => (Task)session.InsertAsync("audit", Columns,
        [.. entries.Select(entry => new object?[] { UnixMilliseconds.From(entry.At), entry.Actor, entry.Source, entry.Action, entry.Target, entry.Outcome, entry.Detail })], ""), cancellationToken);

    public Task<Page<AuditEntry>> ListAsync(AuditQuery query, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(async session =>
    {
        var conditions = new WhereBuilder();
        conditions.AddIf("actor = ?", query.Actor);
        conditions.AddIf("target = ?", query.Target);
        if (query.Action is { } action && action.EndsWith('.')) conditions.Add("action LIKE ? ESCAPE '!'", WhereBuilder.Like(action) + "%");
        else conditions.AddIf("action = ?", query.Action);
        conditions.AddIf("at >= ?", UnixMilliseconds.From(query.From));
        conditions.AddIf("at < ?", UnixMilliseconds.From(query.To));
        conditions.After(page.After, "at", "seq");
        var limit = conditions.Parameter(page.Limit + 1);
        var rows = await session.QueryAsync($"SELECT at, actor, source, action, target, outcome, detail, seq FROM audit{conditions.Where} ORDER BY at DESC, seq DESC LIMIT {limit}",
            row => (Entry: new AuditEntry(row.Time(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6)), Place: new Cursor(row.Number(0), row.Number(7))),
            conditions.Values).ConfigureAwait(false);
        return new Page<AuditEntry>([.. rows.Take(page.Limit).Select(row => row.Entry)], rows.Count > page.Limit ? rows[page.Limit - 1].Place.ToString() : null);
    }, cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
        => database.WriteAsync(session => session.ExecuteAsync("DELETE FROM audit WHERE at < $1", UnixMilliseconds.From(before)), cancellationToken);
}

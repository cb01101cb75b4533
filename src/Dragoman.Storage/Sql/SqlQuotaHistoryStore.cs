using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlQuotaHistoryStore(Database database) : IQuotaHistoryStore
{
    private const double Million = 1_000_000;

    private static readonly string[] Columns = ["account_id", "model", "name", "at", "used", "resets_at", "length"];

    public Task AppendAsync(IReadOnlyList<StoredQuotaReading> readings, CancellationToken cancellationToken = default) => readings.Count == 0 ? Task.CompletedTask : database.WriteAsync(async session =>
    {
        // In one order everywhere, or two nodes could wait for each other; and no place twice in one statement.
        var rows = readings.DistinctBy(reading => (reading.AccountId, reading.Model, reading.Name, UnixMilliseconds.From(reading.At)))
            .OrderBy(reading => reading.AccountId, StringComparer.Ordinal).ThenBy(reading => reading.Model, StringComparer.Ordinal).ThenBy(reading => reading.Name, StringComparer.Ordinal).ThenBy(reading => reading.At)
            .Select(reading => (object?[])
            [
                reading.AccountId, reading.Model ?? "", reading.Name, UnixMilliseconds.From(reading.At), (long)Math.Round(Math.Clamp(reading.Used, 0, 1) * Million), UnixMilliseconds.From(reading.ResetsAt),
                reading.Length is { } length ? (long)length.TotalMilliseconds : null,
            ]).ToList();
        await session.InsertAsync("quota_readings", Columns, rows, "ON CONFLICT (account_id, model, name, at) DO NOTHING").ConfigureAwait(false);
    }, cancellationToken);

    public Task<IReadOnlyList<StoredQuotaReading>> ListAsync(QuotaHistoryQuery query, int most, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<StoredQuotaReading>>(async session =>
    {
        var conditions = new WhereBuilder();
        conditions.AddIf("account_id = ?", query.AccountId);
        conditions.AddIf("model = ?", query.Model);
        conditions.AddIf("name = ?", query.Name);
        conditions.AddIf("at >= ?", UnixMilliseconds.From(query.From));
        conditions.AddIf("at < ?", UnixMilliseconds.From(query.To));
        var limit = conditions.Parameter((long)most);
        var rows = await session.QueryAsync($"SELECT {string.Join(", ", Columns)} FROM quota_readings{conditions.Where} ORDER BY at DESC LIMIT {limit}", Read, conditions.Values).ConfigureAwait(false);
        return [.. rows.OrderBy(row => row.AccountId, StringComparer.Ordinal).ThenBy(row => row.Model, StringComparer.Ordinal).ThenBy(row => row.Name, StringComparer.Ordinal).ThenBy(row => row.At)];
    }, cancellationToken);

    public Task<IReadOnlyList<QuotaPeak>> PeaksAsync(DateTimeOffset resetFrom, DateTimeOffset resetTo, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<QuotaPeak>>(async session =>
        await session.QueryAsync(
            "SELECT account_id, model, name, MIN(at), resets_at, MAX(length), MAX(used) FROM quota_readings WHERE resets_at > $1 AND resets_at <= $2 GROUP BY account_id, model, name, resets_at ORDER BY account_id, model, name, resets_at",
            row => new QuotaPeak(row.Text(0), ModelOf(row), row.Text(2), row.Time(3), row.Time(4), LengthOf(row, 5), row.Number(6) / Million),
            UnixMilliseconds.From(resetFrom), UnixMilliseconds.From(resetTo)).ConfigureAwait(false), cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
        => database.WriteAsync(session => session.ExecuteAsync("DELETE FROM quota_readings WHERE at < $1", UnixMilliseconds.From(before)), cancellationToken);

    private static StoredQuotaReading Read(Row row) => new(row.Text(0), ModelOf(row), row.Text(2), row.Time(3), row.Number(4) / Million, row.TimeOrNull(5), LengthOf(row, 6));

    private static string? ModelOf(Row row) => row.Text(1) is { Length: > 0 } model ? model : null;

    private static TimeSpan? LengthOf(Row row, int column) => row.NumberOrNull(column) is { } length ? TimeSpan.FromMilliseconds(length) : null;
}

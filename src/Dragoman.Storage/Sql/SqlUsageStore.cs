using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlUsageStore(Database database) : IUsageStore
{
    private const string SumList = "SUM(requests), SUM(errors), SUM(estimated), SUM(unpriced), SUM(input_tokens), SUM(output_tokens), SUM(cached_tokens), SUM(cache_write_tokens), SUM(reasoning_tokens), SUM(cost), SUM(first_byte), SUM(first_bytes), SUM(duration), "
        + "SUM(cost_input), SUM(cost_cached), SUM(cost_cache_write), SUM(cost_output), SUM(cost_reasoning), SUM(credits)";

    public Task<int> AppendAsync(IReadOnlyList<UsageEntry> entries, CancellationToken cancellationToken = default)
        => entries.Count == 0 ? Task.FromResult(0) : database.WriteAsync(session => UsageLedger.AppendAsync(session, entries), cancellationToken);

    public Task<IReadOnlyList<UsageRow>> SummariseAsync(UsageQuery query, UsageGrouping grouping, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<UsageRow>>(async session =>
    {
        var conditions = new WhereBuilder();
        var source = UsageSource.Rows(conditions, query, grouping);
        Named(conditions, query);
        var groups = UsageSource.Groups(grouping);
        // Sums of large numbers are decimals in PostgreSQL; these are whole numbers in both.
        var sums = string.Join(", ", SumList.Split(", ").Select(sum => $"CAST({sum} AS BIGINT)"));
        var places = string.Join(", ", Enumerable.Range(1, groups.Count));
        var sql = $"SELECT {string.Join(", ", groups.Append(sums))} FROM {source}{conditions.Where}" + (groups.Count == 0 ? " HAVING COUNT(*) > 0" : $" GROUP BY {places} HAVING SUM(requests) > 0 ORDER BY {places}");
        return await session.QueryAsync(sql, row => Read(row, grouping, groups.Count), conditions.Values).ConfigureAwait(false);
    }, cancellationToken);

    public Task<UsageLatencies> MeasureAsync(UsageQuery query, UsageGrouping grouping, int most = 200_000, CancellationToken cancellationToken = default)
        => database.ReadAsync(session => UsageMeasuring.RunAsync(session, query, grouping, most), cancellationToken);

    public Task<Page<UsageEntry>> ListAsync(UsageQuery query, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(async session =>
    {
        var conditions = new WhereBuilder();
        conditions.AddIf("at >= ?", UnixMilliseconds.From(query.From));
        conditions.AddIf("at < ?", UnixMilliseconds.From(query.To));
        Named(conditions, query);
        conditions.After(page.After, "at", "seq");
        var limit = conditions.Parameter(page.Limit + 1);
        var rows = await session.QueryAsync($"SELECT {UsageLedger.List}, seq FROM usage{conditions.Where} ORDER BY at DESC, seq DESC LIMIT {limit}",
            row => (Entry: UsageLedger.Read(row), Place: new Cursor(row.Number(1), row.Number(26))), conditions.Values).ConfigureAwait(false);
        return new Page<UsageEntry>([.. rows.Take(page.Limit).Select(row => row.Entry)], rows.Count > page.Limit ? rows[page.Limit - 1].Place.ToString() : null);
    }, cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
        => database.WriteAsync(session => session.ExecuteAsync("DELETE FROM usage WHERE at < $1", UnixMilliseconds.From(before)), cancellationToken);

    internal static void Named(WhereBuilder conditions, UsageQuery query)
    {
        conditions.AddIf("key_id = ?", query.KeyId);
        conditions.AddIf("account_id = ?", query.AccountId);
        conditions.AddIf("provider = ?", query.Provider);
        conditions.AddIf("model = ?", query.Model);
        conditions.AddIf("client = ?", query.Client);
    }

    private static UsageRow Read(Row row, UsageGrouping grouping, int at)
    {
        var requests = row.Number(at);
        var unpriced = row.Number(at + 3);
        var firsts = row.Number(at + 11);
        return UsageSource.Group(row, grouping) with
        {
            Requests = requests,
            Errors = row.Number(at + 1),
            Estimated = row.Number(at + 2),
            Unpriced = unpriced,
            InputTokens = row.Number(at + 4),
            OutputTokens = row.Number(at + 5),
            CachedTokens = row.Number(at + 6),
            CacheWriteTokens = row.Number(at + 7),
            ReasoningTokens = row.Number(at + 8),
            Cost = unpriced == requests ? null : UnixMilliseconds.Dollars(row.Number(at + 9)),
            CostParts = unpriced == requests ? null : UsageLedger.Parts(row, at + 13),
            Credits = UnixMilliseconds.Dollars(row.Number(at + 18)),
            MeanFirstByte = firsts == 0 ? null : UnixMilliseconds.Span(row.Number(at + 10) / firsts),
            MeanDuration = requests == 0 ? TimeSpan.Zero : UnixMilliseconds.Span(row.Number(at + 12) / requests),
        };
    }
}

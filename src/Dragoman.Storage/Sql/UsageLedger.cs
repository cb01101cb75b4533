using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>Writes the ledger and its hourly summaries inside a transaction, for the usage store and for budgets alike.</summary>
internal static class UsageLedger
{
    public const string List = "request_id, at, key_id, account_id, provider, model, requested_model, status, failed, stream, input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, cost, first_byte, duration, estimated, client, cost_input, cost_cached, cost_cache_write, cost_output, cost_reasoning, credits";

    private static readonly InsertStatement<UsageEntry> Insertion = new("usage", List.Split(", "), keyed: true, Write);

    private static readonly string[] Sums = ["requests", "errors", "estimated", "unpriced", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens", "cost", "first_byte", "first_bytes", "duration", "cost_input", "cost_cached", "cost_cache_write", "cost_output", "cost_reasoning", "credits"];

    private static readonly string[] HourColumns = ["hour", "key_id", "account_id", "provider", "model", "client", .. Sums];

    private static readonly string AddUp = "ON CONFLICT (hour, key_id, account_id, provider, model, client) DO UPDATE SET " + string.Join(", ", Sums.Select(sum => $"{sum} = usage_hours.{sum} + excluded.{sum}"));

    /// <summary>Appends entries; returns how many changed the ledger (new ones, and real numbers in place of an estimate).</summary>
    public static async Task<int> AppendAsync(DbTransactionScope session, IReadOnlyList<UsageEntry> entries)
    {
        var once = entries.OrderBy(entry => entry.Estimated).DistinctBy(entry => entry.RequestId, StringComparer.Ordinal).OrderBy(entry => entry.RequestId, StringComparer.Ordinal).ToList();
        var fresh = await session.InsertAsync(Insertion, once).ConfigureAwait(false);
        var changes = new Dictionary<(long Hour, string Key, string Account, string Provider, string Model, string Client), long[]>();
        var count = 0;
        for (var i = 0; i < once.Count; i++)
        {
            var entry = once[i];
            if (fresh[i] != 0)
            {
                Add(changes, entry, 1);
                count++;
            }
            else if (!entry.Estimated
                && await session.FirstAsync($"SELECT {List} FROM usage WHERE request_id = $1 AND estimated = 1{session.ForUpdate}", Read, entry.RequestId).ConfigureAwait(false) is { } estimate)
            {
                await session.ExecuteAsync("DELETE FROM usage WHERE request_id = $1", entry.RequestId).ConfigureAwait(false);
                await session.InsertAsync(Insertion, [entry]).ConfigureAwait(false);
                Add(changes, estimate, -1);
                Add(changes, entry, 1);
                count++;
            }
        }

        // In one order everywhere, so that two nodes never wait for each other.
        var rows = changes.OrderBy(pair => pair.Key.Hour).ThenBy(pair => pair.Key.Key, StringComparer.Ordinal).ThenBy(pair => pair.Key.Account, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Provider, StringComparer.Ordinal).ThenBy(pair => pair.Key.Model, StringComparer.Ordinal).ThenBy(pair => pair.Key.Client, StringComparer.Ordinal)
            .Select(pair => (object?[])[pair.Key.Hour, pair.Key.Key, pair.Key.Account, pair.Key.Provider, pair.Key.Model, pair.Key.Client, .. pair.Value.Cast<object?>()]).ToList();
        await session.InsertAsync("usage_hours", HourColumns, rows, AddUp).ConfigureAwait(false);
        return count;
    }

    public static UsageEntry Read(Row row) => new()
    {
        RequestId = row.Text(0),
        At = row.Time(1),
        KeyId = row.Text(2),
        AccountId = row.Text(3),
        Provider = row.Text(4),
        Model = row.Text(5),
        RequestedModel = row.Text(6),
        Status = row.Int(7),
        Failed = row.GetBool(8),
        Stream = row.GetBool(9),
        InputTokens = row.Number(10),
        OutputTokens = row.Number(11),
        CachedTokens = row.Number(12),
        CacheWriteTokens = row.Number(13),
        ReasoningTokens = row.Number(14),
        Cost = UnixMilliseconds.Dollars(row.NumberOrNull(15)),
        FirstByte = row.NumberOrNull(16) is { } first ? UnixMilliseconds.Span(first) : null,
        Duration = UnixMilliseconds.Span(row.Number(17)),
        Estimated = row.GetBool(18),
        Client = row.Text(19),
        CostParts = row.NumberOrNull(20) is null ? null : Parts(row, 20),
        Credits = UnixMilliseconds.Dollars(row.NumberOrNull(25)),
    };

    /// <summary>The parts of a cost, from five columns on.</summary>
    public static CostParts Parts(Row row, int at) => new(
        UnixMilliseconds.Dollars(row.Number(at)), UnixMilliseconds.Dollars(row.Number(at + 1)), UnixMilliseconds.Dollars(row.Number(at + 2)), UnixMilliseconds.Dollars(row.Number(at + 3)), UnixMilliseconds.Dollars(row.Number(at + 4)));

    private static void Write(UsageEntry entry, RowValues row)
    {
        row.Add(entry.RequestId);
        row.Add(UnixMilliseconds.From(entry.At));
        row.Add(entry.KeyId);
        row.Add(entry.AccountId);
        row.Add(entry.Provider);
        row.Add(entry.Model);
        row.Add(entry.RequestedModel);
        row.Add(entry.Status);
        row.Add(entry.Failed);
        row.Add(entry.Stream);
        row.Add(entry.InputTokens);
        row.Add(entry.OutputTokens);
        row.Add(entry.CachedTokens);
        row.Add(entry.CacheWriteTokens);
        row.Add(entry.ReasoningTokens);
        row.Add(UnixMilliseconds.Nanos(entry.Cost));
        row.Add(entry.FirstByte is { } first ? UnixMilliseconds.Micros(first) : (long?)null);
        row.Add(UnixMilliseconds.Micros(entry.Duration));
        row.Add(entry.Estimated);
        row.Add(entry.Client);
        row.Add(UnixMilliseconds.Nanos(entry.CostParts?.Input));
        row.Add(UnixMilliseconds.Nanos(entry.CostParts?.Cached));
        row.Add(UnixMilliseconds.Nanos(entry.CostParts?.CacheWrite));
        row.Add(UnixMilliseconds.Nanos(entry.CostParts?.Output));
        row.Add(UnixMilliseconds.Nanos(entry.CostParts?.Reasoning));
        row.Add(UnixMilliseconds.Nanos(entry.Credits));
    }

    private static void Add(Dictionary<(long, string, string, string, string, string), long[]> changes, UsageEntry entry, int sign)
    {
        var place = (UsageHour.Start(UnixMilliseconds.From(entry.At)), entry.KeyId, entry.AccountId, entry.Provider, entry.Model, entry.Client);
        if (!changes.TryGetValue(place, out var sums)) changes[place] = sums = new long[Sums.Length];
        ReadOnlySpan<long> values =
        [
            1, entry.Failed ? 1 : 0, entry.Estimated ? 1 : 0, entry.Cost is null ? 1 : 0, entry.InputTokens, entry.OutputTokens, entry.CachedTokens, entry.CacheWriteTokens,
            entry.ReasoningTokens, UnixMilliseconds.Nanos(entry.Cost) ?? 0, entry.FirstByte is { } first ? UnixMilliseconds.Micros(first) : 0, entry.FirstByte is null ? 0 : 1, UnixMilliseconds.Micros(entry.Duration),
            UnixMilliseconds.Nanos(entry.CostParts?.Input) ?? 0, UnixMilliseconds.Nanos(entry.CostParts?.Cached) ?? 0, UnixMilliseconds.Nanos(entry.CostParts?.CacheWrite) ?? 0,
            UnixMilliseconds.Nanos(entry.CostParts?.Output) ?? 0, UnixMilliseconds.Nanos(entry.CostParts?.Reasoning) ?? 0, UnixMilliseconds.Nanos(entry.Credits) ?? 0,
        ];
        for (var i = 0; i < sums.Length; i++) sums[i] += sign * values[i];
    }
}

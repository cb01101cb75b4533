using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>What usage is summed of, and by what: the summaries by the hour, or the entries themselves in the same columns.</summary>
internal static class UsageSource
{
    /// <summary>Ten minutes, in milliseconds.</summary>
    public const long TenMinutes = 600_000;

    private const long Day = 86_400_000;
    private const long Week = 7 * Day;

    /// <summary>The first Monday after the beginning of 1970, which was a Thursday.</summary>
    private const long Monday = 4 * Day;

    /// <summary>The rows; the conditions of time are added.</summary>
    public static string Rows(WhereBuilder conditions, UsageQuery query, UsageGrouping grouping)
    {
        if (!ByEntries(grouping))
        {
            conditions.AddIf("hour >= ?", UsageHour.Start(query.From));
            conditions.AddIf("hour < ?", UsageHour.End(query.To));
            return "usage_hours";
        }

        conditions.AddIf("at >= ?", Floor(query.From, TenMinutes));
        conditions.AddIf("at < ?", Ceiling(query.To, TenMinutes));
        return $"""
            (SELECT at, (at / {TenMinutes}) * {TenMinutes} AS hour, key_id, account_id, provider, model, client, 1 AS requests, failed AS errors, estimated, CASE WHEN cost IS NULL THEN 1 ELSE 0 END AS unpriced,
                input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, COALESCE(cost, 0) AS cost, COALESCE(first_byte, 0) AS first_byte,
                CASE WHEN first_byte IS NULL THEN 0 ELSE 1 END AS first_bytes, duration, COALESCE(cost_input, 0) AS cost_input, COALESCE(cost_cached, 0) AS cost_cached,
                COALESCE(cost_cache_write, 0) AS cost_cache_write, COALESCE(cost_output, 0) AS cost_output, COALESCE(cost_reasoning, 0) AS cost_reasoning, COALESCE(credits, 0) AS credits FROM usage) AS entries
            """;
    }

    /// <summary>The entries' times, whole hours or tens of minutes, so that they are the same that sums are made of.</summary>
    public static (long? From, long? To) Times(UsageQuery query, UsageGrouping grouping)
        => ByEntries(grouping) ? (Floor(query.From, TenMinutes), Ceiling(query.To, TenMinutes)) : (UsageHour.Start(query.From), UsageHour.End(query.To));

    /// <summary>What is grouped by, in order.</summary>
    /// <param name="grouping">The grouping.</param>
    /// <param name="hour">The column or expression of the time.</param>
    public static List<string> Groups(UsageGrouping grouping, string hour = "hour")
    {
        var offset = (long)grouping.Offset.TotalMilliseconds;
        var groups = new List<string>();
        switch (grouping.Step)
        {
            case UsageStep.Hour: groups.Add($"({hour} / {UsageHour.Length}) * {UsageHour.Length}"); break;
            case UsageStep.Day: groups.Add($"(({hour} + {offset}) / {Day}) * {Day} - {offset}"); break;
            case UsageStep.Week: groups.Add($"(({hour} + {offset - Monday}) / {Week}) * {Week} - {offset - Monday}"); break;
            case UsageStep.TenMinutes: groups.Add($"({hour} / {TenMinutes}) * {TenMinutes}"); break;
        }

        if (grouping.Key) groups.Add("key_id");
        if (grouping.Account) groups.Add("account_id");
        if (grouping.Provider) groups.Add("provider");
        if (grouping.Model) groups.Add("model");
        if (grouping.Client) groups.Add("client");
        return groups;
    }

    /// <summary>The time and names that a row begins with.</summary>
    public static UsageRow Group(Row row, UsageGrouping grouping)
    {
        var at = 0;
        return new UsageRow
        {
            At = grouping.Step == UsageStep.None ? null : row.Time(at++).ToOffset(grouping.Offset),
            KeyId = grouping.Key ? row.Text(at++) : null,
            AccountId = grouping.Account ? row.Text(at++) : null,
            Provider = grouping.Provider ? row.Text(at++) : null,
            Model = grouping.Model ? row.Text(at++) : null,
            Client = grouping.Client ? row.Text(at) : null,
        };
    }

    private static bool ByEntries(UsageGrouping grouping) => grouping.ByEntries || grouping.Step == UsageStep.TenMinutes;

    private static long? Floor(DateTimeOffset? at, long length) => at is { } time ? Math.DivRem(UnixMilliseconds.From(time), length).Quotient * length : null;

    private static long? Ceiling(DateTimeOffset? at, long length) => at is { } time ? Math.DivRem(UnixMilliseconds.From(time) + length - 1, length).Quotient * length : null;
}

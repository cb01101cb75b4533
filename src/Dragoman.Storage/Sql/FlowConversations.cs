using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// Flows grouped by conversation, the one that was last in use first. A conversation stands where the newest of its flows that fit does: so a page is found by walking the newest flows, with one look at the
/// index of sessions each, and not by grouping all that are kept. Its numbers are then those of all its flows.
/// </summary>
internal static class FlowConversations
{
    /// <summary>How many names of one sort are listed of a conversation.</summary>
    private const int MostNames = 20;

    public static async Task<Page<FlowConversation>> ListAsync(DbTransactionScope session, FlowQuery query, PageRequest page)
    {
        var conditions = new WhereBuilder();
        conditions.Add("f.session <> ''");
        if (!FlowConditions.Add(conditions, session, query, "f")) return new Page<FlowConversation>([], null);
        var newer = conditions.Inner();
        newer.Add("n.session <> '' AND n.session = f.session AND (n.started_at > f.started_at OR (n.started_at = f.started_at AND n.seq > f.seq))");
        FlowConditions.Add(newer, session, query with { Session = null }, "n");
        conditions.Add($"NOT EXISTS (SELECT 1 FROM flows n{newer.Where})");
        conditions.After(page.After, "f.started_at", "f.seq");
        var limit = conditions.Parameter(page.Limit + 1);
        var heads = await session.QueryAsync($"SELECT f.session, f.started_at, f.seq FROM flows f{conditions.Where} ORDER BY f.started_at DESC, f.seq DESC LIMIT {limit}",
            row => (Session: row.Text(0), Place: new Cursor(row.Number(1), row.Number(2))), conditions.Values).ConfigureAwait(false);
        var found = new List<FlowConversation>(page.Limit);
        foreach (var head in heads.Take(page.Limit)) found.Add(await ReadAsync(session, head.Session).ConfigureAwait(false));
        return new Page<FlowConversation>(found, heads.Count > page.Limit ? heads[page.Limit - 1].Place.ToString() : null);
    }

    private static async Task<FlowConversation> ReadAsync(DbTransactionScope session, string name)
    {
        const string Of = "FROM flows f WHERE f.session = $1 AND f.session <> ''";
        var sums = (await session.QueryAsync(
            "SELECT MIN(f.started_at), MAX(f.started_at), COUNT(*), CAST(SUM(CASE WHEN f.status < 200 OR f.status >= 400 THEN 1 ELSE 0 END) AS BIGINT), CAST(COALESCE(SUM(f.input_tokens), 0) AS BIGINT), "
            + $"CAST(COALESCE(SUM(f.output_tokens), 0) AS BIGINT), CAST(COALESCE(SUM(f.cached_tokens), 0) AS BIGINT), CAST(SUM(f.cost) AS BIGINT) {Of}",
            row => new FlowConversation
            {
                Session = name, FirstAt = row.Time(0), LastAt = row.Time(1), Requests = row.Number(2), Failures = row.Number(3), InputTokens = row.Number(4), OutputTokens = row.Number(5), CachedTokens = row.Number(6),
                Cost = UnixMilliseconds.Dollars(row.NumberOrNull(7)),
            }, name).ConfigureAwait(false))[0];
        var ends = new List<FlowDetail>();
        foreach (var order in (string[])["ASC", "DESC"])
        {
            ends.AddRange(await session.QueryAsync($"SELECT d.detail FROM (SELECT f.seq {Of} ORDER BY f.started_at {order}, f.seq {order} LIMIT 5) AS ends JOIN flow_details d ON d.flow = ends.seq ORDER BY d.flow {order}",
                row => JsonSerializer.Deserialize(row.Text(0), StateJson.Default.FlowDetail) ?? new(), name).ConfigureAwait(false));
        }

        return sums with
        {
            Models = await session.QueryAsync($"SELECT DISTINCT f.model {Of} AND f.model <> '' ORDER BY 1 LIMIT {MostNames}", row => row.Text(0), name).ConfigureAwait(false),
            Accounts = await session.QueryAsync($"SELECT DISTINCT f.account_label {Of} AND f.account_label <> '' ORDER BY 1 LIMIT {MostNames}", row => row.Text(0), name).ConfigureAwait(false),
            UserAgents = [.. ends.Select(detail => detail.UserAgent ?? "").Where(agent => agent.Length > 0).Distinct(StringComparer.Ordinal)],
            Preview = ends.Select(detail => detail.Preview ?? "").FirstOrDefault(preview => preview.Length > 0) ?? "",
        };
    }
}

using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>One run of retention: small transactions, so that writers behind it never wait long. Bookmarked flows stay whole.</summary>
internal sealed class FlowRetentionRun(Database database, CancellationToken cancellationToken)
{
    private const int AtOnce = 500;

    public async Task<FlowsPruned> RunAsync(FlowRetention retention)
    {
        var flows = 0;
        var bodies = 0;
        if (UnixMilliseconds.From(retention.Before) is { } before) flows += await RepeatAsync(session => OldestAsync(session, "started_at < $1 AND bookmarked = 0", before), RemoveAsync).ConfigureAwait(false);
        if (UnixMilliseconds.From(retention.BodiesBefore) is { } bodiesBefore)
            bodies += await RepeatAsync(session => OldestAsync(session, "started_at < $1 AND bookmarked = 0 AND body_size > 0", bodiesBefore), RemoveBodiesAsync).ConfigureAwait(false);
        if (retention.Bytes is { } most)
        {
            var over = await database.ReadAsync(session => session.NumberAsync("SELECT CAST(COALESCE(SUM(size + body_size), 0) AS BIGINT) FROM flows"), cancellationToken).ConfigureAwait(false) - most ?? 0;
            bodies += await RepeatAsync(session => UntilAsync(session, "bookmarked = 0 AND body_size > 0", "body_size"), RemoveBodiesAsync).ConfigureAwait(false);
            flows += await RepeatAsync(session => UntilAsync(session, "bookmarked = 0", "size + body_size"), RemoveAsync).ConfigureAwait(false);

            async Task<List<long>> UntilAsync(DbTransactionScope session, string which, string size)
            {
                var chosen = new List<long>();
                if (over <= 0) return chosen;
                foreach (var (flow, bytes) in await session.QueryAsync($"SELECT seq, {size} FROM flows WHERE {which} ORDER BY started_at, seq LIMIT {AtOnce}", row => (row.Number(0), row.Number(1))).ConfigureAwait(false))
                {
                    if (over <= 0) break;
                    chosen.Add(flow);
                    over -= bytes;
                }

                return chosen;
            }
        }

        if (flows > 0) await database.WriteAsync(session => SharedTermSets.DropUnusedAsync(session), cancellationToken).ConfigureAwait(false);
        if (flows + bodies > 0) await database.WriteAsync(session => session.ShrinkAsync(), cancellationToken).ConfigureAwait(false);
        return new FlowsPruned(flows, bodies);
    }

    public static async Task RemoveAsync(DbTransactionScope session, IReadOnlyList<long> flows)
    {
        var list = string.Join(',', flows);
        await session.RemoveFromIndexAsync(flows).ConfigureAwait(false);
        await session.ExecuteAsync($"DELETE FROM flow_bodies WHERE flow IN ({list})").ConfigureAwait(false);
        await session.ExecuteAsync($"DELETE FROM flow_details WHERE flow IN ({list})").ConfigureAwait(false);
        await session.ExecuteAsync($"DELETE FROM flows WHERE seq IN ({list})").ConfigureAwait(false);
    }

    private static async Task RemoveBodiesAsync(DbTransactionScope session, IReadOnlyList<long> flows)
    {
        var list = string.Join(',', flows);
        await session.ExecuteAsync($"DELETE FROM flow_bodies WHERE flow IN ({list})").ConfigureAwait(false);
        await session.ExecuteAsync($"UPDATE flows SET body_size = 0 WHERE seq IN ({list})").ConfigureAwait(false);
    }

    private static Task<List<long>> OldestAsync(DbTransactionScope session, string which, long before)
        => session.QueryAsync($"SELECT seq FROM flows WHERE {which} ORDER BY started_at, seq LIMIT {AtOnce}", row => row.Number(0), before);

    private async Task<int> RepeatAsync(Func<DbTransactionScope, Task<List<long>>> choose, Func<DbTransactionScope, IReadOnlyList<long>, Task> remove)
    {
        var all = 0;
        while (true)
        {
            var chosen = await database.ReadAsync(choose, cancellationToken).ConfigureAwait(false);
            if (chosen.Count == 0) return all;
            await database.WriteAsync(session => remove(session, chosen), cancellationToken).ConfigureAwait(false);
            all += chosen.Count;
        }
    }
}

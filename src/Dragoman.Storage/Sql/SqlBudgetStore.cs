using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// Budgets in tables: a window holds what is spent and reserved, a reservation its share in each window. Rows are always locked in one
/// order (the reservation, then windows by name, then the ledger), so nodes never wait for each other in a circle.
/// </summary>
internal sealed class SqlBudgetStore(Database database) : IBudgetStore
{
    private const long Open = 0;
    private const long Settled = 1;
    private const long Released = 2;
    private const long Orphaned = 3;
    private const int OrphansAtOnce = 200;
    private const string AtPlace = "owner=$1 AND unit=$2 AND period=$3 AND start_at=$4";

    public Task<BudgetVerdict> ReserveAsync(ReservationRecord reservation, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async session =>
    {
        var now = await session.NowAsync().ConfigureAwait(false);
        var entry = JsonSerializer.Serialize(reservation.IfOrphaned with { RequestId = reservation.RequestId, Estimated = true }, StateJson.Default.UsageEntry);
        var made = await session.ExecuteAsync(
            "INSERT INTO reservations (request_id, instance, state, tokens, money, expires_at, entry, created_at) VALUES ($1,$2,0,$3,$4,$5,$6,$7) ON CONFLICT (request_id) DO NOTHING",
            reservation.RequestId, reservation.Instance, BudgetRow.Units(BudgetUnit.Tokens, reservation.Tokens), UnixMilliseconds.Nanos(reservation.Money),
            now + (long)reservation.Term.TotalMilliseconds, entry, now).ConfigureAwait(false);
        if (made == 0) return new BudgetVerdict(true);

        var rows = reservation.Lines.Select(line => BudgetRow.From(line, reservation.Tokens, reservation.Money, now)).DistinctBy(row => row.Mark, StringComparer.Ordinal)
            .OrderBy(row => row.Mark, StringComparer.Ordinal).ToList();
        var fitting = rows.Where(row => row.Amount <= row.Cap).ToList();
        await session.InsertAsync("reservation_lines", ["request_id", "owner", "unit", "period", "start_at", "end_at", "cap", "time_zone", "amount"],
            [.. rows.Select(row => (object?[])[reservation.RequestId, .. row.Key, row.End, row.Cap, row.Limit.TimeZone, row.Amount])], "").ConfigureAwait(false);
        // The windows last: other requests on the same budget wait from here until the commit.
        var taken = await session.InsertAsync("budget_windows", ["owner", "unit", "period", "start_at", "end_at", "spent", "reserved", "cap"],
            [.. fitting.Select(row => (object?[])[.. row.Key, row.End, 0L, row.Amount, row.Cap])],
            "ON CONFLICT (owner, unit, period, start_at) DO UPDATE SET reserved = budget_windows.reserved + excluded.reserved, cap = excluded.cap "
            + "WHERE budget_windows.spent + budget_windows.reserved + excluded.reserved <= excluded.cap RETURNING owner || '|' || unit || '|' || period").ConfigureAwait(false);
        if (taken.Count < rows.Count) return await RefuseAsync(session, rows.Where(row => !taken.Contains(row.Mark))).ConfigureAwait(false);
        return new BudgetVerdict(true);
    },
    // Granted when the request was refused already for want of an answer: nobody would give it back.
    late => late.Granted ? ReleaseAsync(reservation.RequestId, CancellationToken.None) : Task.CompletedTask, cancellationToken);

    public async Task<BudgetVerdict> RaiseAsync(string requestId, decimal tokens, decimal money, CancellationToken cancellationToken = default)
    {
        var verdict = await database.WriteSoonAsync(session => RaiseAsync(session, requestId, tokens, money), undo: null, cancellationToken).ConfigureAwait(false);
        // What no budget has room for is used all the same: should the process end without a word, it is booked.
        if (verdict is { Granted: false, Refusal: not null })
            await database.WriteSoonAsync(session => GrowAsync(session, requestId, tokens, money), undo: null, cancellationToken).ConfigureAwait(false);
        return verdict;
    }

    public Task<bool> SettleAsync(UsageEntry used, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async session =>
    {
        var state = await StateAsync(session, used.RequestId).ConfigureAwait(false);
        var rows = state is Open or Orphaned ? await LinesAsync(session, used.RequestId).ConfigureAwait(false) : [];
        var appended = await UsageLedger.AppendAsync(session, [used]).ConfigureAwait(false) > 0;
        if (state is Open or Orphaned) await SetStateAsync(session, used.RequestId, Settled).ConfigureAwait(false);
        await BookAsync(session, used.RequestId, rows, row => row.Used(used), fromReserved: state == Open).ConfigureAwait(false);
        return state is Open or Orphaned || appended;
    }, undo: null, cancellationToken);

    public Task<bool> ReleaseAsync(string requestId, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async session =>
    {
        if (await StateAsync(session, requestId).ConfigureAwait(false) != Open) return false;
        await SetStateAsync(session, requestId, Released).ConfigureAwait(false);
        await BookAsync(session, requestId, await LinesAsync(session, requestId).ConfigureAwait(false), static _ => 0, fromReserved: true).ConfigureAwait(false);
        return true;
    }, undo: null, cancellationToken);

    public Task<int> KeepAliveAsync(string instance, TimeSpan term, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async session =>
        await session.ExecuteAsync("UPDATE reservations SET expires_at = $2 WHERE instance = $1 AND state = 0", instance, await session.NowAsync().ConfigureAwait(false) + (long)term.TotalMilliseconds).ConfigureAwait(false), undo: null, cancellationToken);

    public async Task<IReadOnlyList<UsageEntry>> SettleOrphansAsync(string? ofInstance = null, CancellationToken cancellationToken = default)
    {
        var all = new List<UsageEntry>();
        while (true)
        {
            var some = await database.WriteAsync(session => SettleSomeOrphansAsync(session, ofInstance), cancellationToken).ConfigureAwait(false);
            all.AddRange(some);
            if (some.Count < OrphansAtOnce) return all;
        }
    }

    public Task<IReadOnlyList<BudgetStatus>> GetStatusAsync(string owner, IReadOnlyList<BudgetLimit> limits, CancellationToken cancellationToken = default) => database.ReadSoonAsync<IReadOnlyList<BudgetStatus>>(async session =>
    {
        var now = await session.NowAsync().ConfigureAwait(false);
        var statuses = new List<BudgetStatus>();
        foreach (var limit in limits) statuses.Add(await GetStatusAsync(session, BudgetRow.From(new BudgetLine(owner, limit), 0, 0, now)).ConfigureAwait(false));
        return statuses;
    }, cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        var at = UnixMilliseconds.From(before);
        await session.ExecuteAsync("DELETE FROM reservation_lines WHERE request_id IN (SELECT request_id FROM reservations WHERE state <> 0 AND created_at < $1)", at).ConfigureAwait(false);
        var gone = await session.ExecuteAsync("DELETE FROM reservations WHERE state <> 0 AND created_at < $1", at).ConfigureAwait(false);
        return gone + await session.ExecuteAsync("DELETE FROM budget_windows WHERE end_at > 0 AND end_at < $1 AND reserved = 0", at).ConfigureAwait(false);
    }, cancellationToken);

    private static async Task<BudgetVerdict> RaiseAsync(DbTransactionScope session, string requestId, decimal tokens, decimal money)
    {
        if (await StateAsync(session, requestId).ConfigureAwait(false) != Open) return new BudgetVerdict(false);
        var refused = new List<BudgetRow>();
        foreach (var row in await LinesAsync(session, requestId).ConfigureAwait(false))
        {
            var more = BudgetRow.Units(row.Limit.Unit, row.Limit.Unit == BudgetUnit.Tokens ? tokens : money) - row.Amount;
            if (more <= 0) continue;
            if (await session.ExecuteAsync($"UPDATE budget_windows SET reserved = reserved + $5 WHERE {AtPlace} AND spent + reserved + $5 <= $6", [.. row.Key, more, row.Cap]).ConfigureAwait(false) == 0) refused.Add(row);
            else await SetAmountAsync(session, requestId, row, row.Amount + more).ConfigureAwait(false);
        }

        if (refused.Count > 0) return await RefuseAsync(session, refused).ConfigureAwait(false);
        await GrowAsync(session, requestId, tokens, money).ConfigureAwait(false);
        return new BudgetVerdict(true);
    }

    /// <summary>Notes how far the answer has come: what is booked for it if nobody settles it.</summary>
    private static async Task<int> GrowAsync(DbTransactionScope session, string requestId, decimal tokens, decimal money)
    {
        await session.ExecuteAsync("UPDATE reservations SET tokens = $2 WHERE request_id = $1 AND state = 0 AND tokens < $2", requestId, BudgetRow.Units(BudgetUnit.Tokens, tokens)).ConfigureAwait(false);
        return await session.ExecuteAsync("UPDATE reservations SET money = $2 WHERE request_id = $1 AND state = 0 AND money < $2", requestId, UnixMilliseconds.Nanos(money)).ConfigureAwait(false);
    }

    /// <summary>The entry of an orphan: made when the request began, with what was reserved since.</summary>
    private static UsageEntry Grown(UsageEntry entry, long tokens, long money) => entry with
    {
        OutputTokens = Math.Max(entry.OutputTokens, tokens - entry.InputTokens),
        // Without a price there is no cost, however long the answer was.
        Cost = entry.Cost is { } cost ? Math.Max(cost, UnixMilliseconds.Dollars(money)) : null,
    };

    private static async Task<List<UsageEntry>> SettleSomeOrphansAsync(DbTransactionScope session, string? ofInstance)
    {
        var now = await session.NowAsync().ConfigureAwait(false);
        var orphans = await session.QueryAsync(
            $"SELECT request_id, entry, tokens, money FROM reservations WHERE state = 0 AND {(ofInstance is null ? "expires_at <= $1" : "instance = $1")} ORDER BY request_id LIMIT {OrphansAtOnce}{session.ForUpdate}",
            row => (Id: row.Text(0), Entry: Grown(JsonSerializer.Deserialize(row.Text(1), StateJson.Default.UsageEntry)!, row.Number(2), row.Number(3))), ofInstance ?? (object)now).ConfigureAwait(false);
        foreach (var (id, entry) in orphans)
        {
            await BookAsync(session, id, await LinesAsync(session, id).ConfigureAwait(false), row => Math.Max(row.Amount, row.Used(entry)), fromReserved: true).ConfigureAwait(false);
            await SetStateAsync(session, id, Orphaned).ConfigureAwait(false);
        }

        List<UsageEntry> entries = [.. orphans.Select(orphan => orphan.Entry)];
        if (entries.Count > 0) await UsageLedger.AppendAsync(session, entries).ConfigureAwait(false);
        return entries;
    }

    private static Task<long?> StateAsync(DbTransactionScope session, string requestId) => session.NumberAsync($"SELECT state FROM reservations WHERE request_id = $1{session.ForUpdate}", requestId);

    private static Task<int> SetStateAsync(DbTransactionScope session, string requestId, long state) => session.ExecuteAsync("UPDATE reservations SET state = $2 WHERE request_id = $1", requestId, state);

    private static async Task<List<BudgetRow>> LinesAsync(DbTransactionScope session, string requestId)
        => [.. (await session.QueryAsync($"SELECT {BudgetRow.Select} FROM reservation_lines WHERE request_id = $1", BudgetRow.Read, requestId).ConfigureAwait(false)).OrderBy(row => row.Mark, StringComparer.Ordinal)];

    /// <summary>
    /// Books what was used in place of what the lines held: what was reserved, or (for an orphan) what was booked as an estimate. The windows, which
    /// requests of others wait for, come last.
    /// </summary>
    private static async Task BookAsync(DbTransactionScope session, string requestId, List<BudgetRow> rows, Func<BudgetRow, long> used, bool fromReserved)
    {
        foreach (var row in rows) await SetAmountAsync(session, requestId, row, used(row)).ConfigureAwait(false);
        foreach (var row in rows)
        {
            await session.ExecuteAsync($"UPDATE budget_windows SET spent = spent + $5, reserved = reserved - $6 WHERE {AtPlace}",
                [.. row.Key, fromReserved ? used(row) : used(row) - row.Amount, fromReserved ? row.Amount : 0L]).ConfigureAwait(false);
        }
    }

    private static Task<int> SetAmountAsync(DbTransactionScope session, string requestId, BudgetRow row, long amount)
        => session.ExecuteAsync($"UPDATE reservation_lines SET amount = $6 WHERE {AtPlace} AND request_id = $5", [.. row.Key, requestId, amount]);

    /// <summary>Refuses: undoes everything, and names the window that keeps the request waiting longest.</summary>
    private static async Task<BudgetVerdict> RefuseAsync(DbTransactionScope session, IEnumerable<BudgetRow> without)
    {
        var statuses = new List<BudgetStatus>();
        foreach (var row in without) statuses.Add(await GetStatusAsync(session, row).ConfigureAwait(false));
        session.Discard();
        return new BudgetVerdict(false, statuses.MaxBy(status => status.End ?? DateTimeOffset.MaxValue));
    }

    private static async Task<BudgetStatus> GetStatusAsync(DbTransactionScope session, BudgetRow row)
    {
        var rows = await session.QueryAsync($"SELECT spent, reserved FROM budget_windows WHERE {AtPlace}", found => (Spent: found.Number(0), Reserved: found.Number(1)), row.Key).ConfigureAwait(false);
        return rows is [var one, ..] ? row.ToStatus(one.Spent, one.Reserved) : row.ToStatus(0, 0);
    }
}

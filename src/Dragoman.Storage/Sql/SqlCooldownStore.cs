using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlCooldownStore(Database database) : ICooldownStore
{
    private static readonly string[] Columns = ["account_id", "model", "whole", "until_at", "cause", "told", "streak", "counted_at", "quotas", "observed_at"];

    public Task<IReadOnlyList<StoredCooldown>> ListAsync(CancellationToken cancellationToken = default)
        => database.ReadAsync<IReadOnlyList<StoredCooldown>>(async session =>
            await session.QueryAsync($"SELECT {string.Join(", ", Columns)} FROM lanes ORDER BY account_id, whole DESC, model", Read).ConfigureAwait(false), cancellationToken);

    public Task SaveAsync(IReadOnlyList<StoredCooldown> cooldowns, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        // In one order everywhere, or two nodes could wait for each other; and no target twice in one statement.
        var latest = cooldowns.GroupBy(cooldown => (cooldown.AccountId, cooldown.Model)).Select(group => group.MaxBy(cooldown => cooldown.ObservedAt)!)
            .OrderBy(cooldown => cooldown.AccountId, StringComparer.Ordinal).ThenBy(cooldown => cooldown.Model, StringComparer.Ordinal).ToList();
        await session.InsertAsync("lanes", Columns, [.. latest.Select(Values)],
            "ON CONFLICT (account_id, whole, model) DO UPDATE SET until_at=excluded.until_at, cause=excluded.cause, told=excluded.told, streak=excluded.streak, "
            + "counted_at=excluded.counted_at, quotas=excluded.quotas, observed_at=excluded.observed_at WHERE excluded.observed_at >= lanes.observed_at").ConfigureAwait(false);
        foreach (var account in latest.Select(cooldown => cooldown.AccountId).Distinct(StringComparer.Ordinal))
            await session.NotifyAsync(StoreChangeKind.Cooldown, account).ConfigureAwait(false);
    }, cancellationToken);

    public Task RemoveAsync(string accountId, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (await session.ExecuteAsync("DELETE FROM lanes WHERE account_id = $1", accountId).ConfigureAwait(false) > 0)
            await session.NotifyAsync(StoreChangeKind.Cooldown, accountId).ConfigureAwait(false);
    }, cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
        => database.WriteAsync(session => session.ExecuteAsync("DELETE FROM lanes WHERE observed_at < $1 AND until_at < $1", UnixMilliseconds.From(before)), cancellationToken);

    private static object?[] Values(StoredCooldown cooldown) =>
    [
        cooldown.AccountId, cooldown.Model ?? "", cooldown.Model is null, UnixMilliseconds.From(cooldown.State.Until), cooldown.State.Cause.ToString(), cooldown.State.IsUpstreamHint, cooldown.State.ConsecutiveFailures,
        UnixMilliseconds.From(cooldown.State.CountedAt), cooldown.Quotas.Count == 0 ? "" : JsonSerializer.Serialize(cooldown.Quotas, StateJson.Default.IReadOnlyListQuotaWindow), UnixMilliseconds.From(cooldown.ObservedAt),
    ];

    private static StoredCooldown Read(Row row) => new(row.Text(0), row.GetBool(2) ? null : row.Text(1), new CooldownState
    {
        Until = row.Time(3),
        Cause = Enum.TryParse<FailureClass>(row.Text(4), out var cause) ? cause : FailureClass.Transient,
        IsUpstreamHint = row.GetBool(5),
        ConsecutiveFailures = row.Int(6),
        CountedAt = row.Time(7),
    }, row.Time(9))
    {
        Quotas = row.Text(8) is { Length: > 0 } quotas ? JsonSerializer.Deserialize(quotas, StateJson.Default.IReadOnlyListQuotaWindow) ?? [] : [],
    };
}

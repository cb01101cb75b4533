using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlAccountStore(Database database) : IAccountStore
{
    private const string Columns = "id, label, provider, credential_kind, mask, secret, expires_at, enabled, priority, weight, concurrency, tags, settings, refresh, problem, version, created_at, updated_at";

    public Task<IReadOnlyList<StoredAccount>> ListAsync(CancellationToken cancellationToken = default)
        => database.ReadAsync<IReadOnlyList<StoredAccount>>(async session => await session.QueryAsync($"SELECT {Columns} FROM accounts ORDER BY created_at, id", Read).ConfigureAwait(false), cancellationToken);

    public Task<StoredAccount?> GetAsync(string id, CancellationToken cancellationToken = default)
        => database.ReadAsync(session => session.FirstAsync($"SELECT {Columns} FROM accounts WHERE id = $1", Read, id), cancellationToken);

    public Task<SaveResult> AddAsync(StoredAccount account, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        var now = await session.NowAsync().ConfigureAwait(false);
        var done = await session.ExecuteAsync(
            $"INSERT INTO accounts ({Columns}, label_key) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,1,$16,$16,$17) ON CONFLICT DO NOTHING",
            [account.Id, .. Values(account), now, account.Label.ToLowerInvariant()]).ConfigureAwait(false);
        if (done == 0) return new SaveResult(SaveOutcome.Taken, 0);
        await session.NotifyAsync(StoreChangeKind.Account, account.Id).ConfigureAwait(false);
        return new SaveResult(SaveOutcome.Saved, 1);
    }, cancellationToken);

    public Task<SaveResult> UpdateAsync(StoredAccount account, Fence? fence = null, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (!await session.HoldsAsync(fence).ConfigureAwait(false)) return new SaveResult(SaveOutcome.Fenced, 0);
        var labelKey = account.Label.ToLowerInvariant();
        if (await session.NumberAsync("SELECT COUNT(*) FROM accounts WHERE label_key = $1 AND id <> $2", labelKey, account.Id).ConfigureAwait(false) > 0)
            return new SaveResult(SaveOutcome.Taken, 0);
        var now = await session.NowAsync().ConfigureAwait(false);
        var version = await session.NumberAsync(
            "UPDATE accounts SET label=$2, provider=$3, credential_kind=$4, mask=$5, secret=$6, expires_at=$7, enabled=$8, priority=$9, weight=$10, concurrency=$11, "
            + "tags=$12, settings=$13, refresh=$14, problem=$15, version=version+1, updated_at=$16, label_key=$17 WHERE id=$1 AND version=$18 RETURNING version",
            [account.Id, .. Values(account), now, labelKey, account.Version]).ConfigureAwait(false);
        if (version is { } saved)
        {
            await session.NotifyAsync(StoreChangeKind.Account, account.Id).ConfigureAwait(false);
            return new SaveResult(SaveOutcome.Saved, saved);
        }

        var there = await session.NumberAsync("SELECT version FROM accounts WHERE id = $1", account.Id).ConfigureAwait(false);
        return new SaveResult(there is null ? SaveOutcome.Missing : SaveOutcome.Conflict, 0);
    }, cancellationToken);

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (await session.ExecuteAsync("DELETE FROM accounts WHERE id = $1", id).ConfigureAwait(false) == 0) return false;
        await ForgetAsync(session, id).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    public Task<SaveResult> RemoveAsync(string id, long version, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (await session.ExecuteAsync("DELETE FROM accounts WHERE id = $1 AND version = $2", id, version).ConfigureAwait(false) == 0)
            return new SaveResult(await session.NumberAsync("SELECT version FROM accounts WHERE id = $1", id).ConfigureAwait(false) is null ? SaveOutcome.Missing : SaveOutcome.Conflict, 0);
        await ForgetAsync(session, id).ConfigureAwait(false);
        return new SaveResult(SaveOutcome.Saved, version);
    }, cancellationToken);

    private static async Task ForgetAsync(DbTransactionScope session, string id)
    {
        await session.ExecuteAsync("DELETE FROM lanes WHERE account_id = $1", id).ConfigureAwait(false);
        await session.NotifyAsync(StoreChangeKind.Account, id).ConfigureAwait(false);
    }

    private static object?[] Values(StoredAccount account) =>
    [
        account.Label, account.Provider, account.CredentialKind, account.Mask, account.Secret.ToArray(), UnixMilliseconds.From(account.ExpiresAt), account.Enabled, account.Priority,
        account.Weight, account.Concurrency, StateJson.Tags(account.Tags), account.Settings,
        account.Refresh is null ? null : JsonSerializer.Serialize(account.Refresh, StateJson.Default.RefreshIntent), account.Problem,
    ];

    private static StoredAccount Read(Row row) => new()
    {
        Id = row.Text(0),
        Label = row.Text(1),
        Provider = row.Text(2),
        CredentialKind = row.Text(3),
        Mask = row.Text(4),
        Secret = row.Bytes(5),
        ExpiresAt = row.TimeOrNull(6),
        Enabled = row.GetBool(7),
        Priority = row.Int(8),
        Weight = row.Int(9),
        Concurrency = (int?)row.NumberOrNull(10),
        Tags = StateJson.Tags(row.Text(11)),
        Settings = row.Text(12),
        Refresh = row.TextOrNull(13) is { } refresh ? JsonSerializer.Deserialize(refresh, StateJson.Default.RefreshIntent) : null,
        Problem = row.TextOrNull(14),
        Version = row.Number(15),
        CreatedAt = row.Time(16),
        UpdatedAt = row.Time(17),
    };
}

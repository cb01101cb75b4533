using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlKeyStore(Database database) : IKeyStore
{
    private const string Columns = "id, name, hash, previous_hash, previous_until, prefix, scopes, expires_at, rpm, tpm, concurrency, budgets, enabled, revoked_at, note, tags, version, created_at, updated_at, last_used_at";

    public Task<IReadOnlyList<ClientKey>> ListAsync(CancellationToken cancellationToken = default)
        => database.ReadAsync<IReadOnlyList<ClientKey>>(async session => await session.QueryAsync($"SELECT {Columns} FROM client_keys ORDER BY created_at, id", Read).ConfigureAwait(false), cancellationToken);

    public Task<ClientKey?> GetAsync(string id, CancellationToken cancellationToken = default)
        => database.ReadAsync(session => session.FirstAsync($"SELECT {Columns} FROM client_keys WHERE id = $1", Read, id), cancellationToken);

    public Task<SaveResult> AddAsync(ClientKey key, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        var now = await session.NowAsync().ConfigureAwait(false);
        var done = await session.ExecuteAsync(
            $"INSERT INTO client_keys ({Columns}, name_key) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1,$17,$17,$18,$19) ON CONFLICT DO NOTHING",
            [key.Id, .. Values(key), now, UnixMilliseconds.From(key.LastUsedAt), key.Name.ToLowerInvariant()]).ConfigureAwait(false);
        if (done == 0) return new SaveResult(SaveOutcome.Taken, 0);
        await session.NotifyAsync(StoreChangeKind.Key, key.Id).ConfigureAwait(false);
        return new SaveResult(SaveOutcome.Saved, 1);
    }, cancellationToken);

    public Task<SaveResult> UpdateAsync(ClientKey key, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        var nameKey = key.Name.ToLowerInvariant();
        if (await session.NumberAsync("SELECT COUNT(*) FROM client_keys WHERE name_key = $1 AND id <> $2", nameKey, key.Id).ConfigureAwait(false) > 0)
            return new SaveResult(SaveOutcome.Taken, 0);
        var now = await session.NowAsync().ConfigureAwait(false);
        var version = await session.NumberAsync(
            "UPDATE client_keys SET name=$2, hash=$3, previous_hash=$4, previous_until=$5, prefix=$6, scopes=$7, expires_at=$8, rpm=$9, tpm=$10, concurrency=$11, budgets=$12, "
            + "enabled=$13, revoked_at=$14, note=$15, tags=$16, version=version+1, updated_at=$17, name_key=$18 WHERE id=$1 AND version=$19 RETURNING version",
            [key.Id, .. Values(key), now, nameKey, key.Version]).ConfigureAwait(false);
        if (version is { } saved)
        {
            await session.NotifyAsync(StoreChangeKind.Key, key.Id).ConfigureAwait(false);
            return new SaveResult(SaveOutcome.Saved, saved);
        }

        var there = await session.NumberAsync("SELECT version FROM client_keys WHERE id = $1", key.Id).ConfigureAwait(false);
        return new SaveResult(there is null ? SaveOutcome.Missing : SaveOutcome.Conflict, 0);
    }, cancellationToken);

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (await session.ExecuteAsync("DELETE FROM client_keys WHERE id = $1", id).ConfigureAwait(false) == 0) return false;
        await session.NotifyAsync(StoreChangeKind.Key, id).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    public Task TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> lastUsed, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        foreach (var (id, time) in lastUsed.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            await session.ExecuteAsync("UPDATE client_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)", id, UnixMilliseconds.From(time)).ConfigureAwait(false);
    }, cancellationToken);

    private static object?[] Values(ClientKey key) =>
    [
        key.Name, key.Hash.ToArray(), key.PreviousHash.ToArray(), UnixMilliseconds.From(key.PreviousUntil), key.Prefix, JsonSerializer.Serialize(key.Scopes, StateJson.Default.KeyScopes),
        UnixMilliseconds.From(key.ExpiresAt), key.RequestsPerMinute, key.TokensPerMinute, key.Concurrency, JsonSerializer.Serialize(key.Budgets, StateJson.Default.IReadOnlyListBudgetLimit),
        key.Enabled, UnixMilliseconds.From(key.RevokedAt), key.Note, StateJson.Tags(key.Tags),
    ];

    private static ClientKey Read(Row row) => new()
    {
        Id = row.Text(0),
        Name = row.Text(1),
        Hash = row.Bytes(2),
        PreviousHash = row.Bytes(3),
        PreviousUntil = row.TimeOrNull(4),
        Prefix = row.Text(5),
        Scopes = JsonSerializer.Deserialize(row.Text(6), StateJson.Default.KeyScopes) ?? new(),
        ExpiresAt = row.TimeOrNull(7),
        RequestsPerMinute = (int?)row.NumberOrNull(8),
        TokensPerMinute = row.NumberOrNull(9),
        Concurrency = (int?)row.NumberOrNull(10),
        Budgets = JsonSerializer.Deserialize(row.Text(11), StateJson.Default.IReadOnlyListBudgetLimit) ?? [],
        Enabled = row.GetBool(12),
        RevokedAt = row.TimeOrNull(13),
        Note = row.Text(14),
        Tags = StateJson.Tags(row.Text(15)),
        Version = row.Number(16),
        CreatedAt = row.Time(17),
        UpdatedAt = row.Time(18),
        LastUsedAt = row.TimeOrNull(19),
    };
}

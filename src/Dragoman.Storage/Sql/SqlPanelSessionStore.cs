using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlPanelSessionStore(Database database) : IPanelSessionStore
{
    private const string Columns = "id, token_hash, secret_proof, created_at, last_used_at, expires_at, address, user_agent";

    public Task AddAsync(PanelSession session, int most, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async scope =>
    {
        await scope.ExecuteAsync(
            $"INSERT INTO panel_sessions ({Columns}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)", session.Id, session.TokenHash.ToArray(), session.SecretProof.ToArray(), UnixMilliseconds.From(session.CreatedAt),
            UnixMilliseconds.From(session.LastUsedAt), UnixMilliseconds.From(session.ExpiresAt), session.Address, session.UserAgent).ConfigureAwait(false);
        return await scope.ExecuteAsync("DELETE FROM panel_sessions WHERE id <> $1 AND id NOT IN (SELECT id FROM panel_sessions WHERE id <> $1 ORDER BY last_used_at DESC, id LIMIT $2)", session.Id, (long)most - 1).ConfigureAwait(false);
    }, undo: null, cancellationToken);

    public Task<PanelSession?> FindAsync(string id, CancellationToken cancellationToken = default)
        => database.ReadSoonAsync(scope => scope.FirstAsync($"SELECT {Columns} FROM panel_sessions WHERE id = $1", Read, id), cancellationToken);

    public Task<IReadOnlyList<PanelSession>> ListAsync(CancellationToken cancellationToken = default)
        => database.ReadSoonAsync<IReadOnlyList<PanelSession>>(async scope => await scope.QueryAsync($"SELECT {Columns} FROM panel_sessions ORDER BY last_used_at DESC, id", Read).ConfigureAwait(false), cancellationToken);

    public Task<bool> TouchAsync(string id, DateTimeOffset at, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async scope =>
        await scope.ExecuteAsync("UPDATE panel_sessions SET last_used_at = CASE WHEN last_used_at > $2 THEN last_used_at ELSE $2 END WHERE id = $1", id, UnixMilliseconds.From(at)).ConfigureAwait(false) > 0, undo: null, cancellationToken);

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async scope =>
        await scope.ExecuteAsync("DELETE FROM panel_sessions WHERE id = $1", id).ConfigureAwait(false) > 0, undo: null, cancellationToken);

    public Task<int> RemoveAllAsync(string? except, CancellationToken cancellationToken = default)
        => database.WriteSoonAsync(scope => scope.ExecuteAsync("DELETE FROM panel_sessions WHERE id <> $1", except ?? ""), undo: null, cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset now, DateTimeOffset unusedSince, CancellationToken cancellationToken = default)
        => database.WriteSoonAsync(scope => scope.ExecuteAsync("DELETE FROM panel_sessions WHERE expires_at <= $1 OR last_used_at <= $2", UnixMilliseconds.From(now), UnixMilliseconds.From(unusedSince)), undo: null, cancellationToken);

    private static PanelSession Read(Row row) => new(row.Text(0), row.Bytes(1), row.Bytes(2))
    {
        CreatedAt = row.Time(3),
        LastUsedAt = row.Time(4),
        ExpiresAt = row.Time(5),
        Address = row.Text(6),
        UserAgent = row.Text(7),
    };
}

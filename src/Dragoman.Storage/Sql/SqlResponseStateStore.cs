using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlResponseStateStore(Database database, TimeProvider time) : IResponseStateStore
{
    private const string Columns = "id, owner, parent_id, status, model, account_id, response, input_items, created_at, expires_at";

    public Task<bool> SaveAsync(StoredResponse response, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
        await session.ExecuteAsync(
            $"INSERT INTO responses ({Columns}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT (id) DO UPDATE SET parent_id=excluded.parent_id, status=excluded.status, model=excluded.model, "
            + "account_id=excluded.account_id, response=excluded.response, input_items=excluded.input_items, expires_at=excluded.expires_at WHERE responses.owner = excluded.owner",
            response.Id, response.Owner, response.ParentId, response.Status, response.Model, response.AccountId, response.Response.ToArray(), response.InputItems.ToArray(),
            UnixMilliseconds.From(response.CreatedAt), UnixMilliseconds.From(response.ExpiresAt)).ConfigureAwait(false) > 0, cancellationToken);

    public Task<StoredResponse?> GetAsync(string id, string owner, CancellationToken cancellationToken = default) => database.ReadSoonAsync(session => FindAsync(session, id, owner), cancellationToken);

    public Task<IReadOnlyList<StoredResponse>?> ChainAsync(string id, string owner, int limit = 1_000, CancellationToken cancellationToken = default)
        => database.ReadSoonAsync<IReadOnlyList<StoredResponse>?>(async session =>
        {
            var chain = new List<StoredResponse>();
            for (var next = id; next is not null; next = chain[^1].ParentId)
            {
                if (chain.Count == limit || await FindAsync(session, next, owner).ConfigureAwait(false) is not { } found) return null;
                chain.Add(found);
            }

            chain.Reverse();
            return chain;
        }, cancellationToken);

    public Task<string?> OwnerOfAsync(string id, CancellationToken cancellationToken = default)
        => database.ReadSoonAsync(session => session.FirstAsync("SELECT owner FROM responses WHERE id = $1", static row => row.Text(0), id), cancellationToken);

    public Task<IReadOnlyList<StoredResponse>> RecentAsync(string owner, int limit, CancellationToken cancellationToken = default)
        => database.ReadSoonAsync<IReadOnlyList<StoredResponse>>(async session => await session.QueryAsync(
            $"SELECT {Columns} FROM responses WHERE owner = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC LIMIT $3", Read, owner, UnixMilliseconds.From(time.GetUtcNow()), limit).ConfigureAwait(false), cancellationToken);

    public Task<bool> RemoveAsync(string id, string owner, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async session =>
        await session.ExecuteAsync("DELETE FROM responses WHERE id = $1 AND owner = $2", id, owner).ConfigureAwait(false) > 0, undo: null, cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
        => database.WriteAsync(session => session.ExecuteAsync("DELETE FROM responses WHERE expires_at <= $1", UnixMilliseconds.From(now)), cancellationToken);

    private Task<StoredResponse?> FindAsync(DbTransactionScope session, string id, string owner)
        => session.FirstAsync($"SELECT {Columns} FROM responses WHERE id = $1 AND owner = $2 AND (expires_at IS NULL OR expires_at > $3)", Read, id, owner, UnixMilliseconds.From(time.GetUtcNow()));

    private static StoredResponse Read(Row row) => new()
    {
        Id = row.Text(0),
        Owner = row.Text(1),
        ParentId = row.TextOrNull(2),
        Status = row.Text(3),
        Model = row.Text(4),
        AccountId = row.Text(5),
        Response = row.Bytes(6),
        InputItems = row.Bytes(7),
        CreatedAt = row.Time(8),
        ExpiresAt = row.TimeOrNull(9),
    };
}

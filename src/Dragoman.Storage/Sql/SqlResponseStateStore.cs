using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlResponseStateStore(Database database, TimeProvider time) : IResponseStateStore
{
    private const string Columns = "id, owner, parent_id, status, model, account_id, response, input_items, created_at, expires_at, version";

    public Task<SaveResult> SaveAsync(ResponseStateRecord response, long? fromVersion = null, Fence? fence = null, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (!await session.HoldsAsync(fence).ConfigureAwait(false)) return new SaveResult(SaveOutcome.Fenced, 0);
        object?[] values =
        [
            response.Id, response.Owner, response.ParentId, response.Status, response.Model, response.AccountId, response.Response.ToArray(), response.InputItems.ToArray(),
            UnixMilliseconds.From(response.CreatedAt), UnixMilliseconds.From(response.ExpiresAt),
        ];
        const string Insert = $"INSERT INTO responses ({Columns}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,1) ON CONFLICT (id) DO ";
        var version = fromVersion switch
        {
            null => await session.NumberAsync(
                Insert + "UPDATE SET parent_id=excluded.parent_id, status=excluded.status, model=excluded.model, account_id=excluded.account_id, response=excluded.response, "
                + "input_items=excluded.input_items, expires_at=excluded.expires_at, version=responses.version+1 WHERE responses.owner = excluded.owner RETURNING version", values).ConfigureAwait(false),
            0 => await session.NumberAsync(Insert + "NOTHING RETURNING version", values).ConfigureAwait(false),
            _ => await session.NumberAsync(
                "UPDATE responses SET parent_id=$3, status=$4, model=$5, account_id=$6, response=$7, input_items=$8, created_at=$9, expires_at=$10, version=version+1 "
                + "WHERE id=$1 AND owner=$2 AND version=$11 RETURNING version", [.. values, fromVersion]).ConfigureAwait(false),
        };
        if (version is { } saved) return new SaveResult(SaveOutcome.Saved, saved);
        if (fromVersion is null or 0) return new SaveResult(SaveOutcome.Taken, 0);
        var owner = await session.FirstAsync("SELECT owner FROM responses WHERE id = $1", static row => row.Text(0), response.Id).ConfigureAwait(false);
        return new SaveResult(owner is null ? SaveOutcome.Missing : owner == response.Owner ? SaveOutcome.Conflict : SaveOutcome.Taken, 0);
    }, cancellationToken);

    public Task<ResponseStateRecord?> GetAsync(string id, string owner, CancellationToken cancellationToken = default) => database.ReadSoonAsync(session => FindAsync(session, id, owner), cancellationToken);

    public Task<IReadOnlyList<ResponseStateRecord>?> ChainAsync(string id, string owner, int limit = 1_000, CancellationToken cancellationToken = default)
        => database.ReadSoonAsync<IReadOnlyList<ResponseStateRecord>?>(async session =>
        {
            var chain = new List<ResponseStateRecord>();
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

    public Task<IReadOnlyList<ResponseStateRecord>> RecentAsync(string owner, int limit, CancellationToken cancellationToken = default)
        => database.ReadSoonAsync<IReadOnlyList<ResponseStateRecord>>(async session => await session.QueryAsync(
            $"SELECT {Columns} FROM responses WHERE owner = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC LIMIT $3", Read, owner, UnixMilliseconds.From(time.GetUtcNow()), limit).ConfigureAwait(false), cancellationToken);

    public Task<bool> RemoveAsync(string id, string owner, CancellationToken cancellationToken = default) => database.WriteSoonAsync(async session =>
        await session.ExecuteAsync("DELETE FROM responses WHERE id = $1 AND owner = $2", id, owner).ConfigureAwait(false) > 0, undo: null, cancellationToken);

    public Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
        => database.WriteAsync(session => session.ExecuteAsync("DELETE FROM responses WHERE expires_at <= $1", UnixMilliseconds.From(now)), cancellationToken);

    private Task<ResponseStateRecord?> FindAsync(DbTransactionScope session, string id, string owner)
        => session.FirstAsync($"SELECT {Columns} FROM responses WHERE id = $1 AND owner = $2 AND (expires_at IS NULL OR expires_at > $3)", Read, id, owner, UnixMilliseconds.From(time.GetUtcNow()));

    private static ResponseStateRecord Read(Row row) => new()
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
        Version = row.Number(10),
    };
}

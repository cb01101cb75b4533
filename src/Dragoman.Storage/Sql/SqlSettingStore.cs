using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlSettingStore(Database database) : ISettingStore
{
    private const string Columns = "name, value, secret, version, updated_at";

    public Task<IReadOnlyList<Setting>> ListAsync(CancellationToken cancellationToken = default)
        => database.ReadAsync<IReadOnlyList<Setting>>(async session => await session.QueryAsync($"SELECT {Columns} FROM settings ORDER BY name", Read).ConfigureAwait(false), cancellationToken);

    public Task<Setting?> GetAsync(string name, CancellationToken cancellationToken = default)
        => database.ReadAsync(session => session.FirstAsync($"SELECT {Columns} FROM settings WHERE name = $1", Read, name), cancellationToken);

    public Task<SaveResult> SetAsync(Setting setting, long? fromVersion, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        var now = await session.NowAsync().ConfigureAwait(false);
        object?[] values = [setting.Name, setting.Value, setting.Secret.ToArray(), now];
        const string Insert = $"INSERT INTO settings ({Columns}) VALUES ($1,$2,$3,1,$4) ON CONFLICT (name) DO ";
        const string Change = "value=excluded.value, secret=excluded.secret, version=settings.version+1, updated_at=excluded.updated_at";
        var version = fromVersion switch
        {
            null => await session.NumberAsync($"{Insert}UPDATE SET {Change} RETURNING version", values).ConfigureAwait(false),
            0 => await session.NumberAsync($"{Insert}NOTHING RETURNING version", values).ConfigureAwait(false),
            _ => await session.NumberAsync("UPDATE settings SET value=$2, secret=$3, version=version+1, updated_at=$4 WHERE name=$1 AND version=$5 RETURNING version", [.. values, fromVersion]).ConfigureAwait(false),
        };
        if (version is { } saved)
        {
            await session.NotifyAsync(StoreChangeKind.Setting, setting.Name).ConfigureAwait(false);
            return new SaveResult(SaveOutcome.Saved, saved);
        }

        if (fromVersion == 0) return new SaveResult(SaveOutcome.Taken, 0);
        var there = await session.NumberAsync("SELECT version FROM settings WHERE name = $1", setting.Name).ConfigureAwait(false);
        return new SaveResult(there is null ? SaveOutcome.Missing : SaveOutcome.Conflict, 0);
    }, cancellationToken);

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (await session.ExecuteAsync("DELETE FROM settings WHERE name = $1", name).ConfigureAwait(false) == 0) return false;
        await session.NotifyAsync(StoreChangeKind.Setting, name).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    private static Setting Read(Row row) => new(row.Text(0), row.Text(1)) { Secret = row.Bytes(2), Version = row.Number(3), UpdatedAt = row.Time(4) };
}

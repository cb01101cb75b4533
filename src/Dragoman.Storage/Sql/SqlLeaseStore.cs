using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlLeaseStore(Database database, TimeProvider time) : ILeaseStore
{
    public Task<Lease?> TryTakeAsync(string name, string holder, TimeSpan term, CancellationToken cancellationToken = default)
    {
        var asked = time.GetUtcNow();
        return database.WriteAsync(async session =>
        {
            // A moment too old (while waiting for the row) only makes the lease harder to take and shorter.
            var now = await session.NowAsync().ConfigureAwait(false);
            return await session.FirstAsync(
                "INSERT INTO leases (name, holder, epoch, expires_at) VALUES ($1, $2, 1, $3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = leases.epoch + 1, "
                + "expires_at = excluded.expires_at WHERE leases.expires_at <= $4 RETURNING epoch, expires_at",
                row => new Lease(name, holder, row.Number(0), row.Time(1), StopUsing(asked, term)), name, holder, now + (long)term.TotalMilliseconds, now).ConfigureAwait(false);
        }, cancellationToken);
    }

    public Task<Lease?> RenewAsync(Lease lease, TimeSpan term, CancellationToken cancellationToken = default)
    {
        var asked = time.GetUtcNow();
        return database.WriteAsync(async session =>
        {
            var now = await session.NowAsync().ConfigureAwait(false);
            // An end of zero is a lease given back; it is not to be had again without a new epoch.
            return await session.FirstAsync("UPDATE leases SET expires_at = $3 WHERE name = $1 AND epoch = $2 AND expires_at > 0 RETURNING expires_at",
                row => lease with { ExpiresAt = row.Time(0), StopUsingAt = StopUsing(asked, term) }, lease.Name, lease.Epoch, now + (long)term.TotalMilliseconds).ConfigureAwait(false);
        }, cancellationToken);
    }

    public Task<bool> ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
        await session.ExecuteAsync("UPDATE leases SET expires_at = 0 WHERE name = $1 AND epoch = $2 AND expires_at > 0", lease.Name, lease.Epoch).ConfigureAwait(false) > 0, cancellationToken);

    public Task<bool> ForgetAsync(Lease lease, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
        await session.ExecuteAsync("DELETE FROM leases WHERE name = $1 AND epoch = $2", lease.Name, lease.Epoch).ConfigureAwait(false) > 0, cancellationToken);

    public Task<Lease?> GetAsync(string name, CancellationToken cancellationToken = default) => database.ReadSoonAsync(session =>
        session.FirstAsync("SELECT holder, epoch, expires_at FROM leases WHERE name = $1", row => new Lease(name, row.Text(0), row.Number(1), row.Time(2), row.Time(2)), name), cancellationToken);

    private static DateTimeOffset StopUsing(DateTimeOffset asked, TimeSpan term) => asked + (term * 0.8);
}

namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Leases: at most one holder at a time, by the database's clock. Every taking increments the epoch, which fences late writers: a save that
/// names a <see cref="Fence"/> is refused once somebody else has taken the lease.
/// </summary>
public interface ILeaseStore
{
    /// <summary>Takes a free (or expired) lease.</summary>
    /// <param name="name">What is leased: <c>refresh:&lt;account&gt;</c>, <c>job:retention</c>, …</param>
    /// <param name="holder">Who takes it: unique to the taker, also within a process. A holder does not take its own lease twice.</param>
    /// <param name="term">For how long.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lease, or null when somebody holds it.</returns>
    Task<Lease?> TryTakeAsync(string name, string holder, TimeSpan term, CancellationToken cancellationToken = default);

    /// <summary>Prolongs a lease that is still held, also one that ran out without being taken.</summary>
    /// <returns>The lease with its new end and the same epoch, or null when it has passed on.</returns>
    Task<Lease?> RenewAsync(Lease lease, TimeSpan term, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back; its epoch lives on.</summary>
    /// <returns>Whether it was still held.</returns>
    Task<bool> ReleaseAsync(Lease lease, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back whose name is never used again, with its epoch: who still writes under it is refused.</summary>
    /// <returns>Whether it was still held.</returns>
    Task<bool> ForgetAsync(Lease lease, CancellationToken cancellationToken = default);

    /// <summary>How a lease stands: who held it last, with which epoch and until when; or null when nobody ever took it.</summary>
    Task<Lease?> GetAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>A lease.</summary>
/// <param name="Name">What is leased.</param>
/// <param name="Holder">By whom.</param>
/// <param name="Epoch">How often it was taken, this time included.</param>
/// <param name="ExpiresAt">Until when, by the database's clock.</param>
/// <param name="StopUsingAt">Until when its holder may act on it, by the holder's own clock: 80 % of the term after asking, so that clocks and delays do no harm.</param>
public sealed record Lease(string Name, string Holder, long Epoch, DateTimeOffset ExpiresAt, DateTimeOffset StopUsingAt)
{
    /// <summary>What a save names to be refused when the lease has passed on.</summary>
    public Fence Fence => new(Name, Epoch);
}

/// <summary>A lease at an epoch: saves that name it are done only while nobody has taken the lease since.</summary>
/// <param name="Lease">The lease's name.</param>
/// <param name="Epoch">The epoch.</param>
public sealed record Fence(string Lease, long Epoch);

using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Says to the other processes on a shared store that this one is making a response, by a lease that ends with it. Who finds a response that is not done and
/// whose lease nobody holds may take the lease and report the response as failed; what its former maker saves afterwards is fenced off.
/// </summary>
/// <param name="leases">The leases of the store.</param>
/// <param name="node">The name of this process, which no other has.</param>
/// <param name="isShared">Whether other processes work on the same store.</param>
/// <param name="time">The clock.</param>
/// <param name="term">For how long a response counts as being made after its maker was last heard of; null for <see cref="DefaultTerm"/>.</param>
public sealed class RunLeases(ILeaseStore leases, string node, bool isShared, TimeProvider time, TimeSpan? term = null)
{
    /// <summary>For how long a response counts as being made after its maker was last heard of.</summary>
    public static readonly TimeSpan DefaultTerm = TimeSpan.FromSeconds(60);

    /// <summary>How long the start of a response waits for its lease: as long as for the store elsewhere.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);

    private readonly TimeSpan _term = term ?? DefaultTerm;

    /// <summary>Whether other processes work on the same store.</summary>
    public bool IsShared => isShared;

    /// <summary>
    /// Takes the lease of a response that is about to be made; null where nobody shares the store, or the store does not answer: others may then take the
    /// response for interrupted, and it is still kept when it is done.
    /// </summary>
    public async Task<Lease?> TakeAsync(string id)
    {
        if (!isShared) return null;
        try
        {
            return await leases.TryTakeAsync(NameOf(id), node, _term).WaitAsync(LongestWait, time);
        }
        catch (Exception ex) when (ex is StoreException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Holds a response's lease for as long as the response is being made; never throws.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="making">Ends when the response is done.</param>
    /// <param name="lost">Stops the making: another process has taken the response for interrupted.</param>
    public async Task HoldAsync(Lease lease, Task making, Func<Task> lost)
    {
        using var done = new CancellationTokenSource();
        while (await Task.WhenAny(making, Task.Delay(_term / 3, time, done.Token)) != making)
        {
            try
            {
                if (await leases.RenewAsync(lease, _term) is not { } renewed)
                {
                    await lost();
                    return;
                }

                lease = renewed;
            }
            catch (StoreException)
            {
                // It is asked again; a lease that ran out and was not taken by another is still ours.
            }
        }

        await done.CancelAsync();
        await ReleaseAsync(lease);
    }

    /// <summary>Takes the lease of a response that is not done, where no other process holds it; null while one does.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<Lease?> TryTakeOverAsync(string id)
    {
        // By this process's clock first, to spare the store a write at every look; the database's clock decides.
        if (await leases.GetAsync(NameOf(id)) is { } lease && lease.ExpiresAt > time.GetUtcNow()) return null;
        return await leases.TryTakeAsync(NameOf(id), node, _term);
    }

    /// <summary>Gives a lease back for good, because the response is done; never throws.</summary>
    public async Task ReleaseAsync(Lease lease)
    {
        try
        {
            await leases.ForgetAsync(lease);
        }
        catch (StoreException)
        {
            // It runs out by itself.
        }
    }

    private static string NameOf(string id) => $"response:{id}";
}

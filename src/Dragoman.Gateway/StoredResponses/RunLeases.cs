using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>Says to the other processes on a shared store that this one is making a response, by a lease that ends with it.</summary>
public sealed class RunLeases(ILeaseStore leases, string node, bool isShared, TimeProvider time)
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(60);

    /// <summary>Whether other processes work on the same store.</summary>
    public bool IsShared { get; } = isShared;

    /// <summary>Holds a response's lease for as long as it is being made; never throws.</summary>
    public async Task HoldAsync(string id, Task making)
    {
        if (!IsShared) return;
        try
        {
            var lease = await leases.TryTakeAsync(NameOf(id), node, Term);
            while (lease is not null && await Task.WhenAny(making, Task.Delay(Term / 3, time)) != making) lease = await leases.RenewAsync(lease, Term);
            if (lease is not null) await leases.ReleaseAsync(lease);
        }
        catch (StoreException)
        {
            // Others may take it for interrupted; it will still be kept when it is done.
        }
    }

    /// <summary>Whether another process holds it.</summary>
    public async Task<bool> IsHeldElsewhereAsync(string id)
        => IsShared && await leases.GetAsync(NameOf(id)) is { } lease && lease.Holder != node && lease.ExpiresAt > time.GetUtcNow();

    private static string NameOf(string id) => $"response:{id}";
}

using Dragoman.Gateway.Persistence;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api.Responses;

/// <summary>Says to the other processes on a shared store that this one is making a response, by a lease that ends with it.</summary>
internal sealed class RunLeases(GatewayServices services)
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(60);

    /// <summary>Whether other processes work on the same store.</summary>
    public bool IsShared { get; } = services.Config.Store.Postgres is not null;

    /// <summary>Holds a response's lease for as long as it is being made; never throws.</summary>
    public async Task HoldAsync(string id, Task making)
    {
        if (!IsShared) return;
        try
        {
            var lease = await services.Store.Leases.TryTakeAsync(NameOf(id), services.NodeId, Term);
            while (lease is not null && await Task.WhenAny(making, Task.Delay(Term / 3, services.Time)) != making) lease = await services.Store.Leases.RenewAsync(lease, Term);
            if (lease is not null) await services.Store.Leases.ReleaseAsync(lease);
        }
        catch (StoreException)
        {
            // Others may take it for interrupted; it will still be kept when it is done.
        }
    }

    /// <summary>Whether another process holds it.</summary>
    public async Task<bool> IsHeldElsewhereAsync(string id)
        => IsShared && await services.Store.Leases.GetAsync(NameOf(id)) is { } lease && lease.Holder != services.NodeId && lease.ExpiresAt > services.Time.GetUtcNow();

    private static string NameOf(string id) => $"response:{id}";
}

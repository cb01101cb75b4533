using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Features;

/// <summary>Keeps client keys and reservations up while the gateway runs: keys follow the store, and what a dead process reserved is settled.</summary>
internal sealed class ClientKeyUpkeep : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task[] _running = [];

    private ClientKeyUpkeep()
    {
    }

    /// <summary>Settles what a process before this one left open, and keeps everything up from now on.</summary>
    /// <exception cref="StartException">The store does not answer.</exception>
    public static async Task<ClientKeyUpkeep> StartAsync(
        ClientKeyStore keys, BudgetReservationService budgets, IGatewayStore store, DataFolderOptions folder, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        var upkeep = new ClientKeyUpkeep();
        var reaper = new ReservationReaper(store.Budgets, budgets.Instance, time, log);
        try
        {
            var before = PreviousInstanceFile.Begin(folder.Path, budgets.Instance);
            await reaper.SettleOrphansAsync(before, cancellationToken);
            PreviousInstanceFile.Complete(folder.Path, before);
            // Listening begins with the call: nothing that changes from here on is missed.
            upkeep._running = [keys.FollowAsync(store.Changes, upkeep._stop.Token), reaper.RunAsync(upkeep._stop.Token)];
            await keys.ReloadAsync(cancellationToken);
            return upkeep;
        }
        catch (Exception ex)
        {
            await upkeep.DisposeAsync();
            if (ex is StoreException) throw new StartException($"Keys and budgets cannot be looked after: {ex.Message}");
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }
}

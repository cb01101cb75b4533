using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Yaml;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Usage;

namespace Dragoman.Server.Hosting;

/// <summary>Client keys, their limits and budgets, prices and the ledger: made together, kept up together, closed together.</summary>
internal sealed class ClientKeyModule : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task[] _running = [];

    private ClientKeyModule(ClientKeyStore ring, PriceCatalog prices, UsageLedgerWriter usage, KeyRateLimiters meters)
    {
        Ring = ring;
        Prices = prices;
        Usage = usage;
        Meters = meters;
    }

    /// <summary>Who may ask.</summary>
    public ClientKeyStore Ring { get; }

    /// <summary>What models cost.</summary>
    public PriceCatalog Prices { get; }

    /// <summary>The ledger's writer.</summary>
    public UsageLedgerWriter Usage { get; }

    /// <summary>What keys take on this node.</summary>
    public KeyRateLimiters Meters { get; }

    /// <summary>Reads the keys.</summary>
    /// <exception cref="StartException">The store cannot be read, or others could reach a gateway that has no keys.</exception>
    public static async Task<ClientKeyModule> OpenAsync(GatewayConfig config, IReadOnlyList<ConfigDiagnostic> problems, StoreHandle opened, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        ClientKeyStore ring;
        try
        {
            ring = await ClientKeyStore.OpenAsync(config.ApiKeys, opened.Store.Keys, opened.Secrets, time, log, cancellationToken);
        }
        catch (StoreException ex)
        {
            throw new StartException($"The client keys cannot be read: {ex.Message}");
        }

        ring.MayBeOpen = config.IsLoopbackOnly;
        if (config.Exposed is { } listener && ring.Count == 0)
        {
            ring.Dispose();
            throw new StartException(
                $"The address '{listener.Host}' can be reached from other machines, but there are no client keys. Add api-keys: to the configuration, make a key with 'dragoman keys create' while bound to 127.0.0.1, or stay there.",
                problems);
        }

        return new ClientKeyModule(ring, new PriceCatalog(config.Prices), new UsageLedgerWriter(opened.Store, time, log), new KeyRateLimiters(time));
    }

    /// <summary>Settles what a process before this one left open, and keeps everything up from now on.</summary>
    public async Task<KeyAdmissionController> StartAsync(IGatewayStore store, Dragoman.Gateway.Routing.IRouter router, Func<GatewayConfig> config, string? dataFolder, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        var desk = new BudgetReservationService(store.Budgets, router, Prices, Usage, () => config().Budgets, time, log);
        var watch = new ReservationReaper(store.Budgets, desk.Instance, time, log);
        try
        {
            var before = PreviousInstanceFile.Enter(dataFolder, desk.Instance);
            await watch.SettleOrphansAsync(before, cancellationToken);
            PreviousInstanceFile.Settled(dataFolder, before);
            // Listening begins with the call: nothing that changes from here on is missed.
            _running = [Ring.FollowAsync(store.Changes, _stop.Token), watch.RunAsync(_stop.Token)];
            await Ring.ReloadAsync(cancellationToken);
        }
        catch (StoreException ex)
        {
            throw new StartException($"Keys and budgets cannot be looked after: {ex.Message}");
        }

        return new KeyAdmissionController(Meters, desk, time);
    }

    /// <summary>Takes a new configuration.</summary>
    public void Configure(GatewayConfig config)
    {
        Ring.Configure(config.ApiKeys);
        Prices.Configure(config.Prices);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        await Usage.DisposeAsync();
        Ring.Dispose();
        _stop.Dispose();
    }
}

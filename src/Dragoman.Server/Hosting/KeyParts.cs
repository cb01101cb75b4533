using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Keys;
using Dragoman.Gateway.Metering;
using Dragoman.Gateway.State;

namespace Dragoman.Server.Hosting;

/// <summary>Client keys, their limits and budgets, prices and the ledger: made together, kept up together, closed together.</summary>
internal sealed class KeyParts : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task[] _running = [];

    private KeyParts(KeyRing ring, PriceBook prices, UsageBook usage, KeyMeters meters)
    {
        Ring = ring;
        Prices = prices;
        Usage = usage;
        Meters = meters;
    }

    /// <summary>Who may ask.</summary>
    public KeyRing Ring { get; }

    /// <summary>What models cost.</summary>
    public PriceBook Prices { get; }

    /// <summary>The ledger's writer.</summary>
    public UsageBook Usage { get; }

    /// <summary>What keys take on this node.</summary>
    public KeyMeters Meters { get; }

    /// <summary>Reads the keys.</summary>
    /// <exception cref="StartException">The store cannot be read, or others could reach a gateway that has no keys.</exception>
    public static async Task<KeyParts> OpenAsync(GatewayConfig config, IReadOnlyList<ConfigProblem> problems, OpenedStore opened, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        KeyRing ring;
        try
        {
            ring = await KeyRing.OpenAsync(config.ApiKeys, opened.Store.Keys, opened.Secrets, time, log, cancel);
        }
        catch (StoreException fault)
        {
            throw new StartException($"The client keys cannot be read: {fault.Message}");
        }

        ring.MayBeOpen = config.IsLoopbackOnly;
        if (config.Exposed is { } listener && ring.Count == 0)
        {
            ring.Dispose();
            throw new StartException(
                $"The address '{listener.Host}' can be reached from other machines, but there are no client keys. Add api-keys: to the configuration, make a key with 'dragoman keys create' while bound to 127.0.0.1, or stay there.",
                problems);
        }

        return new KeyParts(ring, new PriceBook(config.Prices), new UsageBook(opened.Store, time, log), new KeyMeters(time));
    }

    /// <summary>Settles what a process before this one left open, and keeps everything up from now on.</summary>
    public async Task<KeyAdmission> StartAsync(IGatewayStore store, Gateway.Models.IRouter router, Func<GatewayConfig> config, string? dataFolder, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        var desk = new BudgetDesk(store.Budgets, router, Prices, Usage, () => config().Budgets, time, log);
        var watch = new BudgetWatch(store.Budgets, desk.Instance, time, log);
        try
        {
            var before = InstanceMark.Enter(dataFolder, desk.Instance);
            await watch.SettleOrphansAsync(before, cancel);
            InstanceMark.Settled(dataFolder, before);
            // Listening begins with the call: nothing that changes from here on is missed.
            _running = [Ring.FollowAsync(store.Changes, _stop.Token), watch.RunAsync(_stop.Token)];
            await Ring.ReloadAsync(cancel);
        }
        catch (StoreException fault)
        {
            throw new StartException($"Keys and budgets cannot be looked after: {fault.Message}");
        }

        return new KeyAdmission(Meters, desk, time);
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

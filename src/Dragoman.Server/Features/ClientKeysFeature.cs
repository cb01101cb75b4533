using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Usage;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Metrics;
using IRouter = Dragoman.Gateway.Routing.IRouter;

namespace Dragoman.Server.Features;

/// <summary>Client keys, their rates and their budgets.</summary>
internal static class ClientKeysFeature
{
    /// <summary>Registers the keys, and who lets requests in.</summary>
    public static IServiceCollection AddClientKeys(this IServiceCollection services)
    {
        services.AddOpened(OpenKeysAsync);
        services.AddSingleton<KeyRateLimiters>();
        services.AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<Func<GatewayConfig>>();
            return new BudgetReservationService(
                provider.GetRequiredService<IBudgetStore>(), provider.GetRequiredService<IRouter>(), provider.GetRequiredService<PriceCatalog>(), provider.GetRequiredService<UsageLedgerWriter>(),
                () => config().Budgets, provider.GetRequiredService<TimeProvider>(), Log(provider));
        });
        services.AddOpened((provider, cancellationToken) => ClientKeyUpkeep.StartAsync(
            provider.GetRequiredService<ClientKeyStore>(), provider.GetRequiredService<BudgetReservationService>(), provider.GetRequiredService<IGatewayStore>(),
            provider.GetRequiredService<DataFolderOptions>(), provider.GetRequiredService<TimeProvider>(), Log(provider), cancellationToken));
        services.AddSingleton<IAdmissionController, KeyAdmissionController>();
        services.AddSingleton<IMetricsPart, BudgetMetrics>();
        return services;
    }

    private static async Task<ClientKeyStore> OpenKeysAsync(IServiceProvider provider, CancellationToken cancellationToken)
    {
        var source = provider.GetRequiredService<ConfigSource>();
        ClientKeyStore keys;
        try
        {
            keys = await ClientKeyStore.OpenAsync(
                source.Config.ApiKeys, provider.GetRequiredService<IKeyStore>(), provider.GetRequiredService<ISecretProtector>(), provider.GetRequiredService<TimeProvider>(), Log(provider), cancellationToken);
        }
        catch (StoreException ex)
        {
            throw new StartException($"The client keys cannot be read: {ex.Message}");
        }

        keys.MayBeOpen = source.Config.IsLoopbackOnly;
        if (source.Config.Exposed is { } listener && keys.Count == 0)
        {
            keys.Dispose();
            throw new StartException(
                $"The address '{listener.Host}' can be reached from other machines, but there are no client keys. Add api-keys: to the configuration, make a key with 'dragoman keys create' while bound to 127.0.0.1, or stay there.",
                source.Loaded.Problems);
        }

        return keys;
    }

    private static ILogger Log(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateLogger("Keys");
}

using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols.Json;
using Dragoman.Server.DataFolders;
using GatewayRouter = Dragoman.Gateway.Routing.Router;

namespace Dragoman.Server.Features;

/// <summary>How a changed configuration comes into force.</summary>
internal static class ConfigurationFeature
{
    /// <summary>Registers the watcher of the configuration's file, and who follows a change.</summary>
    public static IServiceCollection AddConfigurationChanges(this IServiceCollection services)
    {
        services.AddSingleton<ConfigurationChanges>();
        services.AddSingleton(provider => Watch(provider)!);
        return services;
    }

    /// <summary>The watcher; null for a configuration without a file.</summary>
    private static ConfigWatcher? Watch(IServiceProvider provider)
    {
        var source = provider.GetRequiredService<ConfigSource>();
        if (source.Followed is not { } file) return null;
        var (transport, accounts) = (provider.GetRequiredService<UpstreamTransport>(), provider.GetRequiredService<AccountRegistry>());
        var watcher = new ConfigWatcher(file, source.Loaded, source.Loader, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ConfigWatcher>>());
        watcher.Changed += (_, change) => transport.Apply(change.Current);
        watcher.Changed += (_, change) => accounts.Take(change.Current);
        return watcher;
    }
}

/// <summary>Hands every new effective configuration (of file and store) to whoever obeys it, in this order.</summary>
internal sealed class ConfigurationChanges
{
    public ConfigurationChanges(
        AccountRegistry accounts, ConfigSource source, UpstreamTransport transport, GatewayRouter router, ClientKeyStore keys, PriceCatalog prices, CooldownStateSync cooldowns, MemoryBudget memory, CatalogRefresher catalog)
    {
        transport.Apply(source.Config);
        accounts.Changed += (_, change) => router.Apply(change.Current.ToRouting());
        accounts.Changed += (_, change) => keys.Configure(change.Current.ApiKeys);
        accounts.Changed += (_, change) => prices.Configure(change.Current.Prices);
        accounts.Changed += (_, change) => cooldowns.Take(change.Previous.Accounts, change.Current.Accounts);
        accounts.Changed += (_, change) => memory.Limit = ForwardingFeature.MemoryFor(change.Current);
        accounts.Changed += (_, change) => catalog.Configure(change.Current.Catalog);
        // What changed while the parts were opened.
        router.Apply(accounts.Current.ToRouting());
    }
}

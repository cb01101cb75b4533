using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Health;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Metrics;
using Dragoman.Storage.Secrets;

namespace Dragoman.Server.Features;

/// <summary>What lasts: the data folder, the store in it or on PostgreSQL, and the keys of its secrets.</summary>
internal static class StoreFeature
{
    /// <summary>Registers the store, its ports, and who looks after it.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services)
    {
        services.AddOpened((provider, cancellationToken) => DataFolderLease.TakeAsync(provider.GetRequiredService<DataFolderOptions>(), provider.GetRequiredService<TimeProvider>(), cancellationToken));
        services.AddOpened((provider, cancellationToken) => StoreHandle.OpenAsync(
            provider.GetRequiredService<ConfigSource>().Config.Store, provider.GetRequiredService<DataFolderOptions>().Path, provider.GetRequiredService<TimeProvider>(), Log(provider), cancellationToken));
        services.AddSingleton(provider => provider.GetRequiredService<StoreHandle>().Store);
        services.AddSingleton(provider => provider.GetRequiredService<StoreHandle>().Secrets);
        services.AddSingleton<ISecretProtector>(provider => provider.GetRequiredService<SecretProtector>());
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Accounts);
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Keys);
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Usage);
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Budgets);
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Flows);
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Audit);
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Leases);
        services.AddSingleton(provider => provider.GetRequiredService<IGatewayStore>().Responses);
        services.AddSingleton<StoreProbe>();
        services.AddSingleton(provider => new StoreWatch(provider.GetRequiredService<StoreProbe>(), provider.GetRequiredService<TimeProvider>(), Log(provider)));
        services.AddSingleton<IMetricsPart, StoreMetrics>();
        services.AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<Func<GatewayConfig>>();
            return new RetentionJob(provider.GetRequiredService<IGatewayStore>(), () => config().Flows, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Retention"));
        });
        return services;
    }

    private static ILogger Log(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateLogger("Store");
}

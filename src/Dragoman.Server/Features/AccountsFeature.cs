using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Health;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Metrics;
using GatewayRouter = Dragoman.Gateway.Routing.Router;
using IRouter = Dragoman.Gateway.Routing.IRouter;

namespace Dragoman.Server.Features;

/// <summary>The accounts of file and store, what is known of them and of their models, and who is asked.</summary>
internal static class AccountsFeature
{
    /// <summary>Registers the accounts, the configuration in force, the router and the catalog of models.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddOpened((provider, cancellationToken) => AccountRegistry.OpenAsync(
            provider.GetRequiredService<ConfigSource>().Config, provider.GetRequiredService<ProviderRegistry>(), provider.GetRequiredService<IAccountStore>(), provider.GetRequiredService<IGatewayStore>().Changes,
            provider.GetRequiredService<ISecretProtector>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AccountRegistry>>(), cancellationToken));
        services.AddSingleton<Func<GatewayConfig>>(provider =>
        {
            var registry = provider.GetRequiredService<AccountRegistry>();
            return () => registry.Current;
        });
        services.AddSingleton(provider => new GatewayRouter(provider.GetRequiredService<AccountRegistry>().Current.ToRouting(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRouter>(provider => provider.GetRequiredService<GatewayRouter>());
        services.AddOpened((provider, cancellationToken) =>
        {
            var router = provider.GetRequiredService<GatewayRouter>();
            var store = provider.GetRequiredService<IGatewayStore>();
            return CooldownStateSync.OpenAsync(
                router.Cooldowns, () => router.AccountIds, store.Cooldowns, store.Changes, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CooldownStateSync>>(), cancellationToken);
        });
        services.AddSingleton(provider =>
        {
            var (router, prices) = (provider.GetRequiredService<GatewayRouter>(), provider.GetRequiredService<PriceCatalog>());
            return new CatalogRefresher(provider.GetRequiredService<AccountRegistry>().Current.Catalog, Take, provider.GetRequiredService<UpstreamTransport>().Own,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Catalog"));

            void Take(ModelCatalog known, IReadOnlyList<ModelPrice> listed)
            {
                router.Apply(known);
                prices.List(listed);
            }
        });
        services.AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<Func<GatewayConfig>>();
            return new VendorContexts(provider.GetRequiredService<UpstreamTransport>(), module => config().SettingsOf(module), provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton(provider => new CredentialRenewal(
            provider.GetRequiredService<AccountRegistry>(), provider.GetRequiredService<IGatewayStore>(), provider.GetRequiredService<ISecretProtector>(), provider.GetRequiredService<VendorContexts>(), provider.GetRequiredService<NodeIdentity>().Id,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CredentialRenewal>>()));
        services.AddSingleton<ICredentialRenewal>(provider => provider.GetRequiredService<CredentialRenewal>());
        services.AddSingleton(provider =>
        {
            var store = provider.GetRequiredService<IGatewayStore>();
            return new QuotaBook(store.Settings, store.Changes, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<QuotaBook>>());
        });
        services.AddSingleton(provider => new QuotaRecorder(
            provider.GetRequiredService<GatewayRouter>().Cooldowns, provider.GetRequiredService<IGatewayStore>().QuotaHistory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<QuotaRecorder>>()));
        services.AddSingleton(provider =>
        {
            var router = provider.GetRequiredService<GatewayRouter>();
            return new QuotaPoller(
                provider.GetRequiredService<AccountRegistry>(), router.Cooldowns, router.Load, provider.GetRequiredService<QuotaBook>(), provider.GetRequiredService<VendorContexts>(),
                provider.GetRequiredService<ICredentialRenewal>(), provider.GetRequiredService<IGatewayStore>().Leases, provider.GetRequiredService<NodeIdentity>().Id,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<QuotaPoller>>());
        });
        services.AddSingleton<IHealthPart, CatalogHealth>();
        services.AddSingleton(provider => new AccountMetrics(provider.GetRequiredService<Func<GatewayConfig>>(), provider.GetRequiredService<GatewayRouter>().Cooldowns, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IMetricsPart>(provider => provider.GetRequiredService<AccountMetrics>());
        return services;
    }
}

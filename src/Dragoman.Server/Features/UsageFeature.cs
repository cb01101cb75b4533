using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Usage;
using Dragoman.Management.Health;
using Dragoman.Server.DataFolders;

namespace Dragoman.Server.Features;

/// <summary>What is used and what it costs.</summary>
internal static class UsageFeature
{
    /// <summary>Registers prices and the ledger's writer.</summary>
    public static IServiceCollection AddUsage(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PriceCatalog(provider.GetRequiredService<ConfigSource>().Config.Prices));
        services.AddSingleton<UsagePricing>();
        services.AddSingleton(provider => new UsageLedgerWriter(provider.GetRequiredService<IGatewayStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Keys")));
        services.AddSingleton<IHealthPart, UsageHealth>();
        return services;
    }
}

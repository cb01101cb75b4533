using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Management.Audit;

namespace Dragoman.Server.Management.Access;

/// <summary>Who may manage, and the record of what they did.</summary>
internal static class ManagementAccessModule
{
    /// <summary>Registers the guard of the management routes, the secret (which is opened at start) and the audit trail.</summary>
    public static IServiceCollection AddManagementAccess(this IServiceCollection services)
    {
        services.AddOpened((provider, cancellationToken) => ManagementSecret.OpenAsync(
            provider.GetRequiredService<Func<GatewayConfig>>(), provider.GetRequiredService<IGatewayStore>(), provider.GetRequiredService<ISecretProtector>(), Environment.GetEnvironmentVariable, Log(provider), cancellationToken));
        services.AddSingleton<LoginFailures>();
        services.AddSingleton(provider => new AuditTrail(provider.GetRequiredService<IAuditStore>(), provider.GetRequiredService<TimeProvider>(), Log(provider)));
        services.AddSingleton<ManagementAuthorization>();
        services.AddSingleton<ManagementGuard>();
        return services;
    }

    private static ILogger Log(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateLogger("Management");
}

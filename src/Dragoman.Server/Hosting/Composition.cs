using Dragoman.Protocols.Json;
using Dragoman.Server.Api;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Features;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Recording;
using Dragoman.Server.Observability.Telemetry;
using Dragoman.Server.Listeners;
using Dragoman.Server.Panel;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces;
using Dragoman.Server.Surfaces.Access;
using Dragoman.Server.Surfaces.Dragoman;
using Dragoman.Server.Surfaces.Logins;

namespace Dragoman.Server.Hosting;

/// <summary>The gateway put together: one line a feature.</summary>
internal static class Composition
{
    /// <summary>Registers every feature.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, StartOptions options, ConfigSource source)
    {
        services.AddSingleton(options.Time);
        services.AddSingleton(source);
        services.AddSingleton(source.Providers);
        services.AddSingleton(source.Loader);
        services.AddSingleton(new DataFolderOptions(options.DataFolder));
        services.AddSingleton<NodeIdentity>();
        // An instance: what ends with the gateway may still look at it when the container is closed.
        services.AddSingleton(new GracefulShutdown());
        services.AddSingleton(new RestartRequest(options.CanRestart));
        services.AddRequestRecording();
        services.AddFlows();
        services.AddUsage();
        services.AddAccounts();
        services.AddStore();
        services.AddClientKeys();
        services.AddConfigurationChanges();
        services.AddForwarding();
        services.AddTelemetry();
        services.AddSingleton(provider => new MemoryHousekeeping(provider.GetRequiredService<MemoryBudget>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSurfaceRouting();
        services.AddSurfaces();
        services.AddClientApi();
        services.AddManagementFeature(options.HomeFolder, options.Emulators);
        services.AddSingleton<ManagementAuthorization>();
        services.AddDragomanSurface();
        services.AddLoginCallbacks();
        services.AddPanel();
        services.AddSingleton<TrustedProxies>();
        services.AddSingleton<HttpPipeline>();
        return services;
    }
}

using Dragoman.Management.DependencyInjection;
using Dragoman.Management.Hosting;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Features;

/// <summary>The use cases of administration, and what this host gives them.</summary>
internal static class ManagementFeature
{
    private const string ConfigBackups = "config-backups";

    /// <summary>Registers the use cases.</summary>
    /// <param name="services">The container.</param>
    /// <param name="home">The folder that stands in for the home folder of the gateway's owner, and then no environment variable moves anything out of it; null for the real one.</param>
    /// <param name="emulators">Starts emulated upstreams; null where there are none.</param>
    public static IServiceCollection AddManagementFeature(this IServiceCollection services, string? home, IEmulatorLauncher? emulators)
    {
        if (emulators is not null) services.AddSingleton(emulators);
        services.AddSingleton<IGatewayProcess, GatewayProcess>();
        services.AddSingleton(provider =>
        {
            var folder = provider.GetRequiredService<DataFolderOptions>();
            var paths = new ManagementPaths(provider.GetRequiredService<ConfigSource>().Followed, folder.PathOf(ConfigBackups), folder.Path ?? Path.GetTempPath()) { Data = folder.Path };
            return home is null ? paths : paths with { Home = home, Variable = static _ => null };
        });
        return services.AddManagement();
    }
}

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
    public static IServiceCollection AddManagementFeature(this IServiceCollection services)
    {
        services.AddSingleton<IGatewayProcess, GatewayProcess>();
        services.AddSingleton(provider =>
        {
            var folder = provider.GetRequiredService<DataFolderOptions>();
            return new ManagementPaths(provider.GetRequiredService<ConfigSource>().Followed, folder.PathOf(ConfigBackups), folder.Path ?? Path.GetTempPath());
        });
        return services.AddManagement();
    }
}

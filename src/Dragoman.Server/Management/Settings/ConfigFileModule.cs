using Dragoman.Gateway.Configuration;
using Dragoman.Server.DataFolders;

namespace Dragoman.Server.Management.Settings;

/// <summary>The configuration's file, to be read and changed over the API.</summary>
internal static class ConfigFileModule
{
    private const string Backups = "config-backups";

    /// <summary>Registers the file.</summary>
    public static IServiceCollection AddConfigFile(this IServiceCollection services)
        => services.AddSingleton(provider => new ConfigFile(
            provider.GetRequiredService<ConfigSource>().Followed, provider.GetRequiredService<DataFolderOptions>().PathOf(Backups), provider.GetService<ConfigWatcher>(), provider.GetRequiredService<ConfigLoader>(), provider.GetRequiredService<TimeProvider>()));
}

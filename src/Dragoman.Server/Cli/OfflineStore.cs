using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.State;
using Dragoman.Server.Cli.Management;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Server.Cli;

/// <summary>Opens the store for a command, where no gateway runs that could be asked.</summary>
internal static class OfflineStore
{
    /// <summary>Works on the store that the configuration names.</summary>
    /// <exception cref="ManagementException">It cannot be opened, or did not do what was asked.</exception>
    public static async Task UseAsync(string? configFile, string dataFolder, Func<OpenedStore, Task> work, CancellationToken cancel)
    {
        var file = DataFolder.ConfigFile(configFile, dataFolder);
        // A configuration with faults elsewhere says well enough which store it means, or else that of the data folder is.
        var options = file is not null && ConfigLoader.LoadFile(file).Config is { } config ? config.Store : new StoreOptions();
        try
        {
            await using var opened = await OpenedStore.OpenAsync(options, dataFolder, TimeProvider.System, NullLogger.Instance, cancel);
            await work(opened);
        }
        catch (Exception fault) when (fault is StartException or StoreException or SecretUnreadableException)
        {
            throw new ManagementException(fault.Message);
        }
    }
}

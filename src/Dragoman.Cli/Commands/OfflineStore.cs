using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Settings;
using Dragoman.Providers;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Cli.Commands;

/// <summary>Opens the store for a command, where no gateway runs that could be asked. No command makes a data folder, and none works beside another process.</summary>
internal static class OfflineStore
{
    /// <summary>Works on the store that the configuration names.</summary>
    /// <param name="configFile"><c>--config</c>, or null.</param>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="mayBeNew">Whether the store may be made in the folder (by a restore); the folder itself has to be there in any case.</param>
    /// <param name="work">What is done with it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ManagementException">It cannot be opened, or did not do what was asked.</exception>
    public static async Task UseAsync(string? configFile, string dataFolder, bool mayBeNew, Func<StoreHandle, Task> work, CancellationToken cancellationToken)
    {
        var options = StoreOf(configFile, dataFolder);
        if (!mayBeNew && options.Postgres is null && !DataFolderAccess.HasStore(dataFolder)) throw NoStore(dataFolder);
        if (!Directory.Exists(dataFolder))
        {
            throw new ManagementException(mayBeNew
                ? $"There is no data folder '{dataFolder}'. Make it and put master.key into it, without which the secrets of a backup cannot be read; or say where it is with --data."
                : $"There is no data folder '{dataFolder}'. Say where it is with --data.");
        }

        try
        {
            await using var held = await DataFolderAccess.LockAsync(dataFolder, create: false, cancellationToken);
            await using var opened = await StoreHandle.OpenAsync(options, dataFolder, TimeProvider.System, NullLogger.Instance, cancellationToken);
            await work(opened);
        }
        catch (Exception ex) when (ex is StartException or StoreException or SecretUnreadableException or IOException or UnauthorizedAccessException)
        {
            throw new ManagementException(ex.Message);
        }
    }

    /// <summary>Which store is meant. A configuration with faults elsewhere says well enough which; one that is named has to be there.</summary>
    private static StoreOptions StoreOf(string? configFile, string dataFolder)
    {
        if (DataFolder.ConfigFile(configFile, dataFolder) is not { } file) return new StoreOptions();
        if (ProviderModules.ConfigLoader.LoadFile(file) is var result && result.Config is { } config) return config.Store;
        if (configFile is not null) throw new ManagementException($"The configuration '{file}' does not say which store: {result.Problems.First(problem => problem.Severity == DiagnosticSeverity.Error)}");
        return new StoreOptions();
    }

    private static ManagementException NoStore(string folder)
        => new($"There is no store in the data folder '{folder}', and no gateway that runs on it. 'dragoman serve' makes one at its first start; --data names another folder.");
}

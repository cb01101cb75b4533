using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Lifetime;
using Dragoman.Storage;
using Dragoman.Storage.Postgres;
using Dragoman.Storage.Secrets;
using Dragoman.Storage.Sqlite;

namespace Dragoman.Server.DataFolders;

/// <summary>The store of a running gateway with the keys that open its secrets. Without a data folder (tests) both live in a folder of their own that goes with them.</summary>
internal sealed class StoreHandle : IAsyncDisposable
{
    private readonly string? _temporary;

    private StoreHandle(StoreOptions options, IGatewayStore store, SecretProtector secrets, string? temporary)
    {
        Options = options;
        Store = store;
        Secrets = secrets;
        _temporary = temporary;
    }

    /// <summary>Which store it is.</summary>
    public StoreOptions Options { get; }

    public IGatewayStore Store { get; }

    public SecretProtector Secrets { get; }

    /// <summary>Opens what the configuration names.</summary>
    /// <exception cref="StartException">It cannot be used; the message says why and what to do.</exception>
    public static async Task<StoreHandle> OpenAsync(StoreOptions options, string? dataFolder, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        var temporary = dataFolder is null ? Directory.CreateTempSubdirectory("dragoman-").FullName : null;
        var folder = dataFolder ?? temporary!;
        try
        {
            var secrets = SecretProtector.Open(folder, Environment.GetEnvironmentVariable);
            var store = options.Postgres is { } connection
                ? await GatewayStore.OpenAsync(new PostgresStoreOptions { Connection = connection, Timeout = options.Timeout }, time, log, cancellationToken)
                : await GatewayStore.OpenAsync(new SqliteStoreOptions { Folder = folder, Timeout = options.Timeout }, time, log, cancellationToken);
            return new StoreHandle(options, store, secrets, temporary);
        }
        catch (Exception ex) when (ex is StoreException or SecretUnreadableException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The store cannot be used: {ex.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (_temporary is not null) Directory.Delete(_temporary, recursive: true);
    }
}

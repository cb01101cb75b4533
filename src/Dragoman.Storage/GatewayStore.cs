using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Postgres;
using Dragoman.Storage.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dragoman.Storage;

/// <summary>Opens stores: tables are brought up to date, files checked, and what cannot be used is refused with a clear message.</summary>
public static class GatewayStore
{
    /// <summary>Opens the embedded store.</summary>
    /// <exception cref="StoreException">The files are damaged, of a newer program, or cannot be opened.</exception>
    public static Task<IGatewayStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, ILogger log, CancellationToken cancellationToken = default)
        => SqliteGatewayStore.OpenAsync(options, time, log, cancellationToken);

    /// <summary>Opens a store on PostgreSQL, which many nodes may share.</summary>
    /// <exception cref="StoreException">The server does not answer, or its tables are of a newer program.</exception>
    public static Task<IGatewayStore> OpenAsync(PostgresStoreOptions options, TimeProvider time, ILogger log, CancellationToken cancellationToken = default)
        => PostgresGatewayStore.OpenAsync(options, time, log, cancellationToken);
}

using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>The store on PostgreSQL: everything durable in one database that any number of nodes share.</summary>
internal sealed class PostgresGatewayStore : SqlGatewayStore
{
    private readonly PostgresDatabase _database;
    private readonly PostgresChangeFeed _feed;

    private PostgresGatewayStore(PostgresDatabase database, PostgresChangeFeed feed, string version, TimeProvider time)
        : base(database, database, time)
    {
        _database = database;
        _feed = feed;
        EngineVersion = version;
    }

    public override IChangeFeed Changes => _feed.Hub;

    protected override string Engine => "postgresql";

    protected override string? EngineVersion { get; }

    protected override int SchemaVersion => PostgresMigrations.Steps.Length;

    public static async Task<IGatewayStore> OpenAsync(PostgresStoreOptions options, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        _ = log;
        KeepThreadsFree();
        NpgsqlDataSource source;
        try
        {
            source = NpgsqlDataSource.Create(PostgresAddress.Read(options.Connection));
        }
        catch (ArgumentException ex)
        {
            // Not the fault's own words: they may quote the password.
            throw new StoreException(StoreFault.Invalid, "The address of PostgreSQL cannot be read. Write postgres://user:password@host:5432/database, or Host=…;Username=…;Password=…;Database=….", new ArgumentException(ex.ParamName));
        }

        try
        {
            await PostgresMigrations.ApplyAsync(source, PostgresMigrations.Steps, cancellationToken).ConfigureAwait(false);
            var changes = await PostgresChangeFeed.OpenAsync(source, cancellationToken).ConfigureAwait(false);
            var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false)) return new PostgresGatewayStore(new PostgresDatabase(source, time, options.Timeout), changes, connection.PostgreSqlVersion.ToString(), time);
        }
        catch (Exception ex)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            if (PostgresFaults.IsOurs(ex)) throw PostgresFaults.Translate(ex);
            throw;
        }
    }

    /// <summary>The driver blocks a thread where it gives up on a server. There are only so many calls, and with them so many threads more: nobody else waits for one.</summary>
    private static void KeepThreadsFree()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        var wanted = Environment.ProcessorCount + (2 * PostgresDatabase.MaxConnections) + 2;
        if (workers < wanted) ThreadPool.SetMinThreads(wanted, completions);
    }

    public override async ValueTask DisposeAsync()
    {
        await _feed.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    protected override Task<long?> BytesAsync(CancellationToken cancellationToken) => _database.ReadAsync(session => session.NumberAsync("SELECT pg_database_size(current_database())"), cancellationToken);
}

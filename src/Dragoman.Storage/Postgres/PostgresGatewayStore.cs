using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>The store on PostgreSQL: everything durable in one database that any number of nodes share.</summary>
internal sealed class PostgresGatewayStore : SqlGatewayStore
{
    private readonly PostgresDatabase database;
    private readonly PostgresChangeFeed feed;

    private PostgresGatewayStore(PostgresDatabase database, PostgresChangeFeed feed, string version, TimeProvider time)
        : base(database, database, time)
    {
        this.database = database;
        this.feed = feed;
        EngineVersion = version;
    }

    public override IChangeFeed Changes => feed.Hub;

    protected override string Engine => "postgresql";

    protected override string? EngineVersion { get; }

    protected override int SchemaVersion => PostgresMigrations.Steps.Length;

    public static async Task<IGatewayStore> OpenAsync(PostgresStoreOptions options, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        _ = log;
        KeepThreadsFree();
        NpgsqlDataSource source;
        try
        {
            source = NpgsqlDataSource.Create(PostgresAddress.Read(options.Connection));
        }
        catch (ArgumentException fault)
        {
            // Not the fault's own words: they may quote the password.
            throw new StoreException(StoreFault.Invalid, "The address of PostgreSQL cannot be read. Write postgres://user:password@host:5432/database, or Host=…;Username=…;Password=…;Database=….", new ArgumentException(fault.ParamName));
        }

        try
        {
            await PostgresMigrations.ApplyAsync(source, PostgresMigrations.Steps, cancel).ConfigureAwait(false);
            var changes = await PostgresChangeFeed.OpenAsync(source, cancel).ConfigureAwait(false);
            var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false)) return new PostgresGatewayStore(new PostgresDatabase(source, time), changes, connection.PostgreSqlVersion.ToString(), time);
        }
        catch (Exception fault)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            if (PostgresFaults.IsOurs(fault)) throw PostgresFaults.Translate(fault);
            throw;
        }
    }

    /// <summary>The driver blocks a thread where it gives up on a server. There are only so many calls, and with them so many threads more: nobody else waits for one.</summary>
    private static void KeepThreadsFree()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        var wanted = Environment.ProcessorCount + (2 * PostgresDatabase.Places) + 2;
        if (workers < wanted) ThreadPool.SetMinThreads(wanted, completions);
    }

    public override async ValueTask DisposeAsync()
    {
        await feed.DisposeAsync().ConfigureAwait(false);
        await database.DisposeAsync().ConfigureAwait(false);
    }

    protected override Task<long?> BytesAsync(CancellationToken cancel) => database.ReadAsync(session => session.NumberAsync("SELECT pg_database_size(current_database())"), cancel);
}

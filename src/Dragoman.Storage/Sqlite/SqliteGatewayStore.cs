using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dragoman.Storage.Sqlite;

/// <summary>The embedded store: the ledger's file, synced at every commit, and the flows' file, which is not.</summary>
internal sealed partial class SqliteGatewayStore : SqlGatewayStore
{
    private readonly SqliteWriter _ledger;
    private readonly SqliteWriter _flows;
    private readonly SqliteChangeFeed _feed;

    private SqliteGatewayStore(SqliteWriter ledger, SqliteWriter flows, SqliteChangeFeed feed, IReadOnlyList<string> setAside, TimeProvider time)
        : base(ledger, flows, time)
    {
        _ledger = ledger;
        _flows = flows;
        _feed = feed;
        SetAside = setAside;
    }

    public override IChangeFeed Changes => _feed.Hub;

    protected override string Engine => "sqlite";

    protected override string? EngineVersion => SqliteLibrary.Version;

    protected override int SchemaVersion => SqliteMigrations.Ledger.Length;

    protected override IReadOnlyList<string> SetAside { get; }

    protected override bool IsLost => _ledger.IsLost;

    public static async Task<IGatewayStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        var ledgerPath = Path.Combine(options.Folder, "dragoman.db");
        var flowsPath = Path.Combine(options.Folder, "flows.db");
        var setAside = new List<string>();
        try
        {
            PrivateFiles.CreateFolder(options.Folder);
            await Task.Run(() =>
            {
                Prepare(ledgerPath, SqliteMigrations.Ledger, SqliteDurability.Full, options.ReplaceDamaged, time, log, setAside);
                Prepare(flowsPath, SqliteMigrations.Flows, SqliteDurability.Normal, replace: true, time, log, setAside);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"The data folder {options.Folder} cannot be used: {ex.Message}", ex);
        }

        var ledgerFile = new SqliteWriter(ledgerPath, SqliteDurability.Full, time, timeout: options.Timeout);
        var flowsFile = new SqliteWriter(flowsPath, SqliteDurability.Normal, time, timeout: options.Timeout);
        return new SqliteGatewayStore(ledgerFile, flowsFile, await SqliteChangeFeed.OpenAsync(ledgerFile, cancellationToken).ConfigureAwait(false), setAside, time);
    }

    public override async ValueTask DisposeAsync()
    {
        await _feed.DisposeAsync().ConfigureAwait(false);
        await _ledger.DisposeAsync().ConfigureAwait(false);
        await _flows.DisposeAsync().ConfigureAwait(false);
    }

    protected override Task<long?> BytesAsync(CancellationToken cancellationToken) => Task.FromResult<long?>(new[] { _ledger.Path, _flows.Path }
        .SelectMany(path => new[] { path, path + "-wal" }).Where(File.Exists).Sum(path => new FileInfo(path).Length));

    private static void Prepare(string path, string[] steps, SqliteDurability durability, bool replace, TimeProvider time, ILogger log, List<string> setAside)
    {
        try
        {
            Check(path, steps, durability);
        }
        catch (SqliteException ex) when (SqliteFaults.IsDamage(ex) && replace)
        {
            var aside = $"{path}.damaged-{time.GetUtcNow():yyyyMMdd-HHmmss}";
            foreach (var end in new[] { "", "-wal", "-shm" })
                if (File.Exists(path + end)) File.Move(path + end, aside + end, overwrite: true);
            setAside.Add(aside);
            LogSetAside(log, path, aside);
            Check(path, steps, durability);
        }
        catch (SqliteException ex)
        {
            throw SqliteFaults.Translate(ex, path);
        }
    }

    private static void Check(string path, string[] steps, SqliteDurability durability)
    {
        var isNew = !File.Exists(path);
        PrivateFiles.Ensure(path);
        using var connection = SqliteConnecting.Open(path, readOnly: false, durability, TimeSpan.FromSeconds(30));
        if (!isNew && SqliteConnecting.Text(connection, "PRAGMA quick_check(1)") is var verdict && verdict != "ok")
            throw new SqliteException($"quick_check: {verdict}", 11);
        SqliteMigrations.Apply(connection, path, steps);
    }

    [LoggerMessage(90, LogLevel.Error, "{Path} was damaged. It was set aside as {Aside}, and a new, empty one begun.")]
    private static partial void LogSetAside(ILogger log, string path, string aside);
}

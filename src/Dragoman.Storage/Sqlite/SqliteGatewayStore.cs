using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dragoman.Storage.Sqlite;

/// <summary>The embedded store: the ledger's file, synced at every commit, and the flows' file, which is not.</summary>
internal sealed partial class SqliteGatewayStore : SqlGatewayStore
{
    private readonly SqliteFile ledger;
    private readonly SqliteFile flows;
    private readonly SqliteChangeFeed feed;

    private SqliteGatewayStore(SqliteFile ledger, SqliteFile flows, SqliteChangeFeed feed, IReadOnlyList<string> setAside, TimeProvider time)
        : base(ledger, flows, time)
    {
        this.ledger = ledger;
        this.flows = flows;
        this.feed = feed;
        SetAside = setAside;
    }

    public override IChangeFeed Changes => feed.Hub;

    protected override string Engine => "sqlite";

    protected override string? EngineVersion => SqliteLibrary.Version;

    protected override int SchemaVersion => SqliteMigrations.Ledger.Length;

    protected override IReadOnlyList<string> SetAside { get; }

    protected override bool IsLost => ledger.IsLost;

    public static async Task<IGatewayStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, ILogger log, CancellationToken cancel)
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
            }, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unavailable, $"The data folder {options.Folder} cannot be used: {fault.Message}", fault);
        }

        var ledgerFile = new SqliteFile(ledgerPath, SqliteDurability.Full, time);
        var flowsFile = new SqliteFile(flowsPath, SqliteDurability.Normal, time);
        return new SqliteGatewayStore(ledgerFile, flowsFile, await SqliteChangeFeed.OpenAsync(ledgerFile, cancel).ConfigureAwait(false), setAside, time);
    }

    public override async ValueTask DisposeAsync()
    {
        await feed.DisposeAsync().ConfigureAwait(false);
        await ledger.DisposeAsync().ConfigureAwait(false);
        await flows.DisposeAsync().ConfigureAwait(false);
    }

    protected override Task<long?> BytesAsync(CancellationToken cancel) => Task.FromResult<long?>(new[] { ledger.Path, flows.Path }
        .SelectMany(path => new[] { path, path + "-wal" }).Where(File.Exists).Sum(path => new FileInfo(path).Length));

    private static void Prepare(string path, string[] steps, SqliteDurability durability, bool replace, TimeProvider time, ILogger log, List<string> setAside)
    {
        try
        {
            Check(path, steps, durability);
        }
        catch (SqliteException fault) when (SqliteFaults.IsDamage(fault) && replace)
        {
            var aside = $"{path}.damaged-{time.GetUtcNow():yyyyMMdd-HHmmss}";
            foreach (var end in new[] { "", "-wal", "-shm" })
                if (File.Exists(path + end)) File.Move(path + end, aside + end, overwrite: true);
            setAside.Add(aside);
            LogSetAside(log, path, aside);
            Check(path, steps, durability);
        }
        catch (SqliteException fault)
        {
            throw SqliteFaults.Translate(fault, path);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} was damaged. It was set aside as {Aside}, and a new, empty one begun.")]
    private static partial void LogSetAside(ILogger log, string path, string aside);
}

using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// Looks for changes, which every writer (of this process or another, say the command line) leaves in a table in its own transaction.
/// Looking costs a glance at a counter in shared memory while nothing happens.
/// </summary>
internal sealed class SqliteChangeFeed : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly SqliteFile file;
    private readonly CancellationTokenSource stop = new();
    private readonly Task looking;
    private long seen;

    public SqliteChangeFeed(SqliteFile file, long seen)
    {
        this.file = file;
        this.seen = seen;
        looking = LookAsync();
    }

    public ChangeHub Hub { get; } = new();

    public static async Task<SqliteChangeFeed> OpenAsync(SqliteFile file, CancellationToken cancel)
        => new(file, await file.ReadAsync(session => session.NumberAsync("SELECT COALESCE(MAX(seq), 0) FROM changes"), cancel).ConfigureAwait(false) ?? 0);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await looking.ConfigureAwait(false);
        Hub.Close();
        stop.Dispose();
    }

    private async Task LookAsync()
    {
        // Real time, not the gateway's: this is a poll, and a fake clock must not stop notices.
        using var timer = new PeriodicTimer(Glance);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await LookOnceAsync().ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is StoreException or ObjectDisposedException)
                {
                    // The next glance tries again; nothing is lost, the table remembers.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task LookOnceAsync()
    {
        var (first, changes) = await file.ReadAsync(async session =>
        {
            if (await session.NumberAsync("SELECT COALESCE(MAX(seq), 0) FROM changes").ConfigureAwait(false) == seen) return (0L, []);
            var oldest = await session.NumberAsync("SELECT MIN(seq) FROM changes").ConfigureAwait(false) ?? 0;
            return (oldest, await session.QueryAsync("SELECT seq, kind, id FROM changes WHERE seq > $1 ORDER BY seq LIMIT 2000",
                row => (Number: row.Number(0), Change: new StoreChange(Enum.TryParse<StoreChangeKind>(row.Text(1), out var kind) ? kind : StoreChangeKind.Everything, row.Text(2))), seen).ConfigureAwait(false));
        }, stop.Token).ConfigureAwait(false);
        if (changes.Count == 0) return;
        if (first > seen + 1) Hub.TellEverything();
        seen = changes[^1].Number;
        foreach (var change in changes.Select(row => row.Change).Distinct()) Hub.Tell(change);
    }
}

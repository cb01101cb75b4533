using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// Looks for changes, which every writer (of this process or another, say the command line) leaves in a table in its own transaction.
/// Looking costs a glance at a counter in shared memory while nothing happens.
/// </summary>
internal sealed class SqliteChangeFeed : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly SqliteWriter _file;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;
    private long _seen;
    private int _closed;

    public SqliteChangeFeed(SqliteWriter file, long seen)
    {
        _file = file;
        _seen = seen;
        _looking = LookAsync();
    }

    public ChangeBroadcaster Hub { get; } = new();

    public static async Task<SqliteChangeFeed> OpenAsync(SqliteWriter file, CancellationToken cancellationToken)
        => new(file, await file.ReadAsync(session => session.NumberAsync("SELECT COALESCE(MAX(seq), 0) FROM changes"), cancellationToken).ConfigureAwait(false) ?? 0);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
        Hub.Close();
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        // Real time, not the gateway's: this is a poll, and a fake clock must not stop notices.
        using var timer = new PeriodicTimer(Glance);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await LookOnceAsync().ConfigureAwait(false);
                }
                catch (Exception ex) when (ex is StoreException or ObjectDisposedException)
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
        var (first, changes) = await _file.ReadAsync(async session =>
        {
            if (await session.NumberAsync("SELECT COALESCE(MAX(seq), 0) FROM changes").ConfigureAwait(false) == _seen) return (0L, []);
            var oldest = await session.NumberAsync("SELECT MIN(seq) FROM changes").ConfigureAwait(false) ?? 0;
            return (oldest, await session.QueryAsync("SELECT seq, kind, id FROM changes WHERE seq > $1 ORDER BY seq LIMIT 2000",
                row => (Number: row.Number(0), Change: new StoreChange(Enum.TryParse<StoreChangeKind>(row.Text(1), out var kind) ? kind : StoreChangeKind.Everything, row.Text(2))), _seen).ConfigureAwait(false));
        }, _stop.Token).ConfigureAwait(false);
        if (changes.Count == 0) return;
        if (first > _seen + 1) Hub.PublishAll();
        _seen = changes[^1].Number;
        foreach (var change in changes.Select(row => row.Change).Distinct()) Hub.Publish(change);
    }
}

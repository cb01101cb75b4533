using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>Listens on a connection of its own. When that is lost, listeners are told, once it is back, that everything may have changed.</summary>
internal sealed class PostgresChangeFeed : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource source;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task listening = Task.CompletedTask;

    private PostgresChangeFeed(NpgsqlDataSource source) => this.source = source;

    public ChangeHub Hub { get; } = new();

    /// <summary>Opened only when listening has begun, so that no change after it is missed.</summary>
    public static async Task<PostgresChangeFeed> OpenAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        var feed = new PostgresChangeFeed(source);
        feed.listening = feed.ListenAsync();
        await feed.listens.Task.WaitAsync(cancel).ConfigureAwait(false);
        return feed;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        Hub.Close();
        stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) when (PostgresFaults.IsOurs(fault) || fault is ObjectDisposedException or InvalidOperationException)
            {
                try
                {
                    await Task.Delay(Again, stop.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task ListenOnceAsync()
    {
        var connection = await source.OpenConnectionAsync(stop.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, notice) => Tell(notice.Payload);
            var command = new NpgsqlCommand($"LISTEN {PostgresSession.Channel}", connection);
            await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(stop.Token).ConfigureAwait(false);
            if (!listens.TrySetResult()) Hub.TellEverything();
            while (true) await connection.WaitAsync(stop.Token).ConfigureAwait(false);
        }
    }

    private void Tell(string payload)
    {
        var colon = payload.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Enum.TryParse<StoreChangeKind>(payload.AsSpan(0, colon), out var kind)) Hub.TellEverything();
        else Hub.Tell(new StoreChange(kind, payload[(colon + 1)..]));
    }
}

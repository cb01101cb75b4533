using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>Listens on a connection of its own. When that is lost, listeners are notified, once it is back, that everything may have changed.</summary>
internal sealed class PostgresChangeFeed : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _source;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _listening = Task.CompletedTask;
    private int _closed;

    private PostgresChangeFeed(NpgsqlDataSource source) => _source = source;

    public ChangeBroadcaster Hub { get; } = new();

    /// <summary>Opened only when listening has begun, so that no change after it is missed.</summary>
    public static async Task<PostgresChangeFeed> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var feed = new PostgresChangeFeed(source);
        feed._listening = feed.ListenAsync();
        await feed._listens.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return feed;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(false);
        Hub.Close();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
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
                    await Task.Delay(Again, _stop.Token).ConfigureAwait(false);
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
        var connection = await _source.OpenConnectionAsync(_stop.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, notice) => Publish(notice.Payload);
            var command = new NpgsqlCommand($"LISTEN {PostgresSession.Channel}", connection);
            await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
            if (!_listens.TrySetResult()) Hub.PublishAll();
            while (true) await connection.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private void Publish(string payload)
    {
        var colon = payload.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Enum.TryParse<StoreChangeKind>(payload.AsSpan(0, colon), out var kind)) Hub.PublishAll();
        else Hub.Publish(new StoreChange(kind, payload[(colon + 1)..]));
    }
}

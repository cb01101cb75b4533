namespace Dragoman.Gateway.Forwarding.Transport.Sockets;

/// <summary>The connections that are idle between two requests of a conversation. They are few, idle for minutes and not for hours, and are gone before the vendor ends them.</summary>
internal sealed class SocketPool(TimeProvider time) : IDisposable
{
    /// <summary>So many are idle at most; the one that has been so longest goes.</summary>
    public const int Most = 128;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(5);

    /// <summary>The vendor ends connections after an hour, also in the middle of an answer.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(50);

    private readonly Lock _gate = new();
    private readonly LinkedList<SocketConnection> _idle = [];
    private ITimer? _timer;
    private bool _isClosed;

    /// <summary>Takes the connection that has been idle for the shortest time of those that may serve a request; null when there is none.</summary>
    /// <param name="key">Which requests it shall be for.</param>
    /// <param name="routing">What the request says about where it shall go; null for nothing.</param>
    public SocketConnection? Take(string? key, string? routing)
    {
        if (key is null) return null;
        lock (_gate)
        {
            for (var node = _idle.Last; node is not null;)
            {
                var (connection, before) = (node.Value, node.Previous);
                if (connection.Key == key && (routing is null || routing == connection.Routing))
                {
                    _idle.Remove(node);
                    if (IsGood(connection)) return connection;
                    connection.Close(time);
                }

                node = before;
            }
        }

        return null;
    }

    /// <summary>Keeps a connection until it is taken again; one that may serve no other request is closed.</summary>
    public void Put(SocketConnection connection)
    {
        if (connection.Key is null || time.GetUtcNow() - connection.Opened >= Oldest)
        {
            connection.Close(time);
            return;
        }

        // It reads before anybody can take it.
        connection.Park(time.GetUtcNow(), Forget);
        lock (_gate)
        {
            if (_isClosed)
            {
                connection.Close(time);
                return;
            }

            _idle.AddLast(connection);
            if (_idle.Count > Most) CloseFirst();
            _timer ??= time.CreateTimer(static state => ((SocketPool)state!).Sweep(), this, SweepInterval, SweepInterval);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_idle.Count > 0) CloseFirst();
            _timer?.Dispose();
            _timer = null;
        }
    }

    private bool IsGood(SocketConnection connection) => connection.IsFresh && time.GetUtcNow() is var now && now - connection.Opened < Oldest && now - connection.IdleSince < LongestIdle;

    private void Sweep()
    {
        lock (_gate)
        {
            for (var node = _idle.First; node is not null;)
            {
                var (connection, next) = (node.Value, node.Next);
                if (!IsGood(connection))
                {
                    _idle.Remove(node);
                    connection.Close(time);
                }

                node = next;
            }

            if (_idle.Count > 0) return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void CloseFirst()
    {
        var first = _idle.First!;
        _idle.RemoveFirst();
        first.Value.Close(time);
    }

    /// <summary>Something came while it was idle, or it has ended.</summary>
    private void Forget(SocketConnection connection)
    {
        lock (_gate)
        {
            if (!_idle.Remove(connection)) return;
        }

        connection.Close(time);
    }
}

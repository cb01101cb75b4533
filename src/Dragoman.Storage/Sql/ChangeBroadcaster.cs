using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>Hands every notice to every listener of this process. A listener that lags is told once that everything may have changed.</summary>
internal sealed class ChangeBroadcaster : IChangeFeed
{
    private const int Room = 1_000;
    private static readonly StoreChange Everything = new(StoreChangeKind.Everything, "");

    private readonly Lock _gate = new();
    private readonly HashSet<Listener> _listeners = [];
    private bool _closed;

    public IAsyncEnumerable<StoreChange> ListenAsync(CancellationToken cancellationToken = default)
    {
        // From the call on, so that nothing between the call and the first read is missed.
        var listener = new Listener();
        lock (_gate)
        {
            if (_closed) listener.Queue.Writer.TryComplete();
            else _listeners.Add(listener);
        }

        return ReadAsync(listener, cancellationToken);
    }

    public void Publish(StoreChange change)
    {
        lock (_gate)
        {
            foreach (var listener in _listeners)
            {
                if (!listener.Queue.Writer.TryWrite(change)) listener.Missed = true;
            }
        }
    }

    public void PublishAll() => Publish(Everything);

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var listener in _listeners) listener.Queue.Writer.TryComplete();
            _listeners.Clear();
        }
    }

    private async IAsyncEnumerable<StoreChange> ReadAsync(Listener listener, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (await listener.Queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (listener.Queue.Reader.TryRead(out var change))
                {
                    if (listener.Missed)
                    {
                        listener.Missed = false;
                        while (listener.Queue.Reader.TryRead(out _)) change = Everything;
                        change = Everything;
                    }

                    yield return change;
                }
            }
        }
        finally
        {
            lock (_gate) _listeners.Remove(listener);
        }
    }

    private sealed class Listener
    {
        public volatile bool Missed;

        public Channel<StoreChange> Queue { get; } = Channel.CreateBounded<StoreChange>(new BoundedChannelOptions(Room) { FullMode = BoundedChannelFullMode.Wait });
    }
}

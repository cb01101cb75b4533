using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dragoman.Gateway.State;

namespace Dragoman.Storage.Sql;

/// <summary>Hands every notice to every listener of this process. A listener that lags is told once that everything may have changed.</summary>
internal sealed class ChangeHub : IChangeFeed
{
    private const int Room = 1_000;
    private static readonly StoreChange Everything = new(StoreChangeKind.Everything, "");

    private readonly Lock gate = new();
    private readonly HashSet<Listener> listeners = [];
    private bool closed;

    public IAsyncEnumerable<StoreChange> ListenAsync(CancellationToken cancel = default)
    {
        // From the call on, so that nothing between the call and the first read is missed.
        var listener = new Listener();
        lock (gate)
        {
            if (closed) listener.Queue.Writer.TryComplete();
            else listeners.Add(listener);
        }

        return ReadAsync(listener, cancel);
    }

    public void Tell(StoreChange change)
    {
        lock (gate)
        {
            foreach (var listener in listeners)
            {
                if (!listener.Queue.Writer.TryWrite(change)) listener.Missed = true;
            }
        }
    }

    public void TellEverything() => Tell(Everything);

    public void Close()
    {
        lock (gate)
        {
            closed = true;
            foreach (var listener in listeners) listener.Queue.Writer.TryComplete();
            listeners.Clear();
        }
    }

    private async IAsyncEnumerable<StoreChange> ReadAsync(Listener listener, [EnumeratorCancellation] CancellationToken cancel)
    {
        try
        {
            while (await listener.Queue.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
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
            lock (gate) listeners.Remove(listener);
        }
    }

    private sealed class Listener
    {
        public volatile bool Missed;

        public Channel<StoreChange> Queue { get; } = Channel.CreateBounded<StoreChange>(new BoundedChannelOptions(Room) { FullMode = BoundedChannelFullMode.Wait });
    }
}

using System.Threading.Channels;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Flows;

/// <summary>Tells listeners of flows as they are recorded. A slow listener loses flows, and is told how many.</summary>
public sealed class FlowFeed
{
    private const int Room = 1_024;
    private readonly Lock _gate = new();
    private volatile FlowListener[] _listeners = [];

    /// <summary>How many listen.</summary>
    public int Listeners => _listeners.Length;

    /// <summary>Listens from now on.</summary>
    public FlowListener Listen()
    {
        var listener = new FlowListener(this, Room);
        lock (_gate) _listeners = [.. _listeners, listener];
        return listener;
    }

    internal void Publish(FlowRecord flow)
    {
        foreach (var listener in _listeners) listener.Take(flow);
    }

    internal void Unsubscribe(FlowListener listener)
    {
        lock (_gate) _listeners = [.. _listeners.Where(other => other != listener)];
    }
}

/// <summary>One who listens to flows. Dispose it to stop.</summary>
public sealed class FlowListener : IDisposable
{
    private readonly FlowFeed _feed;
    private readonly Channel<FlowRecord> _flows;
    private long _missed;

    internal FlowListener(FlowFeed feed, int room)
    {
        _feed = feed;
        _flows = Channel.CreateBounded<FlowRecord>(new BoundedChannelOptions(room) { SingleReader = true });
    }

    /// <summary>The flows, in the order they were recorded.</summary>
    public ChannelReader<FlowRecord> Flows => _flows.Reader;

    /// <summary>How many were missed since the last time this was asked.</summary>
    public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed.Unsubscribe(this);
        _flows.Writer.TryComplete();
    }

    internal void Take(FlowRecord flow)
    {
        if (!_flows.Writer.TryWrite(flow)) Interlocked.Increment(ref _missed);
    }
}

using Dragoman.Gateway.Configuration;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>The requests of one connection that are not answered yet, bounded together and counted in the gateway's memory.</summary>
internal sealed class QueuedTurns(MemoryBudget memory, Func<GatewayConfig> config) : IDisposable
{
    private readonly MemoryShare _share = new(memory);

    /// <summary>Takes a copy of a request. One alone is always taken, however large a body may be.</summary>
    /// <exception cref="WireException">There is no room for it.</exception>
    public QueuedTurn Take(ReadOnlySpan<byte> message)
    {
        var limit = config().Limits.MaxQueuedBytes;
        if (_share.Taken > 0 && _share.Taken + message.Length > limit)
        {
            throw new WireException(new WireError(ErrorKind.RateLimit, $"The unanswered requests of this connection would be larger than {limit >> 20} MB together (limits.max-queued-mb); wait for one to end."));
        }

        _share.Take(message.Length);
        return new QueuedTurn(message.ToArray(), _share);
    }

    /// <summary>What still waits when the connection ends is given back with it.</summary>
    public void Dispose() => _share.Dispose();
}

/// <summary>One request that is not answered yet.</summary>
internal sealed class QueuedTurn(ReadOnlyMemory<byte> message, MemoryShare share) : IDisposable
{
    private int _over;

    public ReadOnlyMemory<byte> Message => message;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _over, 1) == 0) share.Release(message.Length);
    }
}

using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using System.IO.Pipelines;

namespace Dragoman.Server.Hosting;

/// <summary>
/// A listener that nothing outside reaches: connections that another listener has accepted are handed to it, to be served as its endpoint is configured. Kestrel chooses the protocol of a connection without TLS by its endpoint
/// alone, so this is how one port serves HTTP/1.1 and HTTP/2 (with prior knowledge, RFC 9113 §3.3).
/// </summary>
internal sealed class HandedConnections : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private readonly Channel<HandedConnection> _waiting = Channel.CreateUnbounded<HandedConnection>();

    /// <summary>The address of the listener, which only this process knows.</summary>
    public static EndPoint Address { get; } = new HandedEndPoint();

    /// <inheritdoc/>
    public EndPoint EndPoint => Address;

    /// <summary>Whether an address that the server lists is this listener's.</summary>
    public static bool IsOwn(string address) => address.EndsWith(HandedEndPoint.Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is HandedEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(this);

    /// <summary>Serves a connection to its end. What was read of it is to be given back unread.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        await using var handed = new HandedConnection(connection);
        if (!_waiting.Writer.TryWrite(handed)) connection.Abort();
        else await handed.Ended;
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _waiting.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _waiting.Writer.TryComplete();
        // Nobody will take these any more.
        while (_waiting.Reader.TryRead(out var left))
        {
            left.Abort();
            await left.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private sealed class HandedEndPoint : EndPoint
    {
        public const string Name = "http2-with-prior-knowledge";

        public override string ToString() => Name;
    }

    /// <summary>The connection of another listener: its end is told, and its closing left to that one.</summary>
    private sealed class HandedConnection(ConnectionContext own) : ConnectionContext
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when it is served.</summary>
        public Task Ended => _ended.Task;

        public override string ConnectionId
        {
            get => own.ConnectionId;
            set => own.ConnectionId = value;
        }

        public override IFeatureCollection Features => own.Features;

        public override IDictionary<object, object?> Items
        {
            get => own.Items;
            set => own.Items = value;
        }

        public override IDuplexPipe Transport
        {
            get => own.Transport;
            set => own.Transport = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => own.LocalEndPoint;
            set => own.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => own.RemoteEndPoint;
            set => own.RemoteEndPoint = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => own.ConnectionClosed;
            set => own.ConnectionClosed = value;
        }

        public override void Abort(ConnectionAbortedException abortReason) => own.Abort(abortReason);

        public override void Abort() => own.Abort();

        public override ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return base.DisposeAsync();
        }
    }
}

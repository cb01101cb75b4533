using Dragoman.Server.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Dragoman.Server.Hosting;

/// <summary>Looks at the first byte of a connection, and gives those that speak another protocol than HTTP to whoever serves it.</summary>
internal sealed class ConnectionSniffing(Lazy<ISurfaceConnections?> others, TimeProvider time)
{
    /// <summary>How long a connection may be silent before it has said what it speaks.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>Serves a connection.</summary>
    public async Task HandleAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (others.Value is not { } served)
        {
            await next(connection);
            return;
        }

        bool isOther;
        using (var timeout = new CancellationTokenSource(Silence, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, connection.ConnectionClosed, StopOf(connection)))
        {
            try
            {
                var read = await connection.Transport.Input.ReadAsync(either.Token);
                isOther = read.Buffer.Length > 0 && served.Takes(read.Buffer.FirstSpan[0]);
                // Nothing is taken and nothing examined: whoever serves it reads from the first byte.
                connection.Transport.Input.AdvanceTo(read.Buffer.Start);
            }
            catch (Exception ex) when (ex is OperationCanceledException or IOException or ConnectionAbortedException)
            {
                connection.Abort();
                return;
            }
        }

        if (isOther) await served.ServeAsync(connection);
        else await next(connection);
    }

    /// <summary>Asked for when the server stops.</summary>
    private static CancellationToken StopOf(ConnectionContext connection) => connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
}

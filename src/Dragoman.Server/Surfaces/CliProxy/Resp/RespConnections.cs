using System.Net;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Access;
using Dragoman.Management.Usage;
using Dragoman.Server.Listeners;
using Microsoft.AspNetCore.Connections;

namespace Dragoman.Server.Surfaces.CliProxy.Resp;

/// <summary>
/// The queue of usage over the Redis protocol, on the same port as HTTP (wire note cliproxyapi 1.10): collectors sign in with the management secret, and take records or have them sent.
/// </summary>
internal sealed class RespConnections(UsageQueue queue, ManagementLogin login, ManagementSecret secret, Func<GatewayConfig> config, TimeProvider time) : ISurfaceConnections
{
    /// <inheritdoc/>
    public bool Takes(byte first) => first is (byte)'*' or (byte)'$' or (byte)'+' or (byte)'-' or (byte)':';

    /// <inheritdoc/>
    public async Task ServeAsync(ConnectionContext connection)
    {
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        try
        {
            // As with HTTP: without a secret nobody manages by it, and others than this machine only where the owner wants it. The end comes in order, so that what was said before it is read.
            if (!secret.IsSet) return;
            if (!config().Management.AllowRemote && !(peer is not null && IPAddress.IsLoopback(peer)))
            {
                using var writer = new RespWriter(connection.Transport.Output);
                await writer.SendAsync(RespWriter.Error("ERR remote management disabled"), connection.ConnectionClosed);
                return;
            }

            using var session = new RespSession(connection, queue, login, peer, time);
            await session.RunAsync();
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException or ConnectionAbortedException or InvalidOperationException)
        {
            // The collector has gone.
        }
    }
}

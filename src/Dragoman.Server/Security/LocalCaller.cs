using System.Net;

namespace Dragoman.Server.Security;

/// <summary>Tells programs of this machine from all other callers.</summary>
internal static class LocalCaller
{
    /// <summary>Whether the caller is a program on this machine: by the socket's own peer, a request that names this machine, and no proxy in between.</summary>
    public static bool Is(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        return (peer is null || IPAddress.IsLoopback(peer)) && LocalOrigin.IsLocal(context.Request) && !ForwardedRequest.Is(context.Request.Headers);
    }
}

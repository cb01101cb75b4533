using System.Net;
using Dragoman.Server.Hosting;
using Dragoman.Server.Security;

namespace Dragoman.Server.Management;

/// <summary>
/// The door of the management routes. Until there is a management secret they answer this machine only (by the socket's own peer, never
/// by a forwarded header), and in any case only requests that name this machine as host and come from no foreign page.
/// </summary>
internal sealed class ManagementGate(GatewayServices services) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        _ = services;
        return IsLocal(context.HttpContext) ? next(context)
            : new(ManagementFault.Forbidden("The management routes answer only programs on the gateway's own machine.", "management_is_local"));
    }

    /// <summary>Whether the caller is a program on this machine.</summary>
    public static bool IsLocal(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        return (peer is null || IPAddress.IsLoopback(peer)) && LocalOrigin.IsLocal(context.Request);
    }
}

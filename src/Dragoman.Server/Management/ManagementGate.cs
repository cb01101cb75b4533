using System.Net;
using Dragoman.Server.Api;
using Dragoman.Server.Hosting;
using Dragoman.Server.Security;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Management;

/// <summary>
/// The door of the management routes. Until there is a management secret they answer this machine only (by the socket's own peer, never
/// by a forwarded header), and in any case only requests that name this machine as host and come from no foreign page.
/// </summary>
internal static class ManagementGate
{
    public static Task PassAsync(HttpContext context, GatewayServices services, Func<Task> handle)
    {
        if (IsLocal(context)) return handle();
        var error = new WireError(ErrorKind.Permission, "The management routes answer only programs on the gateway's own machine.") { Code = "management_is_local" };
        return ClientGate.RefuseAsync(context, Languages.Client(Language.OpenAiChat), error, RequestIds.NewFlow(services.Time));
    }

    /// <summary>Whether the caller is a program on this machine.</summary>
    public static bool IsLocal(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        return (peer is null || IPAddress.IsLoopback(peer)) && LocalOrigin.IsLocal(context.Request);
    }
}

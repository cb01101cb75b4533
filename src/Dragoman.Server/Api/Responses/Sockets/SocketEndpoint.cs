using System.Net.WebSockets;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary><c>GET /v1/responses</c>: the upgrade to a WebSocket, behind the same door as every request.</summary>
internal sealed class SocketEndpoint(SocketDependencies parts)
{
    private static readonly IClientProtocol ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    public async Task OpenAsync(HttpContext context)
    {
        var flow = FlowId.New(parts.Time);
        if (Refusal(context) is { } refusal)
        {
            await ErrorResponse.WriteAsync(context, ClientProtocol, refusal, flow);
            return;
        }

        GatewayHeaders.Write(context.Response.Headers, new AnswerHeaders { Flow = flow });
        // A stop waits for the socket, which says goodbye first: idle ones at once, busy ones after their turn.
        using var open = parts.Shutdown.Track();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await using var session = new SocketSession(parts, context, socket);
        await session.RunAsync();
    }

    private WireError? Refusal(HttpContext context)
    {
        if (parts.Authentication.Check(context) is { } refusal) return refusal;
        if (!context.WebSockets.IsWebSocketRequest)
            return new WireError(ErrorKind.MethodNotAllowed, "GET is not allowed here but as an upgrade to a WebSocket; use POST.") { Code = "method_not_allowed" };
        // Codex takes 426, and nothing else, for "use HTTP instead".
        if (!parts.Config().Responses.WebSocket)
            return new WireError(ErrorKind.InvalidRequest, "WebSockets are switched off here (responses.websocket); use POST.") { Status = StatusCodes.Status426UpgradeRequired, Code = "websocket_not_enabled" };
        return parts.Shutdown.IsDraining
            ? new WireError(ErrorKind.Unavailable, "This gateway is shutting down; try again in a moment.") { Code = "shutting_down", RetryAfter = TimeSpan.FromSeconds(2) }
            : null;
    }
}

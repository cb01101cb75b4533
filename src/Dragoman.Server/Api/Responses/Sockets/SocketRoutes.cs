using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>The route by which Responses is spoken over a WebSocket.</summary>
internal sealed class SocketRoutes(SocketEndpoint socket) : IClientRoutes
{
    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes) => ResponsesRoutes.MapRoute(routes, "GET", "responses", socket.OpenAsync);
}

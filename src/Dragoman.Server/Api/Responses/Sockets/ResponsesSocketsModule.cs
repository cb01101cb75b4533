using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>Responses over WebSockets.</summary>
internal static class ResponsesSocketsModule
{
    /// <summary>Registers the route and what connections work with.</summary>
    public static IServiceCollection AddResponsesSockets(this IServiceCollection services)
        => services.AddSingleton<SocketDependencies>().AddSingleton<SocketEndpoint>().AddSingleton<IClientRoutes, SocketRoutes>();
}

using Dragoman.Protocols;

namespace Dragoman.Server.Api.Shared;

/// <summary>Marks a route as spoken in a client's protocol, so that errors outside its handler are reported in it too.</summary>
/// <param name="Protocol">The protocol.</param>
internal sealed record ClientRoute(Protocol Protocol)
{
    /// <summary>What may stand before a route: <c>/v1</c>, nothing, and <c>/v1/v1</c>, as people paste base addresses.</summary>
    public static readonly string[] Prefixes = ["/v1/", "/", "/v1/v1/"];

    /// <summary>Maps a POST route under every prefix.</summary>
    public static void Post(IEndpointRouteBuilder routes, string path, Protocol protocol, RequestDelegate handle)
    {
        foreach (var prefix in Prefixes) routes.MapPost(prefix + path, handle).WithMetadata(new ClientRoute(protocol));
    }
}

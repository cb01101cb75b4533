using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Security;

/// <summary>Marks a route that only the listeners of one surface serve.</summary>
/// <param name="Surface">The surface.</param>
internal sealed record RouteSurface(Surface Surface);

/// <summary>Maps routes for one surface.</summary>
internal static class SurfaceRouting
{
    /// <summary>Registers what keeps routes to their surface.</summary>
    public static IServiceCollection AddSurfaces(this IServiceCollection services) => services.AddSingleton<MatcherPolicy, SurfaceMatcherPolicy>();

    /// <summary>Serves the routes of a builder only on the listeners of a surface.</summary>
    public static TBuilder OnSurface<TBuilder>(this TBuilder routes, Surface surface)
        where TBuilder : IEndpointConventionBuilder
        => routes.WithMetadata(new RouteSurface(surface));
}

using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Listeners;

/// <summary>Marks a route that only the listeners of some surfaces serve.</summary>
/// <param name="Surfaces">The surfaces.</param>
internal sealed record RouteSurfaces(IReadOnlyList<Surface> Surfaces);

/// <summary>Maps routes for surfaces.</summary>
internal static class SurfaceRouting
{
    /// <summary>Registers what keeps routes to their surfaces.</summary>
    public static IServiceCollection AddSurfaceRouting(this IServiceCollection services) => services.AddSingleton<MatcherPolicy, SurfaceMatcherPolicy>();

    /// <summary>Serves the routes of a builder only on the listeners of some surfaces.</summary>
    public static TBuilder OnSurface<TBuilder>(this TBuilder routes, params IReadOnlyList<Surface> surfaces)
        where TBuilder : IEndpointConventionBuilder
        => routes.WithMetadata(new RouteSurfaces(surfaces));
}

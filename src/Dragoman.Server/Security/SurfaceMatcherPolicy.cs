using Dragoman.Gateway.Requests;
using Microsoft.AspNetCore.Routing.Matching;

namespace Dragoman.Server.Security;

/// <summary>
/// Serves a route that belongs to a surface only on that surface's listeners: elsewhere it is as if it were not mapped, and another surface may
/// have a route of its own at the same address. Routes that name no surface are served on every listener.
/// </summary>
internal sealed class SurfaceMatcherPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <inheritdoc/>
    public override int Order => 0;

    /// <inheritdoc/>
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<RouteSurface>() is not null);

    /// <inheritdoc/>
    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var surface = ListenerSurface.Of(httpContext);
        for (var index = 0; index < candidates.Count; index++)
        {
            if (candidates[index].Endpoint?.Metadata.GetMetadata<RouteSurface>() is { } route && route.Surface != surface) candidates.SetValidity(index, false);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Marks a route that only the listeners of one surface serve.</summary>
/// <param name="Surface">The surface.</param>
internal sealed record RouteSurface(Surface Surface);

/// <summary>Registers surfaces, and maps routes for one of them.</summary>
internal static class SurfaceRouting
{
    /// <summary>Registers what keeps routes to their surface.</summary>
    public static IServiceCollection AddSurfaces(this IServiceCollection services) => services.AddSingleton<MatcherPolicy, SurfaceMatcherPolicy>();

    /// <summary>Serves the routes of a builder only on the listeners of a surface.</summary>
    public static TBuilder OnSurface<TBuilder>(this TBuilder routes, Surface surface)
        where TBuilder : IEndpointConventionBuilder
        => routes.WithMetadata(new RouteSurface(surface));
}

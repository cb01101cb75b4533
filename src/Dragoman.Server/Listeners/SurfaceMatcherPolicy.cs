using System.Collections.Frozen;
using Dragoman.Gateway.Requests;
using Microsoft.AspNetCore.Routing.Matching;

namespace Dragoman.Server.Listeners;

/// <summary>
/// Serves a route that belongs to surfaces only on their listeners: elsewhere it is as if it were not mapped, and another surface may
/// have a route of its own at the same address. Routes that name no surface are served on every listener.
/// </summary>
internal sealed class SurfaceMatcherPolicy : MatcherPolicy, INodeBuilderPolicy
{
    /// <summary>Stands for the surfaces that none of the routes names.</summary>
    private static readonly object Others = new();

    /// <summary>Before the framework looks at methods (-1000), which would otherwise answer 405 for another surface's route.</summary>
    public override int Order => -2000;

    /// <inheritdoc/>
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => SurfacesOf(endpoint) is not null);

    /// <inheritdoc/>
    public IReadOnlyList<PolicyNodeEdge> GetEdges(IReadOnlyList<Endpoint> endpoints) =>
    [
        .. endpoints.SelectMany(endpoint => SurfacesOf(endpoint) ?? []).Distinct()
            .Select(surface => new PolicyNodeEdge(surface, [.. endpoints.Where(endpoint => SurfacesOf(endpoint) is not { } own || own.Contains(surface))])),
        new PolicyNodeEdge(Others, [.. endpoints.Where(endpoint => SurfacesOf(endpoint) is null)]),
    ];

    /// <inheritdoc/>
    public PolicyJumpTable BuildJumpTable(int exitDestination, IReadOnlyList<PolicyJumpTableEdge> edges)
    {
        var others = exitDestination;
        var named = new Dictionary<Surface, int>();
        foreach (var edge in edges)
        {
            if (edge.State is Surface surface) named[surface] = edge.Destination;
            else others = edge.Destination;
        }

        return new JumpTable(named.ToFrozenDictionary(), others);
    }

    private static IReadOnlyList<Surface>? SurfacesOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RouteSurfaces>()?.Surfaces;

    private sealed class JumpTable(FrozenDictionary<Surface, int> named, int others) : PolicyJumpTable
    {
        public override int GetDestination(HttpContext httpContext) => named.TryGetValue(ListenerSurface.Get(httpContext), out var destination) ? destination : others;
    }
}

using System.Collections.Frozen;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Listeners;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>All surfaces' routes: mapped on their listeners, and on the gateway's own where nobody else has them.</summary>
internal sealed class SurfaceMap(IEnumerable<ISurface> surfaces, SurfaceEndpoint endpoint)
{
    private FrozenDictionary<Surface, string[]> _managed = FrozenDictionary<Surface, string[]>.Empty;

    /// <summary>Maps every route of every surface. Whatever else the gateway serves is mapped before.</summary>
    public void Map(WebApplication app)
    {
        var taken = Mapped(app).ToHashSet();
        var routes = surfaces.SelectMany(RoutesOf).ToList();
        var owners = routes.ToLookup(route => Key(route.Route.Method, route.Route.Pattern));
        var managed = new Dictionary<Surface, HashSet<string>>();
        foreach (var (surface, route) in routes)
        {
            var key = Key(route.Method, route.Pattern);
            var alone = !route.OwnListenersOnly && !taken.Contains(key) && owners[key].Select(one => one.Surface.Surface).Distinct().Count() == 1;
            var handle = endpoint.For(surface, route);
            // On its own listeners a surface's route comes before one that all listeners share, on the gateway's own it comes behind.
            MapOn(surface.Surface, order: -1);
            if (alone) MapOn(Surface.Dragoman, order: 1);

            void MapOn(Surface listener, int order)
            {
                app.MapMethods(route.Pattern, [route.Method], handle).WithMetadata(route).OnSurface(listener).WithOrder(order);
                if (route.Access == SurfaceAccess.Management) (managed.TryGetValue(listener, out var known) ? known : managed[listener] = []).Add(Beginning(route.Pattern));
            }
        }

        _managed = managed.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    /// <summary>Whether an address belongs to the management on a listener, as far as the beginnings of the routes tell.</summary>
    public bool IsManaged(Surface surface, PathString path)
    {
        if (!_managed.TryGetValue(surface, out var beginnings)) return false;
        foreach (var one in beginnings)
            if (path.StartsWithSegments(one)) return true;
        return false;
    }

    private static IEnumerable<(ISurface Surface, SurfaceRoute Route)> RoutesOf(ISurface surface)
    {
        var routes = new SurfaceRoutes(surface.Surface);
        surface.Map(routes);
        return routes.All.Select(route => (surface, route));
    }

    /// <summary>What is mapped so far on the gateway's own listeners.</summary>
    private static IEnumerable<string> Mapped(WebApplication app)
        => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(one => (one.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => Key(method, one.RoutePattern)));

    private static string Key(string method, string pattern) => Key(method, RoutePatternFactory.Parse(pattern));

    /// <summary>A route without the names of its parameters: two with the same key take the same requests.</summary>
    private static string Key(string method, RoutePattern pattern)
        => $"{method} {string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : part is RoutePatternSeparatorPart separator ? separator.Content : "{}"))))}".ToLowerInvariant();

    /// <summary>The literal segments that a pattern begins with.</summary>
    private static string Beginning(string pattern)
        => "/" + string.Join('/', RoutePatternFactory.Parse(pattern).PathSegments.TakeWhile(segment => segment.IsSimple && segment.Parts[0].IsLiteral).Select(segment => ((RoutePatternLiteralPart)segment.Parts[0]).Content));
}

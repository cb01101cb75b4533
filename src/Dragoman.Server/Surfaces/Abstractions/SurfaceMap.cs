using System.Collections.Frozen;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Listeners;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>
/// All surfaces' routes: on the listeners of each surface before the routes that all listeners share, and on the gateway's own behind everything
/// else, where no other surface has them. There are hundreds of the latter, and most gateways are never asked for one: they are put together at the first request that nothing else takes.
/// </summary>
internal sealed class SurfaceMap
{
    private readonly SurfaceEndpoint _endpoint;
    private readonly Lazy<List<Entry>> _routes;
    private readonly Lazy<List<Entry>> _shared;
    private readonly Lazy<FrozenDictionary<Surface, string[]>> _managed;
    private FrozenSet<Surface> _open = [];
    private Func<IEnumerable<Endpoint>> _mapped = () => [];

    /// <summary>Takes the surfaces; nothing is mapped yet.</summary>
    public SurfaceMap(IEnumerable<ISurface> surfaces, SurfaceEndpoint endpoint)
    {
        _endpoint = endpoint;
        _routes = new(() => [.. surfaces.SelectMany(Collect)]);
        _shared = new(FindShared);
        _managed = new(() => Managed(_open.SelectMany(surface => surface == Surface.Dragoman ? _shared.Value.Select(one => (surface, one)) : Of(surface).Select(one => (surface, one)))));
        Shared = new SurfaceEndpoints(() => [.. _shared.Value.Select(one => Build(one, Surface.Dragoman, order: 0))]);
    }

    /// <summary>What the gateway's own listeners serve behind their own routes.</summary>
    public EndpointDataSource Shared { get; }

    /// <summary>Maps the routes of the surfaces that have listeners of their own. Whatever else the gateway serves is mapped before.</summary>
    /// <param name="app">Where to.</param>
    /// <param name="open">The surfaces that have a listener.</param>
    public void Map(IEndpointRouteBuilder app, IEnumerable<Surface> open)
    {
        _open = open.ToFrozenSet();
        var before = app.DataSources.ToList();
        _mapped = () => before.SelectMany(source => source.Endpoints);
        foreach (var surface in _open)
            if (surface != Surface.Dragoman) app.DataSources.Add(new SurfaceEndpoints(() => [.. Of(surface).Select(one => Build(one, surface, order: -1))]));
    }

    /// <summary>The routes of a surface, whether it has a listener or not.</summary>
    public IEnumerable<SurfaceRoute> RoutesOf(Surface surface) => Of(surface).Select(static one => one.Route);

    /// <summary>Whether an address belongs to the management on a listener, as far as the beginnings of the routes tell.</summary>
    public bool IsManaged(Surface surface, PathString path)
    {
        if (!_managed.Value.TryGetValue(surface, out var beginnings)) return false;
        foreach (var one in beginnings)
            if (path.StartsWithSegments(one)) return true;
        return false;
    }

    private static IEnumerable<Entry> Collect(ISurface surface)
    {
        var routes = new SurfaceRoutes(surface.Surface);
        surface.Map(routes);
        return routes.All.Select(route => new Entry(surface, route));
    }

    private IEnumerable<Entry> Of(Surface surface) => _routes.Value.Where(one => one.Surface.Surface == surface);

    private List<Entry> FindShared()
    {
        var taken = _mapped().OfType<RouteEndpoint>()
            .SelectMany(one => (one.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => Key(method, one.RoutePattern))).ToHashSet();
        return
        [
            .. _routes.Value.GroupBy(one => Key(one.Route.Method, one.Pattern))
                .Where(same => !taken.Contains(same.Key) && same.Select(one => one.Surface.Surface).Distinct().Count() == 1)
                .SelectMany(same => same).Where(one => !one.Route.OwnListenersOnly),
        ];
    }

    private RouteEndpoint Build(Entry one, Surface listener, int order)
        => new(_endpoint.For(one.Surface, one.Route), one.Pattern, order,
            new EndpointMetadataCollection(new HttpMethodMetadata([one.Route.Method]), one.Route, new RouteSurfaces([listener])), $"{one.Route.Method} {one.Route.Pattern}");

    private static FrozenDictionary<Surface, string[]> Managed(IEnumerable<(Surface Listener, Entry Entry)> routes)
        => routes.Where(one => one.Entry.Route.Access == SurfaceAccess.Management).GroupBy(one => one.Listener, one => Beginning(one.Entry.Pattern))
            .ToFrozenDictionary(group => group.Key, group => group.Distinct().ToArray());

    /// <summary>A route without the names of its parameters: two with the same key take the same requests.</summary>
    private static string Key(string method, RoutePattern pattern)
        => $"{method} {string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : part is RoutePatternSeparatorPart separator ? separator.Content : "{}"))))}".ToLowerInvariant();

    /// <summary>The literal segments that a pattern begins with.</summary>
    private static string Beginning(RoutePattern pattern)
        => "/" + string.Join('/', pattern.PathSegments.TakeWhile(segment => segment.IsSimple && segment.Parts[0].IsLiteral).Select(segment => ((RoutePatternLiteralPart)segment.Parts[0]).Content));

    /// <summary>A route of a surface. Its pattern is read when it is first needed, and once.</summary>
    private sealed class Entry(ISurface surface, SurfaceRoute route)
    {
        public ISurface Surface => surface;

        public SurfaceRoute Route => route;

        public RoutePattern Pattern => field ??= RoutePatternFactory.Parse(route.Pattern);
    }
}

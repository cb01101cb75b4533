using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;
using Microsoft.AspNetCore.Http.Metadata;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/listeners</c>: where the gateway listens, what each surface serves, and who used it since the start.</summary>
internal sealed class ListenerRoutes(OpenListeners listeners, ClientKeyStore keys, IServiceProvider services) : IManagementRoutes
{
    private const string OwnTitle = "Dragoman";
    private const int MostAgent = 200;

    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/listeners", () => TypedResults.Ok(Describe()))
            .WithName("listListeners").WithTags("Gateway").WithSummary("Where the gateway listens, what each surface serves, and who used it since the start.");

    private ListenerListView Describe()
    {
        // What is mapped is known when all routes are, which are made of this class too.
        var endpoints = services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var map = services.GetRequiredService<SurfaceMap>();
        var titles = services.GetServices<ISurface>().ToDictionary(static surface => surface.Surface, static surface => surface.Title);
        titles[Surface.Dragoman] = OwnTitle;
        return new ListenerListView([.. listeners.All.Select(Listener)], [.. Enum.GetValues<Surface>().Where(titles.ContainsKey).Select(Face)]);

        ListenerView Listener(OpenListener open)
        {
            var options = open.Options;
            var url = open.Address?.ToString() ?? "";
            return new ListenerView(
                $"{(options.Host.Length == 0 ? "*" : options.Host)}:{open.Address?.Port ?? options.Port}", url, Word(options.Surface), titles.GetValueOrDefault(options.Surface, OwnTitle), open.Address?.Scheme ?? "http", options.IsLoopback,
                !keys.IsOpen, endpoints.Count(endpoint => IsOn(endpoint, options.Surface)), open.Use.Requests, open.Use.LastUsedAt, open.Use.LastUserAgent is { Length: > MostAgent } agent ? agent[..MostAgent] : open.Use.LastUserAgent,
                $"curl {(keys.IsOpen ? "" : "-H \"Authorization: Bearer $DRAGOMAN_KEY\" ")}{url}v1/models");
        }

        SurfaceView Face(Surface surface)
        {
            var open = listeners.All.Where(one => one.Options.Surface == surface).ToList();
            return new SurfaceView(
                Word(surface), titles[surface], open.Count > 0, $"127.0.0.1:{ListenerOptions.DefaultPortOf(surface)}", open.Sum(static one => one.Use.Requests), open.Max(static one => one.Use.LastUsedAt),
                [.. endpoints.SelectMany(endpoint => RoutesOf(endpoint, surface)).Concat(map.RoutesOf(surface).Select(static route => new SurfaceRouteView(route.Method, route.Pattern, route.Summary))).Distinct().OrderBy(static route => route.Path, StringComparer.Ordinal).ThenBy(static route => route.Method, StringComparer.Ordinal)]);
        }
    }

    private static bool IsOn(RouteEndpoint endpoint, Surface surface) => endpoint.Metadata.GetMetadata<RouteSurfaces>()?.Surfaces.Contains(surface) != false;

    /// <summary>The routes of an endpoint that belong to a surface and are no other system's: those are listed whether they are mapped or not.</summary>
    private static IEnumerable<SurfaceRouteView> RoutesOf(RouteEndpoint endpoint, Surface surface)
    {
        if (endpoint.Metadata.GetMetadata<SurfaceRoute>() is not null || endpoint.Metadata.GetMetadata<RouteSurfaces>()?.Surfaces.Contains(surface) != true) return [];
        var summary = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary;
        return (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(method => new SurfaceRouteView(method, endpoint.RoutePattern.RawText ?? "", summary));
    }

    private static string Word(Surface surface) => surface.ToString().ToLowerInvariant();
}

using Dragoman.Gateway.Requests;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Tests.Support;
using Dragoman.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>Every route of a surface's contract is mapped on its listeners, and the documentation says which routes there are.</summary>
[Trait("speed", "fast")]
public sealed class SurfaceContractTests
{
    /// <summary>A listener of every surface: a gateway maps a surface's own routes where it has a listener.</summary>
    private static readonly string Everywhere = "listeners:\n" + string.Concat(Enum.GetValues<Surface>().Select(surface => $"  - {{ surface: {surface.ToString().ToLowerInvariant()}, port: 0 }}\n"));

    private static string Folder => Path.Combine(RepositoryFiles.Root, "tests", "Dragoman.Server.Tests", "Surfaces", "Contracts");

    [Fact]
    public async Task Every_route_of_a_contract_is_mapped()
    {
        await using var rig = await GatewayFixture.StartAsync(Everywhere);
        var missing = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.txt"))
        {
            var surface = Enum.Parse<Surface>(Path.GetFileNameWithoutExtension(file), ignoreCase: true);
            var mapped = rig.Gateway.Endpoints.OfType<RouteEndpoint>().Where(one => IsOn(one, surface)).SelectMany(Keys).ToHashSet();
            foreach (var line in File.ReadAllLines(file).Where(line => line.Length > 0 && line[0] != '#'))
            {
                var (method, pattern) = (line.Split(' ')[0], line.Split(' ')[1]);
                if (!mapped.Contains(Key(method, RoutePatternFactory.Parse(pattern)))) missing.Add($"{surface}: {line}");
            }
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_surface_has_a_contract()
    {
        await using var rig = await GatewayFixture.StartAsync(Everywhere);
        Routes(rig).Select(route => route.Surface).Distinct().Order().Select(surface => $"{surface}.txt".ToLowerInvariant())
            .ShouldBe(Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileName(file)!).OrderBy(file => Enum.Parse<Surface>(Path.GetFileNameWithoutExtension(file), ignoreCase: true)));
    }

    [Fact]
    public async Task The_page_of_routes_is_what_is_mapped()
    {
        await using var rig = await GatewayFixture.StartAsync(Everywhere);
        var titles = rig.Gateway.Services.GetServices<ISurface>().ToDictionary(surface => surface.Surface, surface => surface.Title);
        var shared = rig.Gateway.Endpoints.Where(one => one.Metadata.GetMetadata<RouteSurfaces>()?.Surfaces.Contains(Surface.Dragoman) == true).Select(one => one.Metadata.GetMetadata<SurfaceRoute>()).OfType<SurfaceRoute>().ToHashSet();
        var page = SurfacePage.Write(titles, Routes(rig), shared);
        var path = Path.Combine(RepositoryFiles.Root, "docs", "reference", "surfaces.md");
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_DOCS") == "1") File.WriteAllText(path, page);
        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(page, "docs/reference/surfaces.md is not what is mapped; write it anew with DRAGOMAN_WRITE_DOCS=1 ./test");
    }

    private static IEnumerable<SurfaceRoute> Routes(GatewayFixture rig) => rig.Gateway.Endpoints.Select(one => one.Metadata.GetMetadata<SurfaceRoute>()).OfType<SurfaceRoute>().Distinct();

    /// <summary>Where the addresses begin that all listeners share, of the clients' API and of probes: what a contract has elsewhere has to be the surface's own.</summary>
    private static readonly string[] OfAll = ["/v1/", "/v1beta/", "/v1internal", "/model/", "/inference-profiles", "/foundation-models", "/healthz"];

    /// <summary>Whether an endpoint is the surface's own, or one that all listeners share.</summary>
    private static bool IsOn(RouteEndpoint endpoint, Surface surface)
    {
        if (endpoint.Metadata.GetMetadata<SurfaceRoute>() is { } route) return route.Surface == surface;
        if (endpoint.Metadata.GetMetadata<RouteSurfaces>()?.Surfaces.Contains(surface) == false) return false;
        var address = $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}";
        return address == "/" || OfAll.Any(beginning => address.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Keys(RouteEndpoint endpoint)
        => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => Key(method, endpoint.RoutePattern));

    private static string Key(string method, RoutePattern pattern)
        => $"{method} /{string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : "{}"))))}".ToLowerInvariant();
}

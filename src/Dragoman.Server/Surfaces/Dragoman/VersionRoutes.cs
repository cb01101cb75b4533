using Dragoman.Gateway.Providers;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>GET /api/v1/version</c>.</summary>
internal sealed class VersionRoutes : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/version", () => TypedResults.Ok(new VersionView("dragoman", Product.Version, Environment.Version.ToString()))).WithName("getVersion").WithTags("Gateway").WithSummary("The version that runs.");
}

/// <summary>The version that runs.</summary>
/// <param name="Name">Always <c>dragoman</c>.</param>
/// <param name="Version">The gateway's version.</param>
/// <param name="Runtime">The .NET runtime's version.</param>
internal sealed record VersionView(string Name, string Version, string Runtime);

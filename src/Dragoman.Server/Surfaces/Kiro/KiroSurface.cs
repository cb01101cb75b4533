using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>
/// As a Kiro proxy: its management routes (wire note kiro-and-bedrock, part A) over the accounts of Kiro, its names of models for clients, and the admin API of the second such proxy below <c>/api/admin</c>.
/// </summary>
internal sealed class KiroSurface(IEnumerable<IKiroRoutes> resources, Func<GatewayConfig> config) : ISurface
{
    /// <inheritdoc/>
    public Surface Surface => Surface.Kiro;

    /// <inheritdoc/>
    public string Title => "Kiro proxy";

    /// <summary>The admin API's callers send it there.</summary>
    public IReadOnlyList<string> SecretHeaders { get; } = ["x-api-key"];

    /// <inheritdoc/>
    public ISurfaceClientRules ClientRules { get; } = new KiroClientRules(config);

    /// <inheritdoc/>
    public SurfaceAnswer ErrorOf(ManagementError error) => DetailErrors.From(error);

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        foreach (var resource in resources) resource.Map(routes);
        var description = new KiroDescription([.. routes.All]);
        var open = routes.Open().OnOwnListeners();
        open.Get("/openapi.json", "These routes, in OpenAPI's form.", _ => SurfaceAnswer.Json(description.OpenApi()));
        foreach (var path in (string[])["/docs", "/redoc"]) open.Get(path, "These routes, for people.", _ => SurfaceAnswer.Html(200, description.Html()));
    }
}

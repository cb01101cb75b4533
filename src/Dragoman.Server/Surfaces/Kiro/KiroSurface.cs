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
    }
}

using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Management;
using Dragoman.Server.Surfaces.CliProxy.Resp;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy;

/// <summary>The surface of CLIProxyAPI: its management API with the same configuration file, and its clients' routes that the gateway has not by itself.</summary>
internal sealed class CliProxySurface(IEnumerable<ICliProxyRoutes> resources, RespConnections resp) : ISurface
{
    /// <inheritdoc/>
    public Surface Surface => Surface.CliProxy;

    /// <inheritdoc/>
    public string Title => "CLIProxyAPI";

    /// <inheritdoc/>
    public ISurfaceConnections Connections => resp;

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        foreach (var resource in resources) resource.Map(routes);
    }

    /// <inheritdoc/>
    public SurfaceAnswer ErrorOf(ManagementError error) => ManagementRoutes.Mark(CliProxyErrors.AnswerOf(error));
}

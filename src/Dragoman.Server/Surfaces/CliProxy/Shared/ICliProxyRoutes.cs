using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.CliProxy.Shared;

/// <summary>Routes of one resource of CLIProxyAPI's surface.</summary>
internal interface ICliProxyRoutes
{
    /// <summary>Maps them.</summary>
    void Map(SurfaceRoutes routes);
}

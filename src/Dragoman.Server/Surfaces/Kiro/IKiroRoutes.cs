using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The routes of one resource of this surface.</summary>
internal interface IKiroRoutes
{
    /// <summary>Maps them.</summary>
    void Map(SurfaceRoutes routes);
}

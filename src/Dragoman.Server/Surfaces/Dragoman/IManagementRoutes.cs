namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>The routes of one resource of the management API. Each resource registers its own; they are mapped together below <see cref="ManagementApi.Prefix"/>.</summary>
internal interface IManagementRoutes
{
    /// <summary>Maps the routes.</summary>
    /// <param name="api">The group that all routes of the API stand in.</param>
    void Map(IEndpointRouteBuilder api);
}

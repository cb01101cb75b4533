namespace Dragoman.Server.Api.Shared;

/// <summary>Routes for clients: of one protocol, or of something that all of them ask for.</summary>
internal interface IClientRoutes
{
    /// <summary>Maps the routes.</summary>
    void Map(IEndpointRouteBuilder routes);
}

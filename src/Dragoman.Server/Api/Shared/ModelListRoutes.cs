namespace Dragoman.Server.Api.Shared;

/// <summary>The lists of models at the address that several protocols share.</summary>
internal sealed class ModelListRoutes(ModelsEndpoint models) : IClientRoutes
{
    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in ClientRoute.Prefixes)
        {
            routes.MapGet($"{prefix}models", (RequestDelegate)models.ListAsync);
            routes.MapGet($"{prefix}models/{{**id}}", (RequestDelegate)models.GetAsync);
        }
    }
}

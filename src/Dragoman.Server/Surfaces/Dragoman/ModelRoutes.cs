using Dragoman.Management.Models;
using Dragoman.Management.Routing;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>GET /api/v1/models</c> and <c>/routes</c>: what clients may ask for, and who would answer.</summary>
internal sealed class ModelRoutes(ModelDirectory models, RouteExplainer explainer) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/models", () => TypedResults.Ok(models.List()))
            .WithName("listModels").WithTags("Models").WithSummary("The models that clients may ask for, what is known of them, and which accounts serve them.");
        api.MapGet("/models/catalog", () => TypedResults.Ok(models.Catalog))
            .WithName("getModelCatalog").WithTags("Models").WithSummary("Where what is known of models comes from, when it was taken and looked for last, and why the newest was not taken.");
        api.MapPost("/models/catalog/refresh", Task<Results<Ok<CatalogView>, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken)
            => models.RefreshAsync(HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("refreshModelCatalog").WithTags("Models").WithSummary("Looks for the owner's list of models now; `error` in the answer says why it was not taken.");
        api.MapGet("/routes", Results<Ok<RouteListView>, ManagementErrorResult> (string? protocol) => explainer.ExplainAll(protocol).ToOk())
            .WithName("listRoutes").WithTags("Models").WithSummary("For every model: which accounts would be tried now, in which order, and why not others.");
    }
}

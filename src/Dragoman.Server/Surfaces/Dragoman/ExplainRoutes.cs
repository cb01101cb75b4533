using Dragoman.Management.Routing;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>GET /api/v1/explain?model=</c>: what would be tried for a model, in which order, and why not others.</summary>
internal sealed class ExplainRoutes(RouteExplainer explainer) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/explain", Results<Ok<RoutePlanView>, ManagementErrorResult> (string? model, string? protocol) => explainer.Explain(model, protocol).WithFix("missing_required_parameter", "Ask /api/v1/explain?model=NAME.").ToOk())
            .WithName("explainRoute").WithTags("Models").WithSummary("Tells which accounts would be tried for a model, in which order, and why not others.");
}

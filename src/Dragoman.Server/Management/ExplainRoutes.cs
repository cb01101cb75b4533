using Dragoman.Gateway.Requests;
using Dragoman.Protocols;

namespace Dragoman.Server.Management;

/// <summary><c>GET /api/v1/explain?model=</c>: what would be tried for a model, in which order, and why not others.</summary>
internal sealed class ExplainRoutes(Dragoman.Gateway.Routing.Router router) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/explain", Results<Ok<RoutePlanView>, ManagementError> (string? model, string? language) =>
        {
            if (string.IsNullOrEmpty(model)) return ManagementError.Invalid("Say which model: /api/v1/explain?model=NAME.", "model", "missing_required_parameter");
            var source = Protocol.OpenAiChat;
            if (!string.IsNullOrEmpty(language) && !Enum.TryParse(language, ignoreCase: true, out source))
                return ManagementError.Invalid($"'{language}' is no client language; say one of {string.Join(", ", Enum.GetNames<Protocol>())}.", "language");
            return TypedResults.Ok(RoutePlanView.Of(router.Plan(new RouteRequest(model, source), dryRun: true)));
        }).WithName("explainRoute").WithTags("Models").WithSummary("Tells which accounts would be tried for a model, in which order, and why not others.");
}

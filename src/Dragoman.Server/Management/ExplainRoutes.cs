using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Management;

/// <summary><c>GET /api/v1/explain?model=</c>: what would be tried for a model, in which order, and why not others.</summary>
internal sealed class ExplainRoutes(Dragoman.Gateway.Routing.Router router) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/explain", Results<Ok<RoutePlanView>, ManagementError> (string? model, string? protocol) =>
        {
            if (string.IsNullOrEmpty(model)) return ManagementError.Invalid("Say which model: /api/v1/explain?model=NAME.", "model", "missing_required_parameter");
            var source = Protocol.OpenAiChat;
            if (!string.IsNullOrEmpty(protocol))
            {
                if (ProtocolRegistry.FromName(protocol) is not { } named) return ManagementError.Invalid($"'{protocol}' is not a protocol; use one of {string.Join(", ", ProtocolRegistry.Names)}.", "protocol");
                source = named;
            }

            return TypedResults.Ok(RoutePlanView.From(router.Plan(new RouteRequest(model, source), dryRun: true)));
        }).WithName("explainRoute").WithTags("Models").WithSummary("Tells which accounts would be tried for a model, in which order, and why not others.");
}

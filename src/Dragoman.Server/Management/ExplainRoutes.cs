using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Management;

/// <summary><c>GET /api/v1/explain?model=</c>: what would be tried for a model, in which order, and why not others.</summary>
internal static class ExplainRoutes
{
    public static void Map(IEndpointRouteBuilder api, GatewayServices services)
        => api.MapGet("/explain", Results<Ok<RoutePlanView>, ManagementError> (string? model, string? language) =>
        {
            if (string.IsNullOrEmpty(model)) return ManagementError.Invalid("Say which model: /api/v1/explain?model=NAME.", "model", "missing_required_parameter");
            var source = Protocol.OpenAiChat;
            if (!string.IsNullOrEmpty(language) && !Enum.TryParse(language, ignoreCase: true, out source))
                return ManagementError.Invalid($"'{language}' is no client language; say one of {string.Join(", ", Enum.GetNames<Protocol>())}.", "language");
            return TypedResults.Ok(RoutePlanView.Of(services.Relay.Router.Plan(new RouteRequest(model, source), dryRun: true)));
        }).WithName("explainRoute").WithTags("Models").WithSummary("Tells which accounts would be tried for a model, in which order, and why not others.");
}

using Dragoman.Gateway.Models;
using Dragoman.Server.Api;
using Dragoman.Server.Hosting;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Server.Management;

/// <summary><c>GET /api/v1/explain?model=</c>: what would be tried for a model, in which order, and why not others.</summary>
internal static class ExplainRoutes
{
    public static void Map(IEndpointRouteBuilder routes, GatewayServices services)
        => routes.MapGet("/api/v1/explain", context => ManagementGate.PassAsync(context, services, () => ExplainAsync(context, services)));

    private static async Task ExplainAsync(HttpContext context, GatewayServices services)
    {
        var model = context.Request.Query["model"].ToString();
        if (model.Length == 0)
        {
            var error = new WireError(ErrorKind.InvalidRequest, "Say which model: /api/v1/explain?model=NAME.") { Param = "model", Code = "missing_required_parameter" };
            await ClientGate.RefuseAsync(context, Languages.Client(Language.OpenAiChat), error, RequestIds.NewFlow(services.Time));
            return;
        }

        var language = context.Request.Query["language"].ToString() is { Length: > 0 } name && Enum.TryParse<Language>(name, ignoreCase: true, out var parsed) ? parsed : Language.OpenAiChat;
        var plan = services.Relay.Router.Plan(new RouteRequest(model, language), dryRun: true);
        using var buffer = new PooledBuffer();
        RoutePlanJson.Write(plan, buffer);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}

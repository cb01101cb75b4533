using System.Text;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>What clients, balancers and people ask besides answers: is anyone there, how is it doing, and telemetry that is only swallowed.</summary>
internal static class ProbeRoutes
{
    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder routes, GatewayServices services)
    {
        routes.MapMethods("/", GetOrHead, context => JsonAsync(context, 200, $$"""{"name":"dragoman","version":"{{Product.Version}}","status":"ok"}"""));
        routes.MapMethods("/v1", GetOrHead, context => JsonAsync(context, 200, $$"""{"name":"dragoman","version":"{{Product.Version}}","status":"ok"}"""));
        // Claude Code warms its connection by HEAD and checks by GET that its address can be reached: anything but a 200 is "cannot connect" to it.
        foreach (var path in (ReadOnlySpan<string>)["/api/hello", "/v1/api/hello"]) routes.MapMethods(path, GetOrHead, context => JsonAsync(context, 200, """{"message":"hello"}"""));
        foreach (var path in (ReadOnlySpan<string>)["/health", "/healthz", "/health/live"]) routes.MapMethods(path, GetOrHead, context => HealthAsync(context, services));
        routes.MapMethods("/health/ready", GetOrHead, context => ReadyAsync(context, services));
        routes.MapGet("/metrics", context => MetricsAsync(context, services));
        // Claude Code posts its telemetry to the base address; a 404 would be retried and logged on the user's screen.
        foreach (var path in (ReadOnlySpan<string>)["/api/event_logging/{**rest}", "/v1/api/event_logging/{**rest}", "/api/claude_code/metrics", "/v1/traces", "/v1/metrics", "/v1/logs"])
        {
            routes.MapPost(path, SwallowAsync);
        }
    }

    private static Task HealthAsync(HttpContext context, GatewayServices services)
        => JsonAsync(context, 200, $$"""{"status":"ok","version":"{{Product.Version}}","accounts":{{services.Config.Accounts.Count}},"open_requests":{{services.Draining.Open}}}""");

    /// <summary>
    /// Ready as long as it takes calls. A store that is away does not stop traffic that needs nothing durable, so the answer stays 200 and names
    /// what is not well; what is wrong with it is the operator's business (<c>/api/v1/health</c>). Only a store whose file was taken away is not waited for.
    /// </summary>
    private static async Task ReadyAsync(HttpContext context, GatewayServices services)
    {
        if (services.Draining.IsDraining)
        {
            await JsonAsync(context, 503, """{"status":"draining"}""");
            return;
        }

        var store = await services.StoreProbe.CheckAsync(context.RequestAborted);
        var unwell = services.HealthParts.Where(part => part.Report().State != Dragoman.Server.Management.Health.HealthState.Ok).Select(part => part.Name);
        if (!store.Healthy) unwell = unwell.Prepend("store");
        var names = string.Join(',', unwell.Select(name => $"\"{name}\""));
        if (store.Lost)
        {
            await JsonAsync(context, 503, $$"""{"status":"not_ready","degraded":[{{names}}]}""");
            return;
        }

        await JsonAsync(context, 200, names.Length == 0 ? """{"status":"ready"}""" : $$"""{"status":"degraded","degraded":[{{names}}]}""");
    }

    private static async Task MetricsAsync(HttpContext context, GatewayServices services)
    {
        // Account labels and models are the operator's business: from elsewhere a client key must be shown.
        if (!Dragoman.Server.Management.ManagementAuthorization.IsLocal(context) && (services.Keys.IsOpen || ClientAuthentication.Check(context, services) is not null))
        {
            var error = new WireError(ErrorKind.Authentication, "From another machine the metrics need a client key of this gateway.") { Code = "missing_api_key" };
            await ClientAuthentication.RefuseAsync(context, ProtocolRegistry.Client(Protocol.OpenAiChat), error, RequestIds.NewFlow(services.Time));
            return;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(await services.MetricsPage.WriteAsync(context.RequestAborted), context.RequestAborted);
    }

    private static async Task SwallowAsync(HttpContext context)
    {
        // Read and forget, within bounds: what is not read would cost the client its connection.
        var left = 1 << 20;
        var reader = context.Request.BodyReader;
        while (left > 0)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            left -= (int)Math.Min(result.Buffer.Length, int.MaxValue);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }

        await JsonAsync(context, 200, """{"status":"ok"}""");
    }

    private static Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var bytes = Encoding.UTF8.GetBytes(json);
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}

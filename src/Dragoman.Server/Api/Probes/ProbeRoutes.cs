using System.Text;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Management.Health;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Metrics;
using Dragoman.Server.Security;

namespace Dragoman.Server.Api.Probes;

/// <summary>What clients, balancers and people ask besides answers: is anyone there, how is it doing, and telemetry that is only swallowed.</summary>
internal sealed class ProbeRoutes(Func<GatewayConfig> config, GracefulShutdown shutdown, StoreProbe probe, IEnumerable<IHealthPart> parts, ClientKeyStore clientKeys, TimeProvider time, MetricsPage metrics, ClientAuthentication authentication) : IClientRoutes
{
    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", GetOrHead, Greeting.WriteAsync);
        routes.MapMethods("/v1", GetOrHead, Greeting.WriteAsync);
        // Claude Code warms its connection by HEAD and checks by GET that its address can be reached: anything but a 200 is "cannot connect" to it.
        foreach (var path in (ReadOnlySpan<string>)["/api/hello", "/v1/api/hello"]) routes.MapMethods(path, GetOrHead, context => JsonAsync(context, 200, """{"message":"hello"}"""));
        foreach (var path in (ReadOnlySpan<string>)["/health", "/healthz", "/health/live"]) routes.MapMethods(path, GetOrHead, HealthAsync);
        routes.MapMethods("/health/ready", GetOrHead, ReadyAsync);
        routes.MapGet("/metrics", MetricsAsync);
        // Claude Code posts its telemetry to the base address; a 404 would be retried and logged on the user's screen.
        foreach (var path in (ReadOnlySpan<string>)["/api/event_logging/{**rest}", "/v1/api/event_logging/{**rest}", "/api/claude_code/metrics", "/v1/traces", "/v1/metrics", "/v1/logs"])
        {
            routes.MapPost(path, SwallowAsync);
        }
    }

    private Task HealthAsync(HttpContext context)
        => JsonAsync(context, 200, $$"""{"status":"ok","version":"{{Product.Version}}","accounts":{{config().Accounts.Count}},"open_requests":{{shutdown.Open}}}""");

    /// <summary>
    /// Ready as long as it takes calls. A store that is away does not stop traffic that needs nothing durable, so the answer stays 200 and names
    /// what is not well; what is wrong with it is the operator's business (<c>/api/v1/health</c>). Only a store whose file was taken away is not waited for.
    /// </summary>
    private async Task ReadyAsync(HttpContext context)
    {
        if (shutdown.IsDraining)
        {
            await JsonAsync(context, 503, """{"status":"draining"}""");
            return;
        }

        var store = await probe.CheckAsync(context.RequestAborted);
        var unwell = parts.Where(part => part.Report().State != HealthState.Ok).Select(part => part.Name);
        if (!store.Healthy) unwell = unwell.Prepend("store");
        var names = string.Join(',', unwell.Select(name => $"\"{name}\""));
        if (store.Lost)
        {
            await JsonAsync(context, 503, $$"""{"status":"not_ready","degraded":[{{names}}]}""");
            return;
        }

        await JsonAsync(context, 200, names.Length == 0 ? """{"status":"ready"}""" : $$"""{"status":"degraded","degraded":[{{names}}]}""");
    }

    private async Task MetricsAsync(HttpContext context)
    {
        // Account labels and models are the operator's business: from elsewhere a client key must be shown.
        if (!LocalCaller.Is(context) && (clientKeys.IsOpen || authentication.Check(context) is not null))
        {
            var error = new WireError(ErrorKind.Authentication, "From another machine the metrics need a client key of this gateway.") { Code = "missing_api_key" };
            await ErrorResponse.WriteAsync(context, ProtocolRegistry.Client(ProtocolRegistry.Default), error, FlowId.New(time));
            return;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(await metrics.WriteAsync(context.RequestAborted), context.RequestAborted);
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

using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Listeners;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Server.Hosting;

/// <summary>What every request passes before its route: CORS, draining, and errors reported in the client's protocol.</summary>
internal sealed partial class HttpPipeline(Func<GatewayConfig> config, ClientKeyStore keys, GracefulShutdown shutdown, ClientProtocolSelector protocols, SurfaceMap surfaces, TrustedProxies proxies, TimeProvider time, ILogger<HttpPipeline> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ListenerSurface.Count(context, time);
        proxies.Apply(context);
        if (!WebAddress.IsHost(context.Request.Host.Value))
        {
            await WriteErrorAsync(context, new WireError(ErrorKind.InvalidRequest, "The Host header is not a name or an address with or without a port.") { Code = "invalid_host" });
            return;
        }

        if (context.Request.Headers.Origin.Count > 0 && !context.Request.Path.Equals(SelfRoutes.Path, StringComparison.OrdinalIgnoreCase) && Cors.Apply(context, config(), keys, IsManagement(context))) return;
        if (shutdown.IsDraining && HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Connection = "close";
            await WriteErrorAsync(context, new WireError(ErrorKind.Unavailable, "This gateway is shutting down; try again in a moment.") { Code = "shutting_down", RetryAfter = TimeSpan.FromSeconds(2) });
            return;
        }

        try
        {
            await next(context);
        }
        catch (BadHttpRequestException ex)
        {
            if (!context.Response.HasStarted) await WriteErrorAsync(context, new WireError(WireError.KindOf(ex.StatusCode), ex.Message) { Status = ex.StatusCode });
        }
        catch (Exception ex) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFault(ex, context.Request.Path);
            if (context.Response.HasStarted) context.Abort();
            else await WriteErrorAsync(context, new WireError(ErrorKind.Api, "The gateway failed to handle the request; its log says more.") { Code = "internal_error" });
            return;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (!context.Response.HasStarted && context.Response is { StatusCode: 404 or 405, ContentLength: null, ContentType: null }) await UnknownAsync(context);
    }

    private Task UnknownAsync(HttpContext context)
    {
        var request = context.Request;
        if (UnservedEndpoints.Explain(request.Path.Value ?? "") is { } words) return UnservedAsync(context, words);
        return WriteErrorAsync(context, context.Response.StatusCode == 405
            ? new WireError(ErrorKind.MethodNotAllowed, $"{request.Method} is not allowed on {request.Path}.") { Code = "method_not_allowed" }
            : new WireError(ErrorKind.NotFound, ListenerSurface.RulesOf(context)?.UnknownRoute(request) ?? $"There is nothing at {request.Method} {request.Path}.") { Code = "not_found" });
    }

    private bool IsManagement(HttpContext context)
    {
        var surface = ListenerSurface.Get(context);
        return surfaces.IsManaged(surface, context.Request.Path) || (surface == Surface.Dragoman && context.Request.Path.StartsWithSegments(ManagementApi.Prefix));
    }

    /// <summary>What the vendor has and this gateway has not, reported as the vendor's clients read errors.</summary>
    private Task UnservedAsync(HttpContext context, string words)
    {
        var error = new WireError(ErrorKind.NotFound, words) { Code = UnservedEndpoints.Code };
        return WriteErrorAsync(context, error);
    }

    private Task WriteErrorAsync(HttpContext context, WireError error)
        => ErrorResponse.WriteAsync(context, ProtocolOf(context), error, FlowId.New(time));

    /// <summary>The protocol of a request that no handler took: by its route, else by what its path and headers say.</summary>
    private IClientProtocol ProtocolOf(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ClientRoute>() is { } route) return ProtocolRegistry.Client(route.Protocol);
        return ProtocolRegistry.Client(protocols.Select(context.Request));
    }

    [LoggerMessage(10, LogLevel.Error, "An unexpected fault at {Path}")]
    private partial void LogFault(Exception fault, string path);
}

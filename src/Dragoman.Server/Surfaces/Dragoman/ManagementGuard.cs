using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Management.Access;
using Dragoman.Server.Listeners;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>
/// Stands before the management routes, so that nothing of a stranger's request is read: who may pass, how large a body may be, and what cannot
/// be read told as a fault. Listeners of other surfaces have no management API: their requests pass by.
/// </summary>
internal sealed partial class ManagementGuard(ManagementAuthorization authorization, ManagementSecret secret, PanelSessions sessions, TimeProvider time, Func<GatewayConfig> config, ILogger<ManagementAuthorization> log)
{
    /// <summary>The middleware.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var route = context.GetEndpoint()?.Metadata.GetMetadata<ManagementRoute>();
        // Clients' requests pass without a task of their own.
        if (route is null && (!context.Request.Path.StartsWithSegments(ManagementApi.Prefix) || ListenerSurface.Get(context) != Surface.Dragoman)) return next(context);
        return GuardAsync(context, route, next);
    }

    /// <summary>Says at start who can manage a gateway that others can reach.</summary>
    public void Announce()
    {
        if (config().Listeners.All(listener => listener.IsLoopback)) return;
        if (!config().Management.AllowRemote) LogStaysLocal("remote-management.allow-remote is not set");
        else if (!secret.IsSet) LogStaysLocal("there is no management secret; make one with 'dragoman settings secret'");
        else LogRemote();
    }

    private async Task GuardAsync(HttpContext context, ManagementRoute? route, RequestDelegate next)
    {
        if (route?.IsOpen != true && await authorization.CheckAsync(context, [], query: null, takesSession: true) is { } refusal)
        {
            await ManagementErrorResult.From(refusal).ExecuteAsync(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = route?.MostBytes ?? ManagementApi.MostBytes;
        // An answer that goes on and on ends with the session that it was asked for by.
        using var watch = HttpMethods.IsGet(context.Request.Method) && ManagementAccess.Of(context)?.Session is not null ? SessionWatch.Begin(context, sessions, time) : null;
        try
        {
            await next(context);
            // The framework answers parameters it cannot read with the bare status.
            if (context.Response is { HasStarted: false, StatusCode: 400 or 413 or 415, ContentType: null })
                await ManagementErrorResult.Unreadable(context.Response.StatusCode).ExecuteAsync(context);
        }
        catch (BadHttpRequestException ex) when (!context.Response.HasStarted)
        {
            await ManagementErrorResult.Unreadable(ex).ExecuteAsync(context);
        }
        catch (StoreException ex) when (!context.Response.HasStarted)
        {
            await ManagementErrorResult.From(ManagementError.Unavailable(ex)).ExecuteAsync(context);
        }
    }

    [LoggerMessage(62, LogLevel.Information, "The gateway can be reached from other machines; its management routes (/api/v1) answer this machine only: {Reason}.")]
    private partial void LogStaysLocal(string reason);

    [LoggerMessage(63, LogLevel.Information, "The management routes (/api/v1) answer other machines that show the secret.")]
    private partial void LogRemote();
}

using Dragoman.Gateway.Persistence;
using Dragoman.Server.Hosting;
using Dragoman.Server.Management.Accounts;
using Dragoman.Server.Management.Audit;
using Dragoman.Server.Management.Backup;
using Dragoman.Server.Management.Flows;
using Dragoman.Server.Management.Health;
using Dragoman.Server.Management.Models;
using Dragoman.Server.Management.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Server.Management;

/// <summary>
/// Our management API, <c>/api/v1/*</c>: a file a resource, every route behind <see cref="ManagementAuthorization"/>, described at
/// <c>/api/v1/openapi.json</c>. JSON names are <c>snake_case</c>, times are ISO 8601 in UTC, durations are seconds or milliseconds as their names say.
/// </summary>
internal static partial class ManagementApi
{
    public const string Prefix = "/api/v1";

    /// <summary>The largest body of a route that does not say otherwise.</summary>
    public const long MostBytes = 1 << 20;

    /// <summary>What the routes need of the framework.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.AddOpenApi("v1", ApiDescription.Configure);
        // What cannot be read is told by the guard, as every other fault.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json => ManagementJson.Configured(json.SerializerOptions));
    }

    /// <summary>
    /// Stands before the routes, so that nothing of a stranger's request is read: who may pass, how large a body may be, and what cannot be
    /// read told as a fault.
    /// </summary>
    public static void Guard(WebApplication app, GatewayServices services)
    {
        var gate = new ManagementAuthorization(services);
        app.Use((context, next) =>
        {
            var route = context.GetEndpoint()?.Metadata.GetMetadata<ManagementRoute>();
            // Clients' requests pass without a task of their own.
            return route is null && !context.Request.Path.StartsWithSegments(Prefix) ? next(context) : GuardAsync(context, route, next);
        });

        async Task GuardAsync(HttpContext context, ManagementRoute? route, RequestDelegate next)
        {
            if (await gate.CheckAsync(context) is { } refusal)
            {
                await refusal.ExecuteAsync(context);
                return;
            }

            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = route?.MostBytes ?? MostBytes;
            try
            {
                await next(context);
                // The framework answers parameters it cannot read with the bare status.
                if (context.Response is { HasStarted: false, StatusCode: 400 or 413 or 415, ContentType: null })
                    await ManagementError.Unreadable(context.Response.StatusCode).ExecuteAsync(context);
            }
            catch (BadHttpRequestException ex) when (!context.Response.HasStarted)
            {
                await ManagementError.Unreadable(ex).ExecuteAsync(context);
            }
            catch (StoreException ex) when (!context.Response.HasStarted)
            {
                await ManagementError.StoreAway(ex).ExecuteAsync(context);
            }
        }
    }

    /// <summary>Says at start who can manage a gateway that others can reach.</summary>
    public static void Announce(GatewayServices services, ILogger log)
    {
        var options = services.Config.Management;
        if (services.Config.Listeners.All(listener => listener.IsLoopback)) return;
        if (!options.AllowRemote) LogStaysLocal(log, "remote-management.allow-remote is not set");
        else if (!services.ManagementSecret.IsSet) LogStaysLocal(log, "there is no management secret; make one with 'dragoman settings secret'");
        else LogRemote(log);
    }

    [LoggerMessage(42, LogLevel.Information, "The gateway can be reached from other machines; its management routes (/api/v1) answer this machine only: {Reason}.")]
    private static partial void LogStaysLocal(ILogger log, string reason);

    [LoggerMessage(43, LogLevel.Information, "The management routes (/api/v1) answer other machines that show the secret.")]
    private static partial void LogRemote(ILogger log);

    /// <summary>Maps every route.</summary>
    public static void Map(WebApplication app, GatewayServices services)
    {
        var api = app.MapGroup(Prefix).WithMetadata(new ManagementRoute());
        VersionRoutes.Map(api);
        ExplainRoutes.Map(api, services);
        AuditRoutes.Map(api, services);
        Dragoman.Server.Management.Keys.KeyRoutes.Map(api, services);
        Dragoman.Server.Management.Usage.UsageRoutes.Map(api, services);
        Dragoman.Server.Management.Usage.PriceRoutes.Map(api, services);
        SettingsRoutes.Map(api, services);
        HealthRoutes.Map(api, services);
        BackupRoutes.Map(api, services);
        ModelRoutes.Map(api, services);
        FlowRoutes.Map(api, services);
        AccountRoutes.Map(api, services);
        AccountTestRoutes.Map(api, services);
        LimitRoutes.Map(api, services);
        api.MapOpenApi("/openapi.json").WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}

/// <summary>Marks a route of the management API.</summary>
/// <param name="MostBytes">The largest body it takes; null for no limit.</param>
internal sealed record ManagementRoute(long? MostBytes = ManagementApi.MostBytes);

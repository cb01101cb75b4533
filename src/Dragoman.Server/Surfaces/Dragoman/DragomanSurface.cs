using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Server.Listeners;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>The gateway's own surface: the management API put together from the routes of its resources.</summary>
internal static class DragomanSurface
{
    /// <summary>Registers the API. The resources are described in the order in which they stand here.</summary>
    public static IServiceCollection AddDragomanSurface(this IServiceCollection services)
    {
        services.AddOpenApi("v1", ApiDescription.Configure);
        // What cannot be read is reported by the guard, as every other fault.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json => ManagementJson.Configured(json.SerializerOptions));
        services.AddSingleton<ManagementGuard>();
        services.AddSingleton<EventStreamWriter>();
        services.AddSingleton<IManagementRoutes, VersionRoutes>();
        services.AddSingleton<IManagementRoutes, SessionRoutes>();
        services.AddSingleton<IManagementRoutes, ExplainRoutes>();
        services.AddSingleton<IManagementRoutes, AuditRoutes>();
        services.AddSingleton<IManagementRoutes, KeyRoutes>();
        services.AddSingleton<IManagementRoutes, SelfRoutes>();
        services.AddSingleton<IManagementRoutes, UsageRoutes>();
        services.AddSingleton<IManagementRoutes, PriceRoutes>();
        services.AddSingleton<IManagementRoutes, SettingsRoutes>();
        services.AddSingleton<IManagementRoutes, PanelStateRoutes>();
        services.AddSingleton<IManagementRoutes, SettingsHistoryRoutes>();
        services.AddSingleton<IManagementRoutes, LogRoutes>();
        services.AddSingleton<IManagementRoutes, ListenerRoutes>();
        services.AddSingleton<IManagementRoutes, HealthRoutes>();
        services.AddSingleton<IManagementRoutes, BackupRoutes>();
        services.AddSingleton<IManagementRoutes, RestoreRoutes>();
        services.AddSingleton<IManagementRoutes, EmulatorRoutes>();
        services.AddSingleton<IManagementRoutes, ModelRoutes>();
        services.AddSingleton<IManagementRoutes, FlowRoutes>();
        services.AddSingleton<IManagementRoutes, ConversationRoutes>();
        services.AddSingleton<IManagementRoutes, FlowExportRoutes>();
        services.AddSingleton<IManagementRoutes, FlowLiveRoutes>();
        services.AddSingleton<IManagementRoutes, FlowReplayRoutes>();
        services.AddSingleton<IManagementRoutes, PlaygroundRoutes>();
        services.AddSingleton<IManagementRoutes, ClientRoutes>();
        services.AddSingleton<IManagementRoutes, AccountRoutes>();
        services.AddSingleton<IManagementRoutes, AccountActionRoutes>();
        services.AddSingleton<IManagementRoutes, ProviderRoutes>();
        services.AddSingleton<IManagementRoutes, LimitRoutes>();
        services.AddSingleton<IManagementRoutes, QuotaRoutes>();
        services.AddSingleton<IManagementRoutes, LoginRoutes>();
        services.AddSingleton<IManagementRoutes, TransferRoutes>();
        services.AddSingleton<IManagementRoutes, SystemImportRoutes>();
        return services;
    }

    /// <summary>Puts the guard before the routes.</summary>
    public static void UseManagementGuard(this WebApplication app)
    {
        var guard = app.Services.GetRequiredService<ManagementGuard>();
        app.Use(next => context => guard.InvokeAsync(context, next));
        guard.Announce();
    }

    /// <summary>Maps every route, on listeners of the gateway's own surface.</summary>
    public static void MapDragomanSurface(this WebApplication app)
    {
        var api = app.MapGroup(ManagementApi.Prefix).WithMetadata(new ManagementRoute()).OnSurface(Surface.Dragoman);
        foreach (var routes in app.Services.GetServices<IManagementRoutes>()) routes.Map(api);
        api.MapOpenApi("/openapi.json").WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}

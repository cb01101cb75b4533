using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Management.Access;
using Dragoman.Server.Management.Accounts;
using Dragoman.Server.Management.Audit;
using Dragoman.Server.Management.Backup;
using Dragoman.Server.Management.Flows;
using Dragoman.Server.Management.Flows.Export;
using Dragoman.Server.Management.Health;
using Dragoman.Server.Management.Keys;
using Dragoman.Server.Management.Models;
using Dragoman.Server.Management.Settings;
using Dragoman.Server.Management.Usage;
using Dragoman.Server.Security;

namespace Dragoman.Server.Management.Mapping;

/// <summary>The management API put together: what it needs, and where its routes are mapped. It stands above the resources, which know nothing of each other's routes.</summary>
internal static class ManagementModule
{
    /// <summary>Registers the API. The resources are described in the order in which they stand here.</summary>
    public static IServiceCollection AddManagement(this IServiceCollection services)
    {
        services.AddOpenApi("v1", ApiDescription.Configure);
        // What cannot be read is reported by the guard, as every other fault.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json => ManagementJson.Configured(json.SerializerOptions));
        services.AddManagementAccess();
        services.AddSingleton<IManagementRoutes, VersionRoutes>();
        services.AddSingleton<IManagementRoutes, ExplainRoutes>();
        services.AddSingleton<IManagementRoutes, AuditRoutes>();
        services.AddSingleton<ClientKeyService>();
        services.AddSingleton<IManagementRoutes, KeyRoutes>();
        services.AddSingleton<IManagementRoutes, UsageRoutes>();
        services.AddSingleton<IManagementRoutes, PriceRoutes>();
        services.AddConfigFile();
        services.AddSingleton<IManagementRoutes, SettingsRoutes>();
        services.AddSingleton<IManagementRoutes, HealthRoutes>();
        services.AddSingleton<IManagementRoutes, BackupRoutes>();
        services.AddSingleton<IManagementRoutes, ModelRoutes>();
        services.AddSingleton<FlowLookup>();
        services.AddSingleton<IManagementRoutes, FlowRoutes>();
        services.AddSingleton<IManagementRoutes, FlowBodyRoutes>();
        services.AddSingleton<IManagementRoutes, FlowExportRoutes>();
        services.AddSingleton<EventStreamWriter>();
        services.AddSingleton<IManagementRoutes, FlowLiveRoutes>();
        services.AddSingleton<FlowReplay>();
        services.AddSingleton<IManagementRoutes, FlowReplayRoutes>();
        services.AddSingleton<AccountViews>();
        services.AddSingleton(provider => new AccountService(provider.GetRequiredService<AccountRegistry>(), provider.GetRequiredService<IAccountStore>(), provider.GetRequiredService<ISecretProtector>()));
        services.AddSingleton<IManagementRoutes, AccountRoutes>();
        services.AddSingleton<IManagementRoutes, AccountTestRoutes>();
        services.AddSingleton<IManagementRoutes, LimitRoutes>();
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
    public static void MapManagement(this WebApplication app)
    {
        var api = app.MapGroup(ManagementApi.Prefix).WithMetadata(new ManagementRoute()).OnSurface(Surface.Dragoman);
        foreach (var routes in app.Services.GetServices<IManagementRoutes>()) routes.Map(api);
        api.MapOpenApi("/openapi.json").WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}

using Dragoman.Gateway.Providers;
using Dragoman.Server.Hosting;
using Dragoman.Server.Management.Flows;

namespace Dragoman.Server.Management;

/// <summary>
/// Our management API, <c>/api/v1/*</c>: a file a resource, every route behind <see cref="ManagementGate"/>, described at
/// <c>/api/v1/openapi.json</c>. JSON names are <c>snake_case</c>, times are ISO 8601 in UTC, durations are seconds or milliseconds as their names say.
/// </summary>
internal static class ManagementApi
{
    public const string Prefix = "/api/v1";

    /// <summary>What the routes need of the framework.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Dragoman management API", Version = Product.Version };
            document.Servers = [];
            return Task.CompletedTask;
        }));
        services.ConfigureHttpJsonOptions(json => ManagementJson.Configured(json.SerializerOptions));
    }

    /// <summary>Maps every route.</summary>
    public static void Map(WebApplication app, GatewayServices services)
    {
        var api = app.MapGroup(Prefix).AddEndpointFilter(new ManagementGate(services));
        VersionRoutes.Map(api);
        ExplainRoutes.Map(api, services);
        FlowRoutes.Map(api, services);
        api.MapOpenApi("/openapi.json").WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}

using Dragoman.Management.Health;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>GET /api/v1/health</c>: how everything is, in detail.</summary>
internal sealed class HealthRoutes(HealthReporter health) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/health", async (CancellationToken cancellationToken) => TypedResults.Ok(await health.ReportAsync(cancellationToken)))
            .WithName("getHealth").WithTags("Gateway").WithSummary("How the gateway is, in detail: store, queues, accounts, configuration.");
}

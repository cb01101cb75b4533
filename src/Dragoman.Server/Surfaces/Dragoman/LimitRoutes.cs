using Dragoman.Management.Accounts;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>GET /api/v1/limits</c>: which accounts are cooling down, until when and why, and the quotas their upstreams reported.</summary>
internal sealed class LimitRoutes(AccountDirectory accounts) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/limits", () => TypedResults.Ok(accounts.ListLimits()))
            .WithName("listLimits").WithTags("Accounts").WithSummary("Every account or model that is cooling down or whose upstream reported its quotas.");
}

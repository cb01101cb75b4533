using Dragoman.Management.Quotas;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/quotas</c>: the quotas of all accounts.</summary>
internal sealed class QuotaRoutes(QuotaOverview overview) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/quotas", () => TypedResults.Ok(overview.Describe()))
            .WithName("listQuotas").WithTags("Accounts").WithSummary("The quota windows of all accounts, the one that resets soonest first, with forecast and readiness.");
}

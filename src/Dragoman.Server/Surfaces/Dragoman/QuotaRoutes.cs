using Dragoman.Management.Quotas;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/quotas</c>: the quotas of all accounts, now and over time.</summary>
internal sealed class QuotaRoutes(QuotaOverview overview, QuotaHistory history) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/quotas", async (CancellationToken cancellationToken) => TypedResults.Ok(await overview.DescribeAsync(cancellationToken)))
            .WithName("listQuotas").WithTags("Accounts").WithSummary("The quota windows of all accounts, the one that resets soonest first, with forecast and readiness.");

        api.MapGet("/quotas/history", Task<Results<Ok<QuotaHistoryView>, ManagementErrorResult>> (string? account, string? name, string? model, string? from, string? to, CancellationToken cancellationToken)
            => history.ListAsync(account, name, model, from, to, cancellationToken).ToOkAsync())
            .WithName("listQuotaHistory").WithTags("Accounts").WithSummary("How quota windows stood over time, and how much of each period was used; of the last seven days unless from says otherwise.");
    }
}

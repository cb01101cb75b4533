using Dragoman.Management.Usage;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/usage</c>: what was used, summed up, request by request, and as a file.</summary>
internal sealed class UsageRoutes(UsageReport report) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var usage = api.MapGroup("/usage").WithTags("Usage");
        usage.MapGet("", Task<Results<Ok<UsageSummaryView>, ManagementErrorResult>> (string? from, string? to, string? by, string? step, string? tz, string? key, string? account, string? provider, string? model, CancellationToken cancellationToken)
            => report.SummariseAsync(FilterOf(from, to, tz, key, account, provider, model), by, step, cancellationToken).ToOkAsync())
            .WithName("getUsage").WithSummary("Sums usage by key, account, provider, model, and by the hour or day.")
            .WithDescription("Whole hours are summed: those that from and to fall in are counted whole. Days are those of tz, with its present distance from UTC.");

        usage.MapGet("/entries", Task<Results<Ok<UsagePageView>, ManagementErrorResult>> (string? from, string? to, string? tz, string? key, string? account, string? provider, string? model, int? limit, string? after, CancellationToken cancellationToken)
            => report.ListAsync(FilterOf(from, to, tz, key, account, provider, model), limit, after, cancellationToken).ToOkAsync())
            .WithName("listUsage").WithSummary("The ledger, request by request, newest first.");

        usage.MapGet("/export", Task<Results<StreamedAnswer, ManagementErrorResult>> (string? from, string? to, string? tz, string? key, string? account, string? provider, string? model, string? format, CancellationToken cancellationToken)
            => report.ExportAsync(FilterOf(from, to, tz, key, account, provider, model), format, cancellationToken).ToFileAsync())
            .Produces<string>(200, "text/csv", "application/x-ndjson").WithName("exportUsage").WithSummary("The ledger as a file: format=csv or jsonl.");
    }

    private static UsageFilter FilterOf(string? from, string? to, string? zone, string? key, string? account, string? provider, string? model)
        => new() { From = from, To = to, TimeZone = zone, Key = key, Account = account, Provider = provider, Model = model };
}

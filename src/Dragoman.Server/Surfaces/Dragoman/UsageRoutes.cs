using Dragoman.Management.Usage;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/usage</c>: what was used, summed up, request by request, and as a file.</summary>
internal sealed class UsageRoutes(UsageReport report) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var usage = api.MapGroup("/usage").WithTags("Usage");
        usage.MapGet("", Task<Results<Ok<UsageSummaryView>, ManagementErrorResult>> (string? from, string? to, string? by, string? step, string? tz, string? key, string? account, string? provider, string? model, string? client, CancellationToken cancellationToken)
            => report.SummariseAsync(FilterOf(from, to, tz, key, account, provider, model, client), by, step, cancellationToken, hasPercentiles: true).ToOkAsync())
            .WithName("getUsage").WithSummary("Sums usage by key, account, provider, model, client, and by ten minutes, the hour, day or week.")
            .WithDescription("Whole hours are summed (by ten minutes, of two days at most, whole tens of minutes): those that from and to fall in are counted whole. Days and weeks, which begin on Monday, are those of tz, with its present distance from UTC.");

        usage.MapGet("/unusual", Task<Results<Ok<UnusualHoursView>, ManagementErrorResult>> (string? from, string? to, string? tz, string? key, string? account, string? provider, string? model, string? client, CancellationToken cancellationToken)
            => report.FindUnusualAsync(FilterOf(from, to, tz, key, account, provider, model, client), cancellationToken).ToOkAsync())
            .WithName("findUnusualHours").WithSummary("Hours that cost or failed far more than the same hours of the 14 days before.")
            .WithDescription("An hour is unusual that lies above the median of the same hour of the 14 days before (five are needed) by more than twice that median, by more than six times their spread (the median of the distances from the median), and by more than a dollar, or ten failures which are a tenth of its requests. Of the last day unless `from` says otherwise, of 92 days at most.");

        usage.MapGet("/entries", Task<Results<Ok<UsagePageView>, ManagementErrorResult>> (string? from, string? to, string? tz, string? key, string? account, string? provider, string? model, string? client, int? limit, string? after, CancellationToken cancellationToken)
            => report.ListAsync(FilterOf(from, to, tz, key, account, provider, model, client), limit, after, cancellationToken).ToOkAsync())
            .WithName("listUsage").WithSummary("The ledger, request by request, newest first.");

        usage.MapGet("/export", Task<Results<StreamedAnswer, ManagementErrorResult>> (string? from, string? to, string? tz, string? key, string? account, string? provider, string? model, string? client, string? format, CancellationToken cancellationToken)
            => report.ExportAsync(FilterOf(from, to, tz, key, account, provider, model, client), format, cancellationToken).ToFileAsync())
            .Produces<string>(200, "text/csv", "application/x-ndjson").WithName("exportUsage").WithSummary("The ledger as a file: format=csv or jsonl.");
    }

    private static UsageFilter FilterOf(string? from, string? to, string? zone, string? key, string? account, string? provider, string? model, string? client)
        => new() { From = from, To = to, TimeZone = zone, Key = key, Account = account, Provider = provider, Model = model, Client = client };
}

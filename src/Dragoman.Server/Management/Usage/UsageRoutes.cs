using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Usage;

namespace Dragoman.Server.Management.Usage;

/// <summary><c>/api/v1/usage</c>: what was used, summed up, request by request, and as a file.</summary>
internal sealed class UsageRoutes(UsageLedgerWriter ledger, TimeProvider time, IUsageStore entries, ClientKeyStore clientKeys) : IManagementRoutes
{
    private static readonly string[] Groups = ["key", "account", "provider", "model"];

    public void Map(IEndpointRouteBuilder api)
    {
        var usage = api.MapGroup("/usage").WithTags("Usage");
        // The query is read by hand: its faults are reported one by one. The parameters stand here for the description.
        usage.MapGet("", async Task<Results<Ok<UsageSummaryView>, ManagementError>> (HttpContext context, string? from, string? to, string? by, string? step, string? tz, string? key, string? account, string? provider, string? model, CancellationToken cancellationToken) =>
        {
            _ = (from, to, tz, key, account, provider, model);
            if (UsageFilter.Zone(context.Request.Query, out var fault) is not { } zone) return fault!;
            if (UsageFilter.Read(context.Request.Query, zone, out fault) is not { } query) return fault!;
            var groups = (by ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (groups.FirstOrDefault(group => !Groups.Contains(group, StringComparer.Ordinal)) is { } odd) return ManagementError.Invalid($"Usage cannot be summed by '{odd}'; say any of {string.Join(", ", Groups)}.", "by");
            var fineness = UsageStep.None;
            if (!string.IsNullOrEmpty(step) && !Enum.TryParse(step, ignoreCase: true, out fineness)) return ManagementError.Invalid($"'{step}' is no step; say hour or day.", "step");
            await ledger.FlushAsync(cancellationToken);
            var grouping = new UsageGrouping
            {
                Key = groups.Contains("key"),
                Account = groups.Contains("account"),
                Provider = groups.Contains("provider"),
                Model = groups.Contains("model"),
                Step = fineness,
                Offset = zone.GetUtcOffset(query.To ?? time.GetUtcNow()),
            };
            var rows = await entries.SummariseAsync(query, grouping, cancellationToken);
            var total = await entries.SummariseAsync(query, new UsageGrouping(), cancellationToken);
            return TypedResults.Ok(new UsageSummaryView(query.From, query.To, groups, fineness, [.. rows.Select(View)], total.Count > 0 ? View(total[0]) : null));
        }).WithName("getUsage").WithSummary("Sums usage by key, account, provider, model, and by the hour or day.")
            .WithDescription("Whole hours are summed: those that from and to fall in are counted whole. Days are those of tz, with its present distance from UTC.");

        usage.MapGet("/entries", async Task<Results<Ok<UsagePageView>, ManagementError>> (HttpContext context, string? from, string? to, string? tz, string? key, string? account, string? provider, string? model, int? limit, string? after, CancellationToken cancellationToken) =>
        {
            _ = (from, to, tz, key, account, provider, model);
            if (PageQuery.Invalid(limit) is { } odd) return odd;
            if (UsageFilter.Zone(context.Request.Query, out var fault) is not { } zone) return fault!;
            if (UsageFilter.Read(context.Request.Query, zone, out fault) is not { } query) return fault!;
            await ledger.FlushAsync(cancellationToken);
            var page = await entries.ListAsync(query, PageQuery.Parse(limit, after), cancellationToken);
            return TypedResults.Ok(new UsagePageView([.. page.Items.Select(UsageEntryView.From)], page.Next));
        }).WithName("listUsage").WithSummary("The ledger, request by request, newest first.");

        usage.MapGet("/export", async Task<Results<UsageExport, ManagementError>> (HttpContext context, string? from, string? to, string? tz, string? key, string? account, string? provider, string? model, string? format, CancellationToken cancellationToken) =>
        {
            _ = (from, to, tz, key, account, provider, model);
            if (format is not (null or "" or "csv" or "jsonl")) return ManagementError.Invalid($"'{format}' is no format; say csv or jsonl.", "format");
            if (UsageFilter.Zone(context.Request.Query, out var fault) is not { } zone) return fault!;
            if (UsageFilter.Read(context.Request.Query, zone, out fault) is not { } query) return fault!;
            await ledger.FlushAsync(cancellationToken);
            return new UsageExport(entries, query, csv: format != "jsonl");
        }).Produces<string>(200, "text/csv", "application/x-ndjson").WithName("exportUsage").WithSummary("The ledger as a file: format=csv or jsonl.");

        UsageRowView View(UsageRow row) => UsageRowView.From(row, id => clientKeys.FindIdentity(id)?.Name);
    }
}

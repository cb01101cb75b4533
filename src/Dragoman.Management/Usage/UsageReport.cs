using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Usage;

namespace Dragoman.Management.Usage;

/// <summary>What was used: summed up, request by request, and as a file. What was recorded before a call is in its result.</summary>
public sealed class UsageReport(UsageLedgerWriter ledger, IUsageStore entries, ClientKeyStore clientKeys, TimeProvider time)
{
    private static readonly string[] Groups = ["key", "account", "provider", "model"];

    /// <summary>Sums usage.</summary>
    /// <param name="filter">Which usage. Whole hours are summed: those that its times fall in are counted whole.</param>
    /// <param name="by">What to sum by, with commas between: <c>key</c>, <c>account</c>, <c>provider</c>, <c>model</c>; null for nothing.</param>
    /// <param name="step">How fine the series is: <c>none</c>, <c>hour</c> or <c>day</c>; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<UsageSummaryView>> SummariseAsync(UsageFilter filter, string? by, string? step, CancellationToken cancellationToken) => StoreCalls.RunAsync<UsageSummaryView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        var read = filter.Read();
        if (!read.Succeeded) return read.Error;
        var (query, zone) = read.Value;
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
        return new UsageSummaryView(query.From, query.To, groups, fineness, [.. rows.Select(View)], total.Count > 0 ? View(total[0]) : null);
    });

    /// <summary>The ledger, request by request, newest first.</summary>
    /// <param name="filter">Which usage.</param>
    /// <param name="limit">How many at most: 1 to 1000, 50 when null.</param>
    /// <param name="after">The <see cref="UsagePageView.Next"/> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<UsagePageView>> ListAsync(UsageFilter filter, int? limit, string? after, CancellationToken cancellationToken) => StoreCalls.RunAsync<UsagePageView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        var part = Paging.Read(limit, after);
        if (!part.Succeeded) return part.Error;
        var read = filter.Read();
        if (!read.Succeeded) return read.Error;
        await ledger.FlushAsync(cancellationToken);
        var page = await entries.ListAsync(read.Value.Query, part.Value, cancellationToken);
        return new UsagePageView([.. page.Items.Select(UsageEntryView.From)], page.Next);
    });

    /// <summary>The ledger as a file.</summary>
    /// <param name="filter">Which usage.</param>
    /// <param name="format"><c>csv</c> (also when null) or <c>jsonl</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<ExportFile>> ExportAsync(UsageFilter filter, string? format, CancellationToken cancellationToken) => StoreCalls.RunAsync<ExportFile>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (format is not (null or "" or "csv" or "jsonl")) return ManagementError.Invalid($"'{format}' is no format; say csv or jsonl.", "format");
        var read = filter.Read();
        if (!read.Succeeded) return read.Error;
        await ledger.FlushAsync(cancellationToken);
        return new UsageExport(entries, read.Value.Query, isCsv: format != "jsonl").ToFile();
    });

    private UsageRowView View(UsageRow row) => UsageRowView.From(row, id => id == ClientIdentity.Playground.KeyId ? ClientIdentity.Playground.Name : clientKeys.FindIdentity(id)?.Name);
}

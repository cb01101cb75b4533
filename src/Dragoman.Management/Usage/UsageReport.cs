using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Usage;

namespace Dragoman.Management.Usage;

/// <summary>What was used: summed up, request by request, and as a file. What was recorded before a call is in its result.</summary>
public sealed class UsageReport(UsageLedgerWriter ledger, IUsageStore entries, ClientKeyStore clientKeys, TimeProvider time)
{
    private static readonly string[] Groups = ["key", "account", "provider", "model", "client"];

    /// <summary>How much time is summed by ten minutes at most: that is done from the entries.</summary>
    private static readonly TimeSpan LongestOfTenMinutes = TimeSpan.FromDays(2);

    /// <summary>In how much time unusual hours are looked for, and how many are told.</summary>
    private static readonly TimeSpan LongestOfUnusual = TimeSpan.FromDays(92);
    private const int MostUnusual = 100;

    /// <summary>Sums usage.</summary>
    /// <param name="filter">Which usage. Whole hours are summed (by ten minutes, whole tens of minutes): those that its times fall in are counted whole.</param>
    /// <param name="by">What to sum by, with commas between: <c>key</c>, <c>account</c>, <c>provider</c>, <c>model</c>, <c>client</c>; null for nothing.</param>
    /// <param name="step">How fine the series is: <c>none</c>, <c>10m</c> (of two days at most), <c>hour</c>, <c>day</c> or <c>week</c>; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="hasPercentiles">Whether percentiles are counted too.</param>
    public Task<ManagementResult<UsageSummaryView>> SummariseAsync(UsageFilter filter, string? by, string? step, CancellationToken cancellationToken, bool hasPercentiles = false) => StoreCalls.RunAsync<UsageSummaryView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        var read = filter.Read();
        if (!read.Succeeded) return read.Error;
        var (query, zone) = read.Value;
        var groups = (by ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (groups.FirstOrDefault(group => !Groups.Contains(group, StringComparer.Ordinal)) is { } odd) return ManagementError.Invalid($"Usage cannot be summed by '{odd}'; say any of {string.Join(", ", Groups)}.", "by");
        if (StepOf(step) is not { } fineness) return ManagementError.Invalid($"'{step}' is no step; say 10m, hour, day or week.", "step");
        var now = time.GetUtcNow();
        if (fineness == UsageStep.TenMinutes && !((query.To ?? now) - query.From <= LongestOfTenMinutes)) return ManagementError.Invalid("By ten minutes two days are summed at most; say from when with 'from'.", "step");
        await ledger.FlushAsync(cancellationToken);
        var grouping = new UsageGrouping
        {
            Key = groups.Contains("key"),
            Account = groups.Contains("account"),
            Provider = groups.Contains("provider"),
            Model = groups.Contains("model"),
            Client = groups.Contains("client"),
            Step = fineness,
            Offset = zone.GetUtcOffset(query.To ?? now),
        };
        var rows = await entries.SummariseAsync(query, grouping, cancellationToken);
        var total = await entries.SummariseAsync(query, new UsageGrouping { ByEntries = fineness == UsageStep.TenMinutes }, cancellationToken);
        var latencies = hasPercentiles ? await entries.MeasureAsync(query, grouping, cancellationToken: cancellationToken) : null;
        var byGroup = latencies?.Rows.ToDictionary(row => row.Group);
        return new UsageSummaryView(query.From, query.To, groups, fineness, [.. rows.Select(row => View(row, byGroup?.GetValueOrDefault(GroupOf(row))))], total.Count > 0 ? View(total[0], latencies?.Total) : null)
        {
            Percentiles = latencies is null ? null : latencies.Sampled ? "sampled" : "exact",
        };
    });

    /// <summary>Hours that cost or failed far more than the same hours of the 14 days before (<see cref="UnusualHours"/>).</summary>
    /// <param name="filter">Which usage; of the last day where it does not say from when, and of 92 days at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<UnusualHoursView>> FindUnusualAsync(UsageFilter filter, CancellationToken cancellationToken) => StoreCalls.RunAsync<UnusualHoursView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        var read = filter.Read();
        if (!read.Succeeded) return read.Error;
        var query = read.Value.Query;
        var until = query.To ?? time.GetUtcNow();
        var from = query.From ?? until.AddDays(-1);
        if (until - from > LongestOfUnusual) return ManagementError.Invalid("Unusual hours are looked for in 92 days at most; say from when with 'from'.", "from");
        await ledger.FlushAsync(cancellationToken);
        var rows = await entries.SummariseAsync(query with { From = from.AddDays(-UnusualHours.Days) }, new UsageGrouping { Step = UsageStep.Hour }, cancellationToken);
        return new UnusualHoursView(UnusualHours.Find(rows, new DateTimeOffset(from.UtcTicks - (from.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero), MostUnusual));
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

    private UsageRowView View(UsageRow row, UsageLatency? latency) => UsageRowView.From(row, latency, id => id == ClientIdentity.Playground.KeyId ? ClientIdentity.Playground.Name : clientKeys.FindIdentity(id)?.Name);

    /// <summary>The time and names of a row.</summary>
    private static UsageRow GroupOf(UsageRow row) => new() { At = row.At, KeyId = row.KeyId, AccountId = row.AccountId, Provider = row.Provider, Model = row.Model, Client = row.Client };

    private static UsageStep? StepOf(string? text) => text?.ToLowerInvariant() switch
    {
        null or "" or "none" => UsageStep.None,
        "10m" => UsageStep.TenMinutes,
        "hour" => UsageStep.Hour,
        "day" => UsageStep.Day,
        "week" => UsageStep.Week,
        _ => null,
    };
}

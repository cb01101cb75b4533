using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Quotas;
using Dragoman.Management.Usage;

namespace Dragoman.Management.Quotas;

/// <summary>How quotas stood over time, and how much of them nobody used.</summary>
public sealed class QuotaHistory(IGatewayStore store, QuotaRecorder recorder, AccountRegistry accounts, TimeProvider time)
{
    /// <summary>How many readings one answer has; the oldest are left out.</summary>
    private const int Most = 50_000;

    private static readonly TimeSpan Shown = TimeSpan.FromDays(7);
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);

    private Unused? _unused;

    /// <summary>Readings of windows and their periods.</summary>
    /// <param name="account">The account's id or label; null for all.</param>
    /// <param name="name">The window's name; null for all.</param>
    /// <param name="model">The model; null for all.</param>
    /// <param name="from">From when; null for seven days ago. Readings are kept for 35 days.</param>
    /// <param name="to">Until when; null for now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<QuotaHistoryView>> ListAsync(string? account, string? name, string? model, string? from, string? to, CancellationToken cancellationToken) => StoreCalls.RunAsync<QuotaHistoryView>(async () =>
    {
        var times = new UsageFilter { From = from, To = to }.Read();
        if (!times.Succeeded) return times.Error;
        var entries = accounts.Entries.DistinctBy(entry => entry.Id, StringComparer.Ordinal).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        var id = string.IsNullOrEmpty(account) ? null : entries.ContainsKey(account) ? account : entries.Values.FirstOrDefault(entry => entry.Label.Equals(account, StringComparison.OrdinalIgnoreCase))?.Id ?? account;
        await recorder.FlushAsync();
        var query = new QuotaHistoryQuery
        {
            AccountId = id, Name = string.IsNullOrEmpty(name) ? null : name, Model = string.IsNullOrEmpty(model) ? null : model, From = times.Value.Query.From ?? time.GetUtcNow() - Shown, To = times.Value.Query.To,
        };
        var readings = await store.QuotaHistory.ListAsync(query, Most, cancellationToken);
        return new QuotaHistoryView(
            [.. readings.GroupBy(reading => (reading.AccountId, reading.Model, reading.Name)).Select(group => new QuotaSeriesView(
                group.Key.AccountId, entries.GetValueOrDefault(group.Key.AccountId)?.Label ?? group.Key.AccountId, group.Key.Name, group.Key.Model,
                [.. group.Select(reading => new QuotaPointView(reading.At, Math.Round(reading.Used, 4)))], QuotaPeriods.Of(QuotaPeriods.PeaksOf(group))))],
            readings.Count == Most);
    });

    /// <summary>The share that was left of windows when they ended, averaged over those that ended within the last seven days; known for ten minutes. Empty while the store is away.</summary>
    internal async Task<IReadOnlyDictionary<(string AccountId, string? Model, string Name), double>> UnusedLastWeekAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_unused is { } known && now - known.At < KnownFor) return known.Shares;
        try
        {
            var peaks = await store.QuotaHistory.PeaksAsync(now - Shown, now, cancellationToken);
            var shares = peaks.GroupBy(peak => (peak.AccountId, peak.Model, peak.Name)).ToDictionary(group => group.Key, group => Math.Round(1 - QuotaPeriods.Of(group).Average(period => period.PeakFraction), 4));
            _unused = new Unused(now, shares);
            return shares;
        }
        catch (StoreException)
        {
            return new Dictionary<(string, string?, string), double>();
        }
    }

    private sealed record Unused(DateTimeOffset At, IReadOnlyDictionary<(string AccountId, string? Model, string Name), double> Shares);
}

/// <summary>How quotas stood over time.</summary>
/// <param name="Series">A series for each window.</param>
/// <param name="Truncated">Whether there were more readings; the oldest are left out.</param>
public sealed record QuotaHistoryView(IReadOnlyList<QuotaSeriesView> Series, bool Truncated);

/// <summary>How a window stood over time.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="Account">Its label; the id where it is gone.</param>
/// <param name="Name">The window's name.</param>
/// <param name="Model">The upstream's model; absent for the account as a whole.</param>
/// <param name="Points">A point for each change, at most one in five minutes.</param>
/// <param name="Periods">The periods that these points lie in, with the most that was used.</param>
public sealed record QuotaSeriesView(string AccountId, string Account, string Name, string? Model, IReadOnlyList<QuotaPointView> Points, IReadOnlyList<QuotaPeriodView> Periods);

/// <summary>How a window stood at a time.</summary>
/// <param name="At">When.</param>
/// <param name="UsedFraction">How much was used, 0 to 1.</param>
public sealed record QuotaPointView(DateTimeOffset At, double UsedFraction);

using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>How the budgets of client keys stand. The store is asked at a scrape, at most every few seconds; what it cannot say is left out.</summary>
internal sealed class BudgetMetrics(ClientKeyStore keys, IBudgetStore store, TimeProvider time) : IMetricsPart
{
    /// <summary>More keys than this are not asked for: each is a question to the store and a handful of series.</summary>
    private const int MostKeys = 200;

    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private Task<List<(string Key, BudgetStatus Status)>>? _reading;
    private long _begun;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        List<(string Key, BudgetStatus Status)> statuses = [];
        try
        {
            statuses = await Reading().WaitAsync(Timeout, time, cancellationToken);
        }
        catch (Exception ex) when (ex is TimeoutException or StoreException)
        {
            // dragoman_store_up says so.
        }

        Write("dragoman_key_budget_limit", "What a key may spend in a period, in tokens or US dollars.", status => status.Limit.Limit);
        Write("dragoman_key_budget_remaining", "What is left of it, reservations taken off.", status => status.Remaining);

        void Write(string name, string help, Func<BudgetStatus, decimal> number)
        {
            text.Gauge(name, help);
            foreach (var (key, status) in statuses)
                text.Sample((double)number(status), ("key", key), ("unit", status.Limit.Unit == BudgetUnit.Money ? "usd" : "tokens"), ("period", Period(status.Limit.Period)));
        }
    }

    private static string Period(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Day => "day",
        BudgetPeriod.Month => "month",
        _ => "total",
    };

    private Task<List<(string Key, BudgetStatus Status)>> Reading()
    {
        lock (_gate)
        {
            if (_reading is { IsCompleted: false } || (_reading is not null && time.GetElapsedTime(_begun) < CacheTime)) return _reading;
            _begun = time.GetTimestamp();
            return _reading = ReadAsync();
        }
    }

    private async Task<List<(string Key, BudgetStatus Status)>> ReadAsync()
    {
        var statuses = new List<(string, BudgetStatus)>();
        foreach (var client in keys.Identities.Where(client => client.Budgets.Count > 0).Take(MostKeys))
        {
            foreach (var status in await store.GetStatusAsync(BudgetReservationService.OwnerOf(client.KeyId), client.Budgets, CancellationToken.None)) statuses.Add((client.Name, status));
        }

        return statuses;
    }
}

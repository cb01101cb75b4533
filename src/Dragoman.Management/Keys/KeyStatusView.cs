using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Keys;

/// <summary>How a key stands with its limits now.</summary>
/// <param name="Id">The key.</param>
/// <param name="Requests">Requests a minute, on this node.</param>
/// <param name="Tokens">Tokens a minute, on this node.</param>
/// <param name="ConcurrencyLimit">Requests at once, or null for no limit.</param>
/// <param name="Open">Requests open now, on this node; counted where the key has rates or a concurrency limit.</param>
/// <param name="Budgets">The windows of its budgets.</param>
public sealed record KeyStatusView(string Id, RateView? Requests, RateView? Tokens, int? ConcurrencyLimit, int Open, IReadOnlyList<BudgetStatusView> Budgets)
{
    internal static KeyStatusView From(string id, KeyRates rates, IReadOnlyList<BudgetStatus> budgets) => new(
        id,
        rates.RequestLimit is { } requests ? RateView.From(requests, rates.RequestsTaken, rates.RequestsReset) : null,
        rates.TokenLimit is { } tokens ? RateView.From(tokens, rates.TokensTaken, rates.TokensReset) : null,
        rates.ConcurrencyLimit,
        rates.Open,
        [.. budgets.Select(BudgetStatusView.From)]);
}

/// <summary>How all keys stand with their limits now.</summary>
/// <param name="Keys">Those of the configuration first.</param>
public sealed record KeyStatusListView(IReadOnlyList<KeyStatusView> Keys);

/// <summary>A rate.</summary>
/// <param name="Limit">How many a minute.</param>
/// <param name="Remaining">How many are left.</param>
/// <param name="ResetSeconds">How long until all are left again.</param>
public sealed record RateView(long Limit, long Remaining, double ResetSeconds)
{
    internal static RateView From(long limit, long taken, TimeSpan reset) => new(limit, Math.Max(0, limit - taken), Math.Round(reset.TotalSeconds, 3));
}

/// <summary>The window of a budget.</summary>
/// <param name="Unit"><c>tokens</c> or <c>money</c> (US dollars).</param>
/// <param name="Period"><c>day</c>, <c>month</c> or <c>total</c>.</param>
/// <param name="Limit">How much may be spent in a window.</param>
/// <param name="TimeZone">Whose days and months, as an IANA name.</param>
/// <param name="Spent">What has been spent in this window.</param>
/// <param name="Reserved">What requests that are being answered may still spend.</param>
/// <param name="Remaining">What is left.</param>
/// <param name="Start">When the window began; absent for a budget in total.</param>
/// <param name="End">When the window ends; absent for a budget in total.</param>
public sealed record BudgetStatusView(
    BudgetUnit Unit, BudgetPeriod Period, decimal Limit, string TimeZone, decimal Spent, decimal Reserved, decimal Remaining, DateTimeOffset? Start, DateTimeOffset? End)
{
    internal static BudgetStatusView From(BudgetStatus status) => new(
        status.Limit.Unit, status.Limit.Period, status.Limit.Limit, status.Limit.TimeZone, status.Spent, status.Reserved, status.Remaining, status.Start, status.End);
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>The state of accounts.</summary>
internal sealed class AccountMetrics(Func<GatewayConfig> config, CooldownTracker cooldowns, TimeProvider time) : IMetricsPart
{
    /// <summary>The states an account may be in.</summary>
    public static readonly string[] States = ["ready", "cooling_down", "disabled"];

    /// <inheritdoc/>
    public ValueTask WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var coolingDown = CoolingDown(now);
        text.Gauge("dragoman_accounts", "Accounts by state: ready, cooling_down (the whole account), disabled.");
        foreach (var (state, count) in Count()) text.Sample(count, ("state", state));
        text.Gauge("dragoman_account_cooldown_seconds", "How long until the account's last cooldown ends; 0 when it has none.");
        foreach (var account in config().Accounts)
        {
            var until = coolingDown[account.Id].Select(report => report.State.Until).DefaultIfEmpty(now).Max();
            text.Sample((until - now).TotalSeconds, ("account", account.Label));
        }

        text.Gauge("dragoman_cooldowns", "Cooldowns that have not ended, by account, model ('*' for the whole account) and the failure's class.");
        foreach (var account in config().Accounts)
        {
            foreach (var report in coolingDown[account.Id]) text.Sample(1, ("account", account.Label), ("model", report.Model ?? "*"), ("cause", report.State.Cause.ToString()));
        }

        return default;
    }

    /// <summary>How many accounts are in each state.</summary>
    public IEnumerable<(string State, int Count)> Count()
    {
        var whole = CoolingDown(time.GetUtcNow()).SelectMany(reports => reports).Where(report => report.Model is null).Select(report => report.AccountId).ToHashSet(StringComparer.Ordinal);
        var accounts = config().Accounts;
        var states = accounts.GroupBy(account => !account.Enabled ? "disabled" : whole.Contains(account.Id) ? "cooling_down" : "ready").ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        return States.Select(state => (state, states.GetValueOrDefault(state)));
    }

    /// <summary>Seconds until the last cooldown ends; 0 when there is none.</summary>
    public double LongestCooldown()
    {
        var now = time.GetUtcNow();
        return cooldowns.Report().Select(report => (report.State.Until - now).TotalSeconds).Append(0).Max();
    }

    private ILookup<string, CooldownReport> CoolingDown(DateTimeOffset now) => cooldowns.Report().Where(report => report.State.IsCoolingDown(now)).ToLookup(report => report.AccountId, StringComparer.Ordinal);
}

using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Settings;
using Dragoman.Management.Hosting;
using Dragoman.Management.Settings;

namespace Dragoman.Management.Health;

/// <summary>How everything is, in detail. A store that is away is part of the report, not an error.</summary>
public sealed class HealthReporter(StoreProbe probe, IEnumerable<IHealthPart> parts, ConfigFile file, IGatewayProcess process, AccountRegistry accounts, Func<GatewayConfig> config, Router router, TimeProvider time)
{
    /// <summary>Asks everything how it is.</summary>
    public async Task<GatewayHealthView> ReportAsync(CancellationToken cancellationToken)
    {
        var store = await probe.CheckAsync(cancellationToken);
        var reports = parts.ToDictionary(part => part.Name, part => HealthPartView.From(part.Report()));
        var problems = file.Problems;
        var state = reports.Values.Select(part => part.State).Append(store.Healthy ? HealthState.Ok : HealthState.Degraded)
            .Append(problems.Any(problem => problem.Severity == DiagnosticSeverity.Error) ? HealthState.Degraded : HealthState.Ok).Max();
        var now = time.GetUtcNow();
        return new GatewayHealthView(
            process.IsDraining ? "draining" : state.ToString().ToLowerInvariant(), Product.Version, process.NodeId, process.StartedAt, (long)(now - process.StartedAt).TotalSeconds,
            process.OpenRequests, StoreHealthView.From(store), reports, Accounts(now), [.. problems.Select(ProblemView.From)]);
    }

    private AccountsHealthView Accounts(DateTimeOffset now)
    {
        var entries = accounts.Entries;
        var usable = config().Accounts;
        var whole = router.Cooldowns.Report().Where(cooldown => cooldown.State.IsCoolingDown(now)).ToLookup(cooldown => cooldown.AccountId);
        var disabled = usable.Count(account => !account.Enabled);
        var coolingDown = usable.Count(account => account.Enabled && whole[account.Id].Any(cooldown => cooldown.Model is null));
        var partly = usable.Count(account => account.Enabled && whole[account.Id].Any() && whole[account.Id].All(cooldown => cooldown.Model is not null));
        return new AccountsHealthView(entries.Count, usable.Count - disabled - coolingDown - partly, partly, coolingDown, disabled, Math.Max(0, entries.Count - usable.Count));
    }
}

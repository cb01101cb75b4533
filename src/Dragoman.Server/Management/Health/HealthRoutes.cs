using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Management.Settings;
using Dragoman.Server.Observability.Health;

namespace Dragoman.Server.Management.Health;

/// <summary><c>GET /api/v1/health</c>: how everything is, in detail.</summary>
internal sealed class HealthRoutes(StoreProbe probe, IEnumerable<IHealthPart> healthParts, ConfigFile file, TimeProvider time, GracefulShutdown shutdown, NodeIdentity node, AccountRegistry accounts, Func<GatewayConfig> config, Dragoman.Gateway.Routing.Router router) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/health", async (CancellationToken cancellationToken) => TypedResults.Ok(await ReportAsync(cancellationToken)))
            .WithName("getHealth").WithTags("Gateway").WithSummary("How the gateway is, in detail: store, queues, accounts, configuration.");

    private async Task<GatewayHealthView> ReportAsync(CancellationToken cancellationToken)
    {
        var store = await probe.CheckAsync(cancellationToken);
        var parts = healthParts.ToDictionary(part => part.Name, part => HealthPartView.From(part.Report()));
        var problems = file.Problems;
        var state = parts.Values.Select(part => part.State).Append(store.Healthy ? HealthState.Ok : HealthState.Degraded)
            .Append(problems.Any(problem => problem.Severity == DiagnosticSeverity.Error) ? HealthState.Degraded : HealthState.Ok).Max();
        var now = time.GetUtcNow();
        return new GatewayHealthView(
            shutdown.IsDraining ? "draining" : state.ToString().ToLowerInvariant(), Product.Version, node.Id, node.StartedAt, (long)(now - node.StartedAt).TotalSeconds,
            shutdown.Open, StoreHealthView.From(store), parts, Accounts(now), [.. problems.Select(Dragoman.Server.Management.Settings.ProblemView.From)]);
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

/// <summary>How everything is.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c> (traffic goes on), <c>failing</c>, or <c>draining</c>.</param>
/// <param name="Version">The gateway's version.</param>
/// <param name="Node">This process among others on the same store.</param>
/// <param name="StartedAt">Since when it runs.</param>
/// <param name="UptimeSeconds">For how long.</param>
/// <param name="OpenRequests">Requests that are being answered.</param>
/// <param name="Store">The store.</param>
/// <param name="Parts">Queues and other parts, by name.</param>
/// <param name="Accounts">Accounts by how they are.</param>
/// <param name="Configuration">What is wrong with the configuration's file, or was noticed in it.</param>
internal sealed record GatewayHealthView(
    string Status, string Version, string Node, DateTimeOffset StartedAt, long UptimeSeconds, int OpenRequests, StoreHealthView Store,
    IReadOnlyDictionary<string, HealthPartView> Parts, AccountsHealthView Accounts, IReadOnlyList<Dragoman.Server.Management.Settings.ProblemView> Configuration);

/// <summary>How the store is.</summary>
/// <param name="Healthy">Whether reading and writing work now.</param>
/// <param name="Engine"><c>sqlite</c> or <c>postgresql</c>.</param>
/// <param name="EngineVersion">The engine's own version.</param>
/// <param name="SchemaVersion">The version of the tables.</param>
/// <param name="LatencyMs">How long a sign of life took.</param>
/// <param name="Waiting">Writes that wait for the writer.</param>
/// <param name="Bytes">Bytes on disk, where known.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="SetAside">Files that were found damaged and set aside.</param>
internal sealed record StoreHealthView(bool Healthy, string Engine, string? EngineVersion, int SchemaVersion, double LatencyMs, int Waiting, long? Bytes, string? Problem, IReadOnlyList<string> SetAside)
{
    public static StoreHealthView From(StoreHealth health)
        => new(health.Healthy, health.Engine, health.EngineVersion, health.SchemaVersion, Milliseconds.From(health.Latency), health.Waiting, health.Bytes, health.Problem, health.SetAside);
}

/// <summary>How a part is.</summary>
/// <param name="State">How.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Figures">Its counters.</param>
internal sealed record HealthPartView(HealthState State, string? Problem, IReadOnlyDictionary<string, long> Figures)
{
    public static HealthPartView From(HealthReport report) => new(report.State, report.Problem, report.Figures);
}

/// <summary>Accounts by how they are.</summary>
/// <param name="Total">All that are known.</param>
/// <param name="Ready">Can be used for all their models.</param>
/// <param name="Degraded">Some of their models are cooling down.</param>
/// <param name="CoolingDown">Cooling down as a whole.</param>
/// <param name="Disabled">Switched off.</param>
/// <param name="Unusable">They have a problem and cannot be used.</param>
internal sealed record AccountsHealthView(int Total, int Ready, int Degraded, int CoolingDown, int Disabled, int Unusable);

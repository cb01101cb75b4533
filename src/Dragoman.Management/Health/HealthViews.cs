using Dragoman.Gateway.Persistence;
using Dragoman.Management.Settings;

namespace Dragoman.Management.Health;

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
public sealed record GatewayHealthView(
    string Status, string Version, string Node, DateTimeOffset StartedAt, long UptimeSeconds, int OpenRequests, StoreHealthView Store,
    IReadOnlyDictionary<string, HealthPartView> Parts, AccountsHealthView Accounts, IReadOnlyList<ProblemView> Configuration);

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
public sealed record StoreHealthView(bool Healthy, string Engine, string? EngineVersion, int SchemaVersion, double LatencyMs, int Waiting, long? Bytes, string? Problem, IReadOnlyList<string> SetAside)
{
    internal static StoreHealthView From(StoreHealth health)
        => new(health.Healthy, health.Engine, health.EngineVersion, health.SchemaVersion, Milliseconds.From(health.Latency), health.Waiting, health.Bytes, health.Problem, health.SetAside);
}

/// <summary>How a part is.</summary>
/// <param name="State">How.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Figures">Its counters.</param>
public sealed record HealthPartView(HealthState State, string? Problem, IReadOnlyDictionary<string, long> Figures)
{
    internal static HealthPartView From(HealthReport report) => new(report.State, report.Problem, report.Figures);
}

/// <summary>Accounts by how they are.</summary>
/// <param name="Total">All that are known.</param>
/// <param name="Ready">Can be used for all their models.</param>
/// <param name="Degraded">Some of their models are cooling down.</param>
/// <param name="CoolingDown">Cooling down as a whole.</param>
/// <param name="Disabled">Switched off.</param>
/// <param name="Unusable">They have a problem and cannot be used.</param>
public sealed record AccountsHealthView(int Total, int Ready, int Degraded, int CoolingDown, int Disabled, int Unusable);

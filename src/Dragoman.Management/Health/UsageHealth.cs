using Dragoman.Gateway.Usage;

namespace Dragoman.Management.Health;

/// <summary>How the writing of the usage ledger keeps up.</summary>
public sealed class UsageHealth(UsageLedgerWriter ledger) : IHealthPart
{
    /// <inheritdoc/>
    public string Name => "usage";

    /// <inheritdoc/>
    public HealthReport Report()
    {
        var problem = ledger.Problem;
        return new HealthReport(problem is null ? HealthState.Ok : HealthState.Degraded, problem, new Dictionary<string, long> { ["waiting"] = ledger.Waiting, ["dropped"] = ledger.Dropped });
    }
}

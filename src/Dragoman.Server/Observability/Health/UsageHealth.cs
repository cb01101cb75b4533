using Dragoman.Gateway.Usage;

namespace Dragoman.Server.Observability.Health;

/// <summary>How the writing of the usage ledger keeps up.</summary>
internal sealed class UsageHealth(UsageLedgerWriter book) : IHealthPart
{
    public string Name => "usage";

    public HealthReport Report()
    {
        var problem = book.Problem;
        return new HealthReport(problem is null ? HealthState.Ok : HealthState.Degraded, problem, new Dictionary<string, long> { ["waiting"] = book.Waiting, ["dropped"] = book.Dropped });
    }
}

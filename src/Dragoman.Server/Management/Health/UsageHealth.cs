using Dragoman.Gateway.Metering;

namespace Dragoman.Server.Management.Health;

/// <summary>How the ledger keeps up.</summary>
internal sealed class UsageHealth(UsageBook book) : IHealthPart
{
    public string Name => "usage";

    public HealthReport Report()
    {
        var (problem, dropped) = (book.Problem, book.Dropped);
        return new HealthReport(problem is null ? HealthState.Ok : HealthState.Degraded, problem, new Dictionary<string, long> { ["waiting"] = book.Waiting, ["dropped"] = dropped });
    }
}

using Dragoman.Gateway.Catalog;

namespace Dragoman.Server.Observability.Health;

/// <summary>Whether the owner's list of models is taken in, and how old it is.</summary>
internal sealed class CatalogHealth(CatalogRefresher keeper, TimeProvider time) : IHealthPart
{
    public string Name => "catalog";

    public HealthReport Report()
    {
        var status = keeper.Status;
        var figures = new Dictionary<string, long> { ["models"] = status.Models, ["prices"] = status.Prices };
        if (status.TakenAt is { } taken) figures["age_seconds"] = (long)(time.GetUtcNow() - taken).TotalSeconds;
        return new HealthReport(status.Problem is null ? HealthState.Ok : HealthState.Degraded, status.Problem, figures);
    }
}

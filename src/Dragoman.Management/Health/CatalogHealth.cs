using Dragoman.Gateway.Catalog;

namespace Dragoman.Management.Health;

/// <summary>Whether the owner's list of models is taken in, and how old it is.</summary>
public sealed class CatalogHealth(CatalogRefresher catalog, TimeProvider time) : IHealthPart
{
    /// <inheritdoc/>
    public string Name => "catalog";

    /// <inheritdoc/>
    public HealthReport Report()
    {
        var status = catalog.Status;
        var figures = new Dictionary<string, long> { ["models"] = status.Models, ["prices"] = status.Prices };
        if (status.TakenAt is { } taken) figures["age_seconds"] = (long)(time.GetUtcNow() - taken).TotalSeconds;
        return new HealthReport(status.Problem is null ? HealthState.Ok : HealthState.Degraded, status.Problem, figures);
    }
}

namespace Dragoman.Server.Observability.Metrics;

/// <summary>Something that has numbers to show at <c>/metrics</c>. Whoever has some registers a part.</summary>
internal interface IMetricsPart
{
    /// <summary>Writes its families. Called at every scrape; must be quick and must not throw.</summary>
    ValueTask WriteAsync(PrometheusText text, CancellationToken cancellationToken);
}

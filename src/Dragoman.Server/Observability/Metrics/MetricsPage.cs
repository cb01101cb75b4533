namespace Dragoman.Server.Observability.Metrics;

/// <summary>What <c>/metrics</c> shows: all parts that are registered, one after the other.</summary>
internal sealed class MetricsPage(IEnumerable<IMetricsPart> parts)
{
    private readonly IMetricsPart[] _parts = [.. parts];

    /// <summary>The exposition.</summary>
    public async ValueTask<string> WriteAsync(CancellationToken cancellationToken)
    {
        var text = new PrometheusText();
        foreach (var part in _parts) await part.WriteAsync(text, cancellationToken);
        return text.ToString();
    }
}

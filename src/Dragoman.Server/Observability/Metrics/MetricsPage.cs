namespace Dragoman.Server.Observability.Metrics;

/// <summary>What <c>/metrics</c> shows: all parts, one after the other.</summary>
internal sealed class MetricsPage
{
    private readonly List<IMetricsPart> _parts = [];

    /// <summary>Adds a part; at start only.</summary>
    public void Add(IMetricsPart part) => _parts.Add(part);

    /// <summary>The exposition.</summary>
    public async ValueTask<string> WriteAsync(CancellationToken cancellationToken)
    {
        var text = new PrometheusText();
        foreach (var part in _parts) await part.WriteAsync(text, cancellationToken);
        return text.ToString();
    }
}

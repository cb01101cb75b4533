using Dragoman.Gateway.Metering;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>How the ledger of usage keeps up.</summary>
internal sealed class UsageMetrics(UsageBook book) : IMetricsPart
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(PrometheusText text, CancellationToken cancel)
    {
        text.Gauge("dragoman_usage_waiting", "Entries of usage that wait to be written.").Sample(book.Waiting);
        text.Counter("dragoman_usage_dropped_total", "Entries of usage that were lost because the store was away for too long.").Sample(book.Dropped);
        return default;
    }
}

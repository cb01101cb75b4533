using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Usage;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>What waits to be written behind, and what was lost because it could not be.</summary>
internal sealed class BacklogMetrics(FlowRecorder flows, UsageLedgerWriter usage) : IMetricsPart
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        var status = flows.Status;
        text.Gauge("dragoman_flows_waiting", "Flows that wait to be written.").Sample(status.Waiting);
        text.Counter("dragoman_flows_dropped_total", "Flows that were lost because the store was away or too slow for too long.").Sample(status.Dropped);
        text.Gauge("dragoman_usage_waiting", "Entries of the usage ledger that wait to be written.").Sample(usage.Waiting);
        text.Counter("dragoman_usage_dropped_total", "Entries of the usage ledger that were lost.").Sample(usage.Dropped);
        return default;
    }
}

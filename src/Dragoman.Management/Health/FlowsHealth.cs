using Dragoman.Gateway.Flows;

namespace Dragoman.Management.Health;

/// <summary>How the recording of flows keeps up.</summary>
public sealed class FlowsHealth(FlowRecorder recorder) : IHealthPart
{
    /// <inheritdoc/>
    public string Name => "flows";

    /// <inheritdoc/>
    public HealthReport Report()
    {
        var status = recorder.Status;
        return new HealthReport(status.Problem is null ? HealthState.Ok : HealthState.Degraded, status.Problem, new Dictionary<string, long>
        {
            ["written"] = status.Written,
            ["waiting"] = status.Waiting,
            ["dropped"] = status.Dropped,
            ["bodies_dropped"] = status.BodiesDropped,
            ["refusals_unrecorded"] = status.RefusalsUnrecorded,
        });
    }
}

using Dragoman.Gateway.Flows;

namespace Dragoman.Server.Observability.Health;

/// <summary>How the recording of flows keeps up.</summary>
internal sealed class FlowsHealth(FlowRecorder recorder) : IHealthPart
{
    public string Name => "flows";

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

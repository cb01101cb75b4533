using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows;

/// <summary>Finds the flow that a use case is about.</summary>
public sealed class FlowLookup(FlowRecorder recorder, IFlowStore flows)
{
    /// <summary>A flow by its id, or by the request id that clients show; what was recorded before the call is found.</summary>
    internal async Task<FlowRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await recorder.FlushAsync(cancellationToken);
        return await flows.GetAsync(id.StartsWith("req_", StringComparison.Ordinal) ? id[4..] : id, cancellationToken);
    }

    /// <summary>The error of a flow that is not there.</summary>
    internal static ManagementError Missing(string id) => ManagementError.NotFound($"There is no flow '{id}'; it may have been let go by retention, or flows were off.");
}

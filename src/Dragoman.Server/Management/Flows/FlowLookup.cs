using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Management.Flows;

/// <summary>Finds the flow that a route is about.</summary>
internal sealed class FlowLookup(FlowRecorder recordings, IFlowStore flows)
{
    /// <summary>A flow by its id, or by the request id that clients show.</summary>
    public async Task<FlowRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await recordings.FlushAsync(cancellationToken);
        return await flows.GetAsync(id.StartsWith("req_", StringComparison.Ordinal) ? id[4..] : id, cancellationToken);
    }

    /// <summary>The error for a flow that does not exist.</summary>
    public static ManagementError Missing(string id) => ManagementError.NotFound($"There is no flow '{id}'; it may have been let go by retention, or flows were off.");
}

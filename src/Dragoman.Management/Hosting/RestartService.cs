using Dragoman.Management.Audit;

namespace Dragoman.Management.Hosting;

/// <summary>Stops the gateway and starts it again, where whoever runs it can.</summary>
public sealed class RestartService(IGatewayProcess process, AuditTrail audit)
{
    /// <summary>Asks for it: open requests finish, new ones are refused until it is back.</summary>
    /// <param name="actor">Who asks.</param>
    public async Task<ManagementError?> RestartAsync(Actor actor)
    {
        if (!process.CanRestart) return ManagementError.Conflict("This gateway cannot start itself again.", "cannot_restart", "Stop it and start it as it was started.");
        await audit.RecordAsync(actor, "gateway.restart", process.NodeId);
        process.Restart();
        return null;
    }
}

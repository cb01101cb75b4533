using Dragoman.Management.Hosting;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Features;

/// <summary>This process, as the use cases of administration see it.</summary>
internal sealed class GatewayProcess(NodeIdentity node, GracefulShutdown shutdown) : IGatewayProcess
{
    public string NodeId => node.Id;

    public DateTimeOffset StartedAt => node.StartedAt;

    public bool IsDraining => shutdown.IsDraining;

    public int OpenRequests => shutdown.Open;

    public CancellationToken Stopping => shutdown.Ended;
}

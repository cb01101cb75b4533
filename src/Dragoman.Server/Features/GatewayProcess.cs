using Dragoman.Management.Hosting;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Features;

/// <summary>This process, as the use cases of administration see it.</summary>
internal sealed class GatewayProcess(NodeIdentity node, GracefulShutdown shutdown, RestartRequest restart) : IGatewayProcess
{
    public string NodeId => node.Id;

    public DateTimeOffset StartedAt => node.StartedAt;

    public bool IsDraining => shutdown.IsDraining;

    public int OpenRequests => shutdown.Open;

    public bool CanRestart => restart.IsPossible;

    public void Restart() => restart.Ask();

    public CancellationToken Stopping => shutdown.Ended;
}

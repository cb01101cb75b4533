using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Lifetime;

/// <summary>Keeps the gateway from stopping while requests are under way.</summary>
internal sealed class OpenRequests(GracefulShutdown shutdown) : IRequestObserver
{
    /// <inheritdoc/>
    public void Began(ClientRequest request) => shutdown.Enter();

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked) => shutdown.Leave();
}

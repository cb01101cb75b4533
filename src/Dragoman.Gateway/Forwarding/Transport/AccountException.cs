using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>An account cannot make its request at all (no credentials to be had, no region): the account's fault, not the client's.</summary>
internal sealed class AccountException(WireError error, FailureClass failure = FailureClass.AuthDead) : Exception(error.Message)
{
    public WireError Error { get; } = error;

    /// <summary>What it means for the account.</summary>
    public FailureClass Class { get; } = failure;
}

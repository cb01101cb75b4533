using Dragoman.Protocols;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>An account cannot make its request at all (no credentials to be had, no region): the account's fault, not the client's.</summary>
internal sealed class AccountException(WireError error) : Exception(error.Message)
{
    public WireError Error { get; } = error;
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Providers;

/// <summary>
/// When a request goes on to the next address of a vendor's service (<see cref="Account.FallbackUrls"/>), with the same account and before another account is asked. It is for services with more than one host of which
/// one may be silent or gone; nothing has gone to the client by then.
/// </summary>
/// <param name="MovesOn">Whether a failure is the host's rather than the request's or the account's.</param>
public sealed record HostFallback(Func<Failure, bool> MovesOn)
{
    /// <summary>How long an address that has another behind it may be silent; null for the gateway's own limit.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>How long to wait before the next address is asked where a host has answered with a fault of its own.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>How long to wait after a failure before the next address is asked; one that did not answer is not waited for any longer.</summary>
    public TimeSpan PauseAfter(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Error.EffectiveStatus >= 500 && failure.Error.Code is not (UpstreamFaults.Unreachable or UpstreamFaults.Timeout or UpstreamFaults.ConnectionLost) ? Pause : TimeSpan.Zero;
    }

    /// <summary>Whether nobody was reached.</summary>
    public static bool IsUnreachable(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Error.Code == UpstreamFaults.Unreachable;
    }

    /// <summary>Whether the host did not answer, whatever the reason, or answered with a fault of its own.</summary>
    public static bool IsBroken(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Error.Code is UpstreamFaults.Unreachable or UpstreamFaults.Timeout or UpstreamFaults.ConnectionLost || failure.Error.EffectiveStatus >= 500;
    }
}

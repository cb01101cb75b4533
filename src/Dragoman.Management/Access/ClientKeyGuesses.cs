using System.Net;

namespace Dragoman.Management.Access;

/// <summary>
/// Bounds how often somebody may guess at a client key where nothing else does (the page of a key's holder): as management secrets are bounded, by source address. Counted apart from those, so that
/// guessing at keys locks nobody out of the management.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class ClientKeyGuesses(TimeProvider time)
{
    private readonly LoginFailures _failures = new(time);

    /// <summary>The error of an address that is locked out; null for one that is not. To be asked before a key is looked at.</summary>
    public ManagementError? FindLockOut(IPAddress? address) => _failures.LockedFor(address) is { } left ? LockedOut(left) : null;

    /// <summary>Counts a key that does not exist; the error where the address is locked out from now, else null.</summary>
    public ManagementError? Wrong(IPAddress? address) => _failures.Failed(address) is { } length ? LockedOut(length) : null;

    /// <summary>A key was shown that exists: the address starts anew.</summary>
    public void Right(IPAddress? address) => _failures.Succeeded(address);

    private static ManagementError LockedOut(TimeSpan left)
        => new(ManagementErrorKind.LockedOut, "locked_out", $"Too many wrong API keys from this address; it is locked out of this page for {Math.Ceiling(left.TotalMinutes):0} more minute(s).") { RetryAfter = left };
}

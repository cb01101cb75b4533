using System.Net;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Access;

/// <summary>Checks the management secret that a caller shows: five wrong ones in a row lock the address out, and every wrong one is in the audit log.</summary>
public sealed class ManagementLogin(LoginFailures failures, ManagementSecret secret, AuditTrail audit)
{
    /// <summary>The error of an address that is locked out; null for one that is not. To be asked before anything else is said about the secret.</summary>
    public ManagementError? FindLockOut(IPAddress? address) => failures.LockedFor(address) is { } left ? LockedOut(left) : null;

    /// <summary>Checks a secret; null when it is right.</summary>
    /// <param name="shown">What the caller shows; empty for nothing.</param>
    /// <param name="address">Where the caller is, by the socket.</param>
    /// <param name="actor">The caller, as the audit log names it.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public async ValueTask<ManagementError?> CheckAsync(string shown, IPAddress? address, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shown);
        if (FindLockOut(address) is { } locked) return locked;
        if (!secret.IsSet)
        {
            return ManagementError.Forbidden(
                "The management routes ask for a secret, and none is set.", "management_secret_not_set", $"Make one with 'dragoman settings secret', or set {ManagementSecret.Variable}.");
        }

        // To show nothing is no guess: a page that makes a browser ask must not lock its user out.
        if (shown.Length == 0) return new ManagementError(ManagementErrorKind.Unauthenticated, "missing_management_key", "The management secret is missing.");
        if (await secret.MatchesAsync(shown, cancellationToken))
        {
            failures.Succeeded(address);
            return null;
        }

        var length = failures.Failed(address);
        await audit.RecordAsync(actor, length is null ? "login.failed" : "login.locked", "", AuditTrail.Refused, "wrong secret");
        return length is { } lockOut ? LockedOut(lockOut) : new ManagementError(ManagementErrorKind.Unauthenticated, "invalid_management_key", "The management secret is wrong.");
    }

    private static ManagementError LockedOut(TimeSpan left)
        => new(ManagementErrorKind.LockedOut, "locked_out", $"Too many wrong secrets from this address; it is locked out for {Math.Ceiling(left.TotalMinutes):0} more minute(s).") { RetryAfter = left };
}

using Dragoman.Gateway.Accounts;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Providers;

/// <summary>Sees to it that an account's credential can be used.</summary>
public interface ICredentialRenewal
{
    /// <summary>Renews the credential of an account where it has expired or was refused as expired; ends at once where neither is so.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Stops waiting; the renewal itself goes on.</param>
    /// <returns>Null when the credential in the account's cell can be used; else why not (<see cref="ErrorKind.Authentication"/>: its owner has to sign in again).</returns>
    ValueTask<WireError?> EnsureAsync(Account account, CancellationToken cancellationToken);
}

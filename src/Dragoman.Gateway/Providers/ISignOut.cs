using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Gateway.Providers;

/// <summary>Ends a login at the vendor, so that its tokens are good for nothing any more. The account is removed afterwards, whether or not that worked.</summary>
public interface ISignOut
{
    /// <summary>Revokes the tokens.</summary>
    /// <param name="account">The account.</param>
    /// <param name="credential">Its tokens.</param>
    /// <param name="vendor">How the vendor is reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where the vendor has ended the login (or knew it no more); otherwise why not, in words that may be shown.</returns>
    Task<string?> RevokeAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken);
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.CredentialRefresh;

/// <summary>The logins of accounts as they are stored, and the cells that requests take them from.</summary>
internal interface IStoredCredentials
{
    /// <summary>The cell of an account; null where there is no such account.</summary>
    CredentialCell? CellOf(string accountId);

    /// <summary>How tokens of the account's provider are renewed; null where they are not.</summary>
    ITokenRefresher? RefresherOf(StoredAccount stored);

    /// <summary>How the vendor of an account is reached whose tokens are renewed.</summary>
    VendorContext VendorOf(Account account);

    /// <summary>The account with the login in it; null where it cannot be opened or is no login.</summary>
    (Account Account, OAuthCredential Credential)? Open(StoredAccount stored);

    /// <summary>The account with another login in place of its own, encrypted; nothing else of its secret changes.</summary>
    StoredAccount Seal(StoredAccount stored, OAuthCredential credential);

    /// <summary>Takes what is stored into the cells; done when it returns.</summary>
    Task TakeAsync(CancellationToken cancellationToken);
}

using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.CredentialRefresh;

/// <summary>The logins of the accounts in the store, and the cells of the registry.</summary>
internal sealed class StoredCredentials(AccountRegistry registry, ISecretProtector secrets, VendorContexts vendors) : IStoredCredentials
{
    private readonly AccountSecrets _secrets = new(registry.Providers, secrets);

    /// <inheritdoc/>
    public CredentialCell? CellOf(string accountId) => registry.Credentials.Find(accountId);

    /// <inheritdoc/>
    public ITokenRefresher? RefresherOf(StoredAccount stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return registry.Providers.TryGet(stored.Provider, out var provider) ? provider.Refresher : null;
    }

    /// <inheritdoc/>
    public VendorContext VendorOf(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return vendors.For(registry.Providers.TryGet(account.Provider, out var provider) ? provider : throw new InvalidOperationException($"There is no provider '{account.Provider}'."), account);
    }

    /// <inheritdoc/>
    public (Account Account, OAuthCredential Credential)? Open(StoredAccount stored) => registry.Open(stored) is { Credential: OAuthCredential login } account ? (account, login) : null;

    /// <inheritdoc/>
    public StoredAccount Seal(StoredAccount stored, OAuthCredential credential) => _secrets.Seal(stored, credential, _secrets.Open(stored) ?? []);

    /// <inheritdoc/>
    public Task TakeAsync(CancellationToken cancellationToken) => registry.RefreshAsync(cancellationToken);
}

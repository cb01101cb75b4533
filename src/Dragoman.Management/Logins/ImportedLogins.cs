using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;

namespace Dragoman.Management.Logins;

/// <summary>
/// Which account a login from a file has become. Many files do not say whose login they hold, and the account's tokens are others after the first renewal: the digest of what was imported is kept
/// in the store, so that the same file is known again.
/// </summary>
public sealed class ImportedLogins(ISettingStore settings, AccountRegistry accounts)
{
    private const string Prefix = "imported.";

    /// <summary>The account that a login of a file is, or was imported as; null where there is none.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="digest">The digest of the file's credential.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<AccountEntry?> FindAsync(string provider, string digest, CancellationToken cancellationToken)
    {
        if (AccountsOf(provider).FirstOrDefault(entry => ImportedIdentity.DigestOf(entry.Account!.Credential) == digest) is { } current) return current;
        return await settings.GetAsync(NameOf(provider, digest), cancellationToken) is { } setting ? AccountsOf(provider).FirstOrDefault(entry => entry.Id == setting.Value) : null;
    }

    /// <summary>Keeps that a login of a file has become an account, and forgets those whose account is gone.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task AddAsync(string provider, string digest, string accountId, CancellationToken cancellationToken)
    {
        await settings.SetAsync(new Setting(NameOf(provider, digest), accountId), null, cancellationToken);
        var known = accounts.Entries.Select(static entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var setting in await settings.ListAsync(cancellationToken))
            if (setting.Name.StartsWith(Prefix, StringComparison.Ordinal) && setting.Value != accountId && !known.Contains(setting.Value)) await settings.RemoveAsync(setting.Name, cancellationToken);
    }

    /// <summary>Every digest by which an account of the store is known.</summary>
    public Task<ManagementResult<ImportedLoginListView>> ListAsync(CancellationToken cancellationToken) => StoreCalls.RunAsync<ImportedLoginListView>(async () =>
    {
        var entries = accounts.Entries.Where(static entry => entry is { Origin: AccountOrigin.Store, Account: not null }).ToList();
        var views = entries.Select(entry => (Entry: entry, Digest: ImportedIdentity.DigestOf(entry.Account!.Credential))).Where(static pair => pair.Digest is not null)
            .Select(static pair => new ImportedLoginView(pair.Entry.Account!.Provider, pair.Digest!, pair.Entry.Id, pair.Entry.Label)).ToList();
        foreach (var setting in await settings.ListAsync(cancellationToken))
        {
            if (!setting.Name.StartsWith(Prefix, StringComparison.Ordinal) || entries.Find(entry => entry.Id == setting.Value) is not { } entry) continue;
            var digest = setting.Name[(setting.Name.LastIndexOf('.') + 1)..];
            views.Add(new ImportedLoginView(entry.Account!.Provider, digest, entry.Id, entry.Label));
        }

        return new ImportedLoginListView([.. views.Distinct()]);
    });

    private IEnumerable<AccountEntry> AccountsOf(string provider) => accounts.Entries.Where(entry => entry is { Origin: AccountOrigin.Store, Account: { } account } && account.Provider == provider);

    private static string NameOf(string provider, string digest) => $"{Prefix}{provider}.{digest}";
}

/// <summary>The digests of logins by which accounts are known.</summary>
/// <param name="Imports">One for each; an account may have several.</param>
public sealed record ImportedLoginListView(IReadOnlyList<ImportedLoginView> Imports);

/// <summary>A login that is an account, or was imported as one.</summary>
/// <param name="Provider">The provider's id.</param>
/// <param name="Digest">The digest of its refresh token, key or access token; no secret.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Account">Its label.</param>
public sealed record ImportedLoginView(string Provider, string Digest, string AccountId, string Account);

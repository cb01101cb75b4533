using System.Globalization;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Management.Accounts;
using Dragoman.Management.Audit;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Transfer;

/// <summary>Makes bundles of accounts that another host can import.</summary>
public sealed class AccountExport(AccountRegistry registry, AccountDirectory directory, AccountTransfer transfer, AuditTrail audit, PassphraseCost cost, TimeProvider time)
{
    /// <summary>How long a passphrase is at least: a bundle can be tried offline.</summary>
    public const int ShortestPassphrase = 12;

    /// <summary>Makes a bundle.</summary>
    /// <param name="request">Which accounts.</param>
    /// <param name="actor">Who makes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<AccountExportView>> ExportAsync(AccountExportRequest request, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<AccountExportView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Passphrase is not { Length: >= ShortestPassphrase })
            return ManagementError.Invalid($"A passphrase has at least {ShortestPassphrase} characters: whoever has the file can try as many as he likes.", "passphrase");
        var chosen = Choose(request);
        if (!chosen.Succeeded) return chosen.Error;
        var (accounts, unreadable) = await transfer.ReadAsync(chosen.Value, cancellationToken);
        if (unreadable.Count > 0) return ManagementError.Conflict($"The secrets of {string.Join(", ", unreadable.Select(static label => $"'{label}'"))} cannot be opened.", "secret_unreadable", "Sign in again or enter the key again, or export the other accounts by name.");
        if (accounts.Count == 0) return ManagementError.Invalid("There is no such account in the store.", "accounts");
        if (AccountBundle.From(accounts, time.GetUtcNow()).Seal(request.Passphrase, cost) is not { } content) return ManagementError.Invalid("The accounts are too many for one bundle.", "accounts");
        await audit.RecordAsync(actor, "account.export", "", AuditTrail.Done, $"{accounts.Count}: {string.Join(", ", accounts.Select(static account => $"{account.Provider} '{account.Label}' ({account.Id})"))}");
        var name = string.Create(CultureInfo.InvariantCulture, $"dragoman-accounts-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.bundle");
        return new AccountExportView(name, content, [.. accounts.Select(static account => new ExportedAccountView(account.Id, account.Label, account.Provider, account.CredentialKind, account.Version, WarningOf(account)))]);
    });

    private ManagementResult<HashSet<string>> Choose(AccountExportRequest request)
    {
        if (request.Provider is { } provider && !registry.Providers.TryGet(provider, out _)) return ManagementError.Invalid($"There is no provider '{provider}'.", "provider");
        var entries = new List<AccountEntry>();
        foreach (var name in request.Accounts)
        {
            if (directory.Find(name) is not { } entry) return AccountDirectory.Unknown(name);
            if (entry.Origin == AccountOrigin.Config)
                return new ManagementError(ManagementErrorKind.ConfiguredInFile, "account_is_configured", $"The account '{entry.Label}' is defined in the configuration file.") { Fix = "Copy the entry of the file to the other host's." };
            entries.Add(entry);
        }

        if (request.Accounts.Count == 0) entries.AddRange(registry.Entries.Where(static entry => entry.Origin == AccountOrigin.Store));
        return entries.Where(entry => request.Provider is null || (entry.Stored?.Provider ?? entry.Account?.Provider) == request.Provider).Select(static entry => entry.Id).ToHashSet(StringComparer.Ordinal);
    }

    private static string? WarningOf(PortableAccount account)
    {
        if (account.MayBeSpent) return "A renewal of this login is under way, or was interrupted: its refresh token may be spent. Export it once more in a minute.";
        return account.NeedsSignIn ? "This login has to be signed in to again." : null;
    }
}

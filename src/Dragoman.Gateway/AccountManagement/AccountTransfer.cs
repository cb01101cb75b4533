using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>
/// Takes accounts out of the store whole, and into another one. An account that is there already is known by the vendor's id of it, by its key, or by its id; of two credentials of the same account the
/// newer one stays: one that the vendor still takes before one that it does not, then the one that expires later, then the one that was saved later.
/// </summary>
public sealed class AccountTransfer(AccountRegistry registry, AccountService accounts, IAccountStore store, ISecretProtector secrets)
{
    private const int Tries = 8;

    private readonly AccountSecrets _secrets = new(registry.Providers, secrets);

    /// <summary>The accounts of the store with their secrets opened, in the order of the store; those whose secret cannot be opened are left out and named.</summary>
    /// <param name="ids">Which ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(IReadOnlyList<PortableAccount> Accounts, IReadOnlyList<string> Unreadable)> ReadAsync(IReadOnlySet<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var (read, unreadable) = (new List<PortableAccount>(), new List<string>());
        // The store itself, and not what is remembered of it: a renewal may have been saved a moment ago.
        foreach (var stored in await store.ListAsync(cancellationToken))
        {
            if (!ids.Contains(stored.Id)) continue;
            if (registry.Providers.TryGet(stored.Provider, out _) && _secrets.Open(stored) is { } members) read.Add(From(stored, members));
            else unreadable.Add(stored.Label);
        }

        return (read, unreadable);
    }

    /// <summary>What would become of an account from another host.</summary>
    public AccountMerge Plan(PortableAccount copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        if (!registry.Providers.TryGet(copy.Provider, out _)) return new AccountMerge(AccountMergeAction.Invalid, $"There is no provider '{copy.Provider}' in this version.");
        var (account, problems) = Read(copy);
        if (account is null) return new AccountMerge(AccountMergeAction.Invalid, string.Join(' ', problems));
        if (Find(copy, account) is not { } here) return new AccountMerge(AccountMergeAction.Add, "It is not here yet.");
        return here.Origin == AccountOrigin.Config ? new AccountMerge(AccountMergeAction.Configured, "It is in the configuration file here.", here) : Compare(copy, account, here);
    }

    /// <summary>Adds an account from another host, or puts its credential in the place of the one here.</summary>
    /// <param name="copy">The account.</param>
    /// <param name="here">The account that it is here; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AccountUpdateResult> SaveAsync(PortableAccount copy, AccountEntry? here, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(copy);
        var (account, problems) = Read(copy);
        if (account is null) return new AccountUpdateResult(AccountUpdateOutcome.Refused) { Message = string.Join(' ', problems) };
        for (var left = Tries; ; left--)
        {
            // Another node may add the same account or the same label, and a renewal of the same login may be written, at the same moment.
            var saved = here is null
                ? await accounts.AddAsync(Draft(copy, account), verify: null, cancellationToken)
                : await accounts.UpdateAsync(here.Id, new AccountUpdate { SignedIn = account.Credential }, cancellationToken);
            if (left == 1 || saved.Outcome is not (AccountUpdateOutcome.Conflict or AccountUpdateOutcome.Taken)) return saved;
            if (saved.Outcome == AccountUpdateOutcome.Taken) here ??= Find(copy, account);
        }
    }

    private AccountUpdate Draft(PortableAccount copy, Account account)
    {
        var settings = new Dictionary<string, JsonElement>(copy.Settings, StringComparer.Ordinal);
        foreach (var key in registry.Providers[copy.Provider].Accounts.Form.SecretSettings)
            if (copy.Secrets.TryGetValue(key, out var value)) settings[key] = value;
        return new AccountUpdate
        {
            Id = copy.Id, Provider = copy.Provider, Label = FreeLabels.For(registry, copy.Label, copy.Provider), SignedIn = account.Credential, Settings = settings,
            Enabled = copy.Enabled, Priority = copy.Priority, Weight = copy.Weight, Concurrency = copy.Concurrency, Tags = copy.Tags,
        };
    }

    private AccountEntry? Find(PortableAccount copy, Account account)
    {
        var (identity, stable) = (VendorIdentity.From(account), AccountIds.StableId(account));
        var own = registry.Entries.Where(entry => (entry.Account?.Provider ?? entry.Stored?.Provider) == copy.Provider).ToList();
        return own.Find(entry => identity is not null && entry.Account is { } other && VendorIdentity.From(other) == identity)
            ?? own.Find(entry => account.Credential is not NoCredential && entry.Account is { } other && AccountIds.StableId(other) == stable)
            // An id is made of the first token where the vendor does not say whose account it is, and stays when the token is renewed.
            ?? own.Find(entry => entry.Origin == AccountOrigin.Store && entry.Id == copy.Id && (identity is null || entry.Account is null || VendorIdentity.From(entry.Account) is null));
    }

    private static AccountMerge Compare(PortableAccount copy, Account account, AccountEntry here)
    {
        if (here.Account is not { } known) return new AccountMerge(AccountMergeAction.Renew, "The credential here cannot be opened.", here);
        if (known.Credential.Equals(account.Credential)) return new AccountMerge(AccountMergeAction.Same, "Both have the same credential.", here);
        var (isDeadHere, isDeadThere) = (here.Stored?.NeedsSignIn == true, copy.NeedsSignIn);
        if (isDeadHere != isDeadThere) return isDeadHere ? Renew("The login here has to be signed in to again.") : Keep("The login in the bundle has to be signed in to again.");
        if (known.Credential.ExpiresAt is { } mine && account.Credential.ExpiresAt is { } other && mine != other)
            return other > mine ? Renew("The bundle's token expires later.") : Keep("The token here expires later.");
        return copy.UpdatedAt > here.Stored?.UpdatedAt ? Renew("The bundle's credential was saved later.") : Keep("The credential here was saved later.");

        AccountMerge Renew(string reason) => new(AccountMergeAction.Renew, reason, here);
        AccountMerge Keep(string reason) => new(AccountMergeAction.Keep, reason, here);
    }

    private (Account? Account, IEnumerable<string> Problems) Read(PortableAccount copy)
    {
        var stored = new StoredAccount
        {
            Id = copy.Id, Label = copy.Label, Provider = copy.Provider, CredentialKind = copy.CredentialKind, Enabled = copy.Enabled, Priority = copy.Priority, Weight = copy.Weight, Concurrency = copy.Concurrency,
            Tags = copy.Tags, Settings = System.Text.Encoding.UTF8.GetString(DraftJson.Write(copy.Settings)),
        };
        var (account, found) = registry.Binder.Read(stored, copy.Secrets.Count == 0 ? [] : DraftJson.Write(copy.Secrets));
        return (account, found.Select(static problem => $"{problem.Path}: {problem.Message} {problem.Remedy}".Trim()));
    }

    private static PortableAccount From(StoredAccount stored, Dictionary<string, JsonElement> members) => new()
    {
        Id = stored.Id, Label = stored.Label, Provider = stored.Provider, CredentialKind = stored.CredentialKind, Enabled = stored.Enabled, Priority = stored.Priority, Weight = stored.Weight, Concurrency = stored.Concurrency,
        Tags = stored.Tags, Settings = DraftJson.Parse(System.Text.Encoding.UTF8.GetBytes(stored.Settings)), Secrets = members, NeedsSignIn = stored.NeedsSignIn, MayBeSpent = stored.Refresh is not null, Version = stored.Version,
        UpdatedAt = stored.UpdatedAt,
    };
}

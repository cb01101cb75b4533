using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>Makes accounts of logins. A login at an account that is there already renews it in place, so that nothing else of it changes and it is not there twice.</summary>
public sealed class LoginAccounts(AccountRegistry registry, AccountService accounts)
{
    private const int Tries = 8;

    /// <summary>The account of the store that a login would renew; null where it would be a new one.</summary>
    public AccountEntry? Find(string provider, LoginResult login)
    {
        ArgumentNullException.ThrowIfNull(login);
        if (login.AccountId is not { Length: > 0 } id) return null;
        var wanted = new VendorIdentity(id, login.OrganizationId);
        return registry.Entries.FirstOrDefault(entry => entry is { Origin: AccountOrigin.Store, Account: { } account } && account.Provider == provider && VendorIdentity.From(account) == wanted);
    }

    /// <summary>Saves a login as a new account, or into the one that is there.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="login">What the login brought.</param>
    /// <param name="known">The account that it renews; null for a new one.</param>
    /// <param name="label">What the account is to be called; null for what the login says, or for the name that it has.</param>
    /// <param name="proxy">The proxy that it goes through; null for the gateway's own way, or for what it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AccountUpdateResult> SaveAsync(string provider, LoginResult login, AccountEntry? known, string? label, string? proxy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(login);
        var change = new AccountUpdate { SignedIn = login.Credential, Settings = SettingsOf(provider, login, proxy), Label = label };
        for (var left = Tries; ; left--)
        {
            // Another node may add the same account or the same label, and a renewal of the same login may be written, at the same moment.
            var saved = known is null
                ? await accounts.AddAsync(change with { Provider = provider, Label = label ?? FreeLabels.For(registry, login.Label, provider) }, verify: null, cancellationToken)
                : await accounts.UpdateAsync(known.Id, change, cancellationToken);
            if (left == 1 || saved.Outcome is not (AccountUpdateOutcome.Conflict or AccountUpdateOutcome.Taken)) return saved;
            if (saved.Outcome == AccountUpdateOutcome.Conflict) continue;
            if (known is not null) return saved;
            known = Find(provider, login);
            if (known is null && label is not null) return saved;
        }
    }

    private Dictionary<string, JsonElement> SettingsOf(string provider, LoginResult login, string? proxy)
    {
        var settings = login.Settings.ToDictionary(pair => pair.Key, pair => TextOf(pair.Value), StringComparer.Ordinal);
        var form = registry.Providers[provider].Accounts.Form;
        Keep(VendorIdentity.AccountIdSetting, login.AccountId);
        Keep(VendorIdentity.OrganizationIdSetting, login.OrganizationId);
        if (proxy is not null) settings["proxy-url"] = TextOf(proxy);
        return settings;

        void Keep(string key, string? value)
        {
            if (value is not null && login.Credential is not OAuthCredential && form.Settings.Any(field => field.Name == key)) settings[key] = TextOf(value);
        }
    }

    private static JsonElement TextOf(string text) => JsonSerializer.SerializeToElement(text, DraftJson.Default.String);
}

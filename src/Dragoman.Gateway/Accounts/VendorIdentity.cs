namespace Dragoman.Gateway.Accounts;

/// <summary>
/// Whose account it is at the vendor: what makes two logins the same account, whatever tokens or keys they have. Never an e-mail address: one address may own several
/// accounts, and may change.
/// </summary>
/// <param name="AccountId">The vendor's id of the account.</param>
/// <param name="OrganizationId">The vendor's id of the organization or workspace; null where there is none.</param>
public sealed record VendorIdentity(string AccountId, string? OrganizationId)
{
    /// <summary>The setting in which an account whose credential does not say it (an API key that a login brought) keeps the vendor's id of the account.</summary>
    public const string AccountIdSetting = "account-id";

    /// <summary>The same for the organization.</summary>
    public const string OrganizationIdSetting = "organization-id";

    /// <summary>The identity of an account; null where nobody knows it.</summary>
    public static VendorIdentity? From(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (account.Credential is OAuthCredential login) return login.AccountId is { Length: > 0 } id ? new VendorIdentity(id, login.OrganizationId) : null;
        return account.Options.TryGetValue(AccountIdSetting, out var known) ? new VendorIdentity(known, account.Options.GetValueOrDefault(OrganizationIdSetting)) : null;
    }
}

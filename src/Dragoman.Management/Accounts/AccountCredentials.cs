using Dragoman.Gateway.Accounts;

namespace Dragoman.Management.Accounts;

/// <summary>Tells what sort of credential accounts have, and nothing of it that is a secret.</summary>
public sealed class AccountCredentials(AccountDirectory directory)
{
    /// <summary>What the credential of an account is made of; null where there is no such account, or its credential cannot be read.</summary>
    /// <param name="name">The account's id or label.</param>
    public CredentialFactsView? Describe(string name) => directory.Find(name)?.Account?.Cell.Current.Credential switch
    {
        null => null,
        OAuthCredential login => new CredentialFactsView(login.Kind, login.RefreshToken is not null, login.Expires, login.AccountId, login.Extra, [.. login.SecretExtra.Keys]),
        var other => new CredentialFactsView(other.Kind, false, other.ExpiresAt, null, new Dictionary<string, string>(), []),
    };
}

/// <summary>What a credential is made of; no secret.</summary>
/// <param name="Kind"><c>api-key</c>, <c>aws</c>, <c>oauth</c>, <c>none</c>.</param>
/// <param name="IsRenewable">Whether it has a token that new ones are had for.</param>
/// <param name="ExpiresAt">When its token expires; absent where nothing says it.</param>
/// <param name="AccountId">The vendor's id of the account; absent where it is not known.</param>
/// <param name="Facts">What else the provider keeps with it and may be shown: a region, a plan, how it was signed in.</param>
/// <param name="Secrets">The names of what it keeps and nobody may see.</param>
public sealed record CredentialFactsView(string Kind, bool IsRenewable, DateTimeOffset? ExpiresAt, string? AccountId, IReadOnlyDictionary<string, string> Facts, IReadOnlyList<string> Secrets);

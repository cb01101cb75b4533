using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Accounts;

/// <summary>Gives out the tokens of logins, for systems whose owners take their accounts along in files. Every time it is written down in the audit log.</summary>
public sealed class LoginTokens(AccountRegistry registry, AuditTrail audit)
{
    /// <summary>The tokens of a provider's logins.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="actor">Who takes them.</param>
    public async Task<IReadOnlyList<LoginToken>> ExportAsync(string provider, Actor actor)
    {
        var logins = registry.Entries.Where(entry => entry.Account is { } account && account.Provider == provider && account.Credential is OAuthCredential)
            .Select(static entry => new LoginToken(entry.Label, ((OAuthCredential)entry.Account!.Credential).RefreshToken, ((OAuthCredential)entry.Account.Credential).AccessToken)).ToList();
        await audit.RecordAsync(actor, "account.export", provider, AuditTrail.Done, $"{logins.Count} logins with their tokens");
        return logins;
    }

    /// <summary>How an account's access token begins, so that people see whether it is another one; null where it has none.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="letters">How many letters.</param>
    public string? BeginningOf(string accountId, int letters)
        => registry.Entries.FirstOrDefault(entry => entry.Id == accountId)?.Account?.Cell.Current.Credential is OAuthCredential { AccessToken: { Length: > 0 } token } ? token[..Math.Min(letters, token.Length / 2)] : null;
}

/// <summary>The tokens of a login.</summary>
/// <param name="Label">The account.</param>
/// <param name="RefreshToken">The token that new ones are had for; null where there is none.</param>
/// <param name="AccessToken">The token that requests carry.</param>
public sealed record LoginToken(string Label, string? RefreshToken, string AccessToken)
{
    /// <summary>A record would print its members.</summary>
    public override string ToString() => Label;
}

using Dragoman.Gateway.Accounts;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Providers.Logins;

/// <summary>Whose login a file seems to hold, as far as the file says it by itself; each may be missing. No secret.</summary>
/// <param name="Label">What people know the account by: an e-mail address, a way of signing in.</param>
/// <param name="AccountId">The vendor's id of the account, as a login at it has it.</param>
/// <param name="OrganizationId">The vendor's id of the organization or workspace.</param>
public sealed record ImportedIdentity(string? Label = null, string? AccountId = null, string? OrganizationId = null)
{
    /// <summary>A digest of the secret that the login lasts by: the same file is known again by it where it does not say whose it is.</summary>
    public string? Digest { get; init; }

    /// <summary>The digest of a credential: of the refresh token or the key, else of the access token; null for one without a secret.</summary>
    public static string? DigestOf(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var secret = credential is OAuthCredential { RefreshToken: { Length: > 0 } refresh } ? refresh : credential.Secrets.FirstOrDefault(static text => text.Length > 0);
        return DigestOf(secret);
    }

    /// <summary>The digest of a secret; null for none.</summary>
    public static string? DigestOf(string? secret) => secret is { Length: > 0 } ? TextDigest.Hex(secret, 32) : null;
}

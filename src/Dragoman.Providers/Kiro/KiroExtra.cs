using Dragoman.Gateway.Accounts;

namespace Dragoman.Providers.Kiro;

/// <summary>What a login keeps beside its tokens, by the keys of <see cref="OAuthCredential.Extra"/> and, for the last, of <see cref="OAuthCredential.SecretExtra"/>.</summary>
internal static class KiroExtra
{
    /// <summary>How the login is renewed: <see cref="Social"/>, <see cref="Oidc"/> or <see cref="External"/>.</summary>
    public const string Method = "auth-method";

    /// <summary>Who vouches for the person (<c>BuilderId</c>, <c>Enterprise</c>, <c>Google</c>, <c>Github</c>).</summary>
    public const string IdentityProvider = "identity-provider";

    /// <summary>The region of the OIDC service that the login was made at; it says nothing of where the API is.</summary>
    public const string OidcRegion = "oidc-region";

    /// <summary>The start page of the Identity Center.</summary>
    public const string StartUrl = "start-url";

    /// <summary>The profile that requests name.</summary>
    public const string ProfileArn = "profile-arn";

    /// <summary>The id of the client registration, or of the application at an external identity provider.</summary>
    public const string ClientId = "client-id";

    /// <summary>Where an external identity provider renews tokens.</summary>
    public const string TokenEndpoint = "token-endpoint";

    /// <summary>The scopes at an external identity provider.</summary>
    public const string Scope = "scope";

    /// <summary>64 digits that stand for the machine in user agents; made once and kept, because the tokens that it is made of change.</summary>
    public const string MachineId = "machine-id";

    /// <summary>The plan as the vendor names it.</summary>
    public const string Plan = "plan";

    /// <summary>The secret of the client registration; a secret.</summary>
    public const string ClientSecret = "client-secret";

    /// <summary>A login with Google or GitHub at Kiro's own sign-in.</summary>
    public const string Social = "social";

    /// <summary>A login at AWS: Builder ID or Identity Center.</summary>
    public const string Oidc = "idc";

    /// <summary>A login at a company's own identity provider.</summary>
    public const string External = "external-idp";

    /// <summary>The value of a key; null where the credential does not have it.</summary>
    public static string? Of(Credential credential, string key)
        => credential is OAuthCredential login && login.Extra.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    /// <summary>How a login is renewed; where it does not say, the registration of a client tells (the note's B.12).</summary>
    public static string MethodOf(OAuthCredential login)
        => Of(login, Method) ?? (Of(login, TokenEndpoint) is not null ? External : Of(login, ClientId) is not null && login.SecretExtra.ContainsKey(ClientSecret) ? Oidc : Social);

    /// <summary>Whether the login is an AWS Builder ID, whose tokens alone the lists of the old hosts take (logins-2026-11 §5).</summary>
    public static bool IsBuilder(Credential credential) => Of(credential, IdentityProvider) == "BuilderId";
}

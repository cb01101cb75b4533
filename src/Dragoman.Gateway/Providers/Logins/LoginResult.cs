using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Providers.Logins;

/// <summary>What a login brought.</summary>
/// <param name="Credential">An <see cref="OAuthCredential"/>, or an <see cref="ApiKeyCredential"/> that the vendor made for the gateway.</param>
/// <param name="Label">What the account may be called: an e-mail address, a login name.</param>
public sealed record LoginResult(Credential Credential, string Label)
{
    /// <summary>The vendor's id of the account, never an e-mail address; null where the vendor gives none.</summary>
    public string? AccountId { get; init; }

    /// <summary>The vendor's id of the organization or workspace; null where there is none.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>What the organization is called.</summary>
    public string? Organization { get; init; }

    /// <summary>The plan, as the vendor names it.</summary>
    public string? Plan { get; init; }

    /// <summary>Settings that the account gets, under the keys of its schema (<c>base-url</c>); no secrets.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What the person should know before it is saved (the plan has no access, a key that expires).</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>A record would print its members.</summary>
    public override string ToString() => Label;
}

using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Gateway.Providers.Logins;

/// <summary>
/// The authorization code flow with PKCE (RFC 7636). The gateway makes state and verifier and checks the state; the flow puts them into the vendor's address and redeems the code.
/// </summary>
public interface IBrowserLogin : ILoginFlow
{
    /// <inheritdoc/>
    LoginMethod ILoginFlow.Method => LoginMethod.Browser;

    /// <summary>Where the vendor lets a browser be sent back to.</summary>
    RedirectRule Redirect(VendorContext context);

    /// <summary>The address that the person opens.</summary>
    Uri AddressOf(AuthorizationRequest request, VendorContext context);

    /// <summary>Redeems the code. What the vendor refuses is a <see cref="LoginException"/> with the vendor's words.</summary>
    /// <param name="code">The code that came back.</param>
    /// <param name="request">What the address was made of.</param>
    /// <param name="context">How the vendor is reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LoginException">The vendor refuses, or answers something else.</exception>
    Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken);
}

/// <summary>What a login in a browser is made of.</summary>
/// <param name="State">Unguessable; what comes back must carry it.</param>
/// <param name="Verifier">The PKCE verifier; a secret until the code is redeemed.</param>
/// <param name="Challenge">Its S256 challenge.</param>
/// <param name="RedirectUri">Where the browser is sent back to.</param>
public sealed record AuthorizationRequest(string State, string Verifier, string Challenge, Uri RedirectUri)
{
    /// <summary>A record would print its members.</summary>
    public override string ToString() => $"authorization request for {RedirectUri.GetLeftPart(UriPartial.Authority)}";
}

/// <summary>Where a vendor lets a browser be sent back to: the gateway's own address, loopback ports that the vendor has registered, or a page of the vendor that shows the code.</summary>
public sealed record RedirectRule
{
    /// <summary>The gateway's own address: <c>https</c>, or a loopback host on any port.</summary>
    public static RedirectRule GatewayAddress { get; } = new();

    /// <summary>The only loopback ports that the vendor takes, the preferred one first; empty for the gateway's own address.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>The loopback host that the vendor has registered.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The path that the vendor has registered for <see cref="Ports"/>.</summary>
    public string Path { get; init; } = "/callback";

    /// <summary>The vendor's own page that shows the code to be pasted, for machines whose browser is elsewhere; null where there is none.</summary>
    public Uri? CodePage { get; init; }

    /// <summary>Whether the vendor does not send the state back, so that it stands in the path of the redirect address.</summary>
    public bool StateInPath { get; init; }
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>The authorization code flow of a Claude plan with PKCE: by a loopback port, or by the vendor's page that shows <c>code#state</c> (wire notes cliproxyapi 6.1, logins-2026-11 section 1).</summary>
internal sealed class ClaudeBrowserLogin : IBrowserLogin
{
    /// <inheritdoc/>
    public string Id => "browser";

    /// <inheritdoc/>
    public string Title => "In a browser, with a Claude plan";

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context)
    {
        var settings = context.SettingsAs<ClaudeSubscriptionSettings>();
        return new RedirectRule { Ports = [settings.Port], Host = "localhost", Path = "/callback", CodePage = new Uri(settings.CodePage) };
    }

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context)
    {
        var settings = context.SettingsAs<ClaudeSubscriptionSettings>();
        return QueryText.AddressWith(
            settings.AuthorizeUrl, ("code", "true"), ("client_id", settings.ClientId), ("response_type", "code"), ("redirect_uri", request.RedirectUri.AbsoluteUri), ("scope", settings.Scope),
            ("code_challenge", request.Challenge), ("code_challenge_method", "S256"), ("state", request.State));
    }

    /// <inheritdoc/>
    public async Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<ClaudeSubscriptionSettings>();
        using var exchange = ClaudeVendor.ToTokens(settings, writer =>
        {
            writer.WriteString("grant_type", "authorization_code");
            writer.WriteString("code", code);
            writer.WriteString("redirect_uri", request.RedirectUri.AbsoluteUri);
            writer.WriteString("client_id", settings.ClientId);
            writer.WriteString("code_verifier", request.Verifier);
            writer.WriteString("state", request.State);
        });
        using var answer = await VendorJson.SendAsync(context.Http, exchange, ClaudeVendor.Name, cancellationToken);
        var root = answer.RootElement;
        if (VendorJson.Text(root, "access_token") is not { } access || !HeaderSafe.Check(access)) throw new LoginException($"{ClaudeVendor.Name} answered without a token.");
        var now = context.Time.GetUtcNow();
        var credential = new OAuthCredential { AccessToken = access, RefreshToken = VendorJson.Text(root, "refresh_token"), Expires = RefreshGrant.ExpiryOf(root, now), Extra = ClaudeLoginAge.Begin(now) };
        return await ClaudeIdentity.DescribeAsync(credential, ClaudeIdentity.FromTokens(root), context, cancellationToken);
    }
}

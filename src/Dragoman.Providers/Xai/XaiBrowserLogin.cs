using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>xAI's code flow with PKCE: the browser comes back to a loopback port, or what it ends at is pasted. The vendor lets programs of others in by <c>plan=generic</c>.</summary>
internal sealed class XaiBrowserLogin : IBrowserLogin
{
    /// <inheritdoc/>
    public string Id => "browser";

    /// <inheritdoc/>
    public string Title => "In a browser, or with the code that it ends at";

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context) => new() { Ports = [context.SettingsAs<XaiSettings>().Port], Host = "127.0.0.1", Path = "/callback" };

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context)
    {
        var settings = context.SettingsAs<XaiSettings>();
        return QueryText.AddressWith(
            settings.AuthorizeUrl, ("response_type", "code"), ("client_id", settings.ClientId), ("redirect_uri", request.RedirectUri.AbsoluteUri), ("scope", settings.Scope), ("state", request.State),
            // The state is unguessable and used once, as a nonce has to be; the identity token is not relied on.
            ("nonce", request.State), ("code_challenge", request.Challenge), ("code_challenge_method", "S256"), ("plan", "generic"), ("referrer", "dragoman"));
    }

    /// <inheritdoc/>
    public async Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<XaiSettings>();
        var endpoint = await XaiVendor.FindTokenEndpointAsync(context, cancellationToken);
        using var exchange = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", request.RedirectUri.AbsoluteUri), new("client_id", settings.ClientId), new("code_verifier", request.Verifier),
            ]),
        };
        using var answer = await VendorJson.SendAsync(context.Http, exchange, XaiVendor.Name, cancellationToken);
        return await XaiVendor.DescribeAsync(XaiVendor.ReadTokens(answer.RootElement, context.Time.GetUtcNow()), context, cancellationToken);
    }
}

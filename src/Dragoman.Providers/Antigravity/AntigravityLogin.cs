using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>Google's code flow for installed applications, with PKCE, on the loopback ports of Antigravity.</summary>
internal sealed class AntigravityLogin : IBrowserLogin
{
    private const int Ports = 6;

    /// <inheritdoc/>
    public string Id => "browser";

    /// <inheritdoc/>
    public string Title => "In a browser, with a Google account";

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context) => new() { Ports = [.. Enumerable.Range(context.SettingsAs<AntigravitySettings>().Port, Ports)], Host = "localhost", Path = "/oauth-callback" };

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context) => GoogleTokens.AddressOf(request, context.SettingsAs<IGoogleSettings>().Application);

    /// <inheritdoc/>
    public async Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
        => await AntigravitySetup.DescribeAsync(await GoogleTokens.RedeemAsync(code, request, context, cancellationToken), context, cancellationToken);
}

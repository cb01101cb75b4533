using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Providers.CodeAssist;

/// <summary>Google's code flow for installed applications, with PKCE: by a loopback port, or by the vendor's page that shows the code.</summary>
internal sealed class CodeAssistLogin : IBrowserLogin
{
    /// <inheritdoc/>
    public string Id => "browser";

    /// <inheritdoc/>
    public string Title => "In a browser, with a Standard or Enterprise licence";

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context)
    {
        var settings = context.SettingsAs<CodeAssistSettings>();
        return new RedirectRule { Ports = [settings.Port], Host = "127.0.0.1", Path = "/oauth2callback", CodePage = new Uri(settings.CodePage) };
    }

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context) => GoogleTokens.AddressOf(request, context.SettingsAs<IGoogleSettings>().Application);

    /// <inheritdoc/>
    public async Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
        => await CodeAssistSetup.DescribeAsync(await GoogleTokens.RedeemAsync(code, request, context, cancellationToken), context, cancellationToken);
}

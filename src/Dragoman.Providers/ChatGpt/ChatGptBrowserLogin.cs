using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>Signing in with ChatGPT in a browser (wire notes codex-and-antigravity §B.8): PKCE, and only two loopback ports are registered.</summary>
internal sealed class ChatGptBrowserLogin : IBrowserLogin
{
    private static readonly RedirectRule Rule = new() { Ports = [1455, 1457], Path = "/auth/callback" };

    /// <inheritdoc/>
    public string Id => "browser";

    /// <inheritdoc/>
    public string Title => "In a browser";

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context) => Rule;

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context)
    {
        var settings = context.SettingsAs<ChatGptSettings>();
        return QueryText.AddressWith(
            $"{settings.AuthUrl}/oauth/authorize",
            ("response_type", "code"),
            ("client_id", settings.ClientId),
            ("redirect_uri", request.RedirectUri.AbsoluteUri),
            ("scope", settings.Scope),
            ("code_challenge", request.Challenge),
            ("code_challenge_method", "S256"),
            ("id_token_add_organizations", "true"),
            ("codex_cli_simplified_flow", "true"),
            // Without it the browser's session answers, and no second account could be chosen.
            ("prompt", "login"),
            ("state", request.State),
            ("originator", settings.Originator));
    }

    /// <inheritdoc/>
    public Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
        => ChatGptTokens.RedeemAsync(code, request.RedirectUri.AbsoluteUri, request.Verifier, context, cancellationToken);
}

using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Signing in at Kiro's portal by whatever the person chooses there. Google and GitHub bring a code back; Builder ID and Identity Center bring the page and the region of AWS's sign-in
/// (<c>login_option</c>, <c>issuer_url</c>, <c>idc_region</c>; as Kiro's command line reads them), where a code is entered then.
/// </summary>
internal sealed class KiroChoiceLogin : IPortalLogin
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <inheritdoc/>
    public string Id => "portal";

    /// <inheritdoc/>
    public string Title => "In a browser, by what you choose on Kiro's page";

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context) => KiroPortalLogin.Rule;

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context) => KiroPortalLogin.PortalAddress(request, context);

    /// <inheritdoc/>
    public LoginChoice? ChoiceIn(IReadOnlyDictionary<string, string> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.GetValueOrDefault("login_option")?.ToLowerInvariant() switch
        {
            null or "" => null,
            "google" => new LoginChoice(new KiroPortalLogin("Google"), Nothing),
            "github" => new LoginChoice(new KiroPortalLogin("Github"), Nothing),
            "builderid" => new LoginChoice(new KiroOidcLogin(isBuilder: true), WishesIn(answer, withPage: false)),
            "awsidc" => new LoginChoice(new KiroOidcLogin(isBuilder: false), WishesIn(answer, withPage: true)),
            var other => throw new LoginException($"Kiro's page says '{(other.Length > 40 ? other[..40] : other)}', which is a way of signing in that the gateway does not know.") { Fix = "Choose Google, GitHub, Builder ID or your company's Identity Center there." },
        };
    }

    /// <inheritdoc/>
    public Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
        => throw new LoginException("A code alone does not say how you have signed in.") { Fix = "Paste the whole address that the browser ended at." };

    private static Dictionary<string, string> WishesIn(IReadOnlyDictionary<string, string> answer, bool withPage)
    {
        var wishes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (answer.GetValueOrDefault("idc_region") is { Length: > 0 } region) wishes[KiroOidcLogin.Region] = region;
        if (withPage && answer.GetValueOrDefault("issuer_url") is { Length: > 0 } page) wishes[KiroExtra.StartUrl] = page;
        return wishes;
    }
}

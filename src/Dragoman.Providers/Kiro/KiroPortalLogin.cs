using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Signing in with Google or GitHub in a browser on the same machine: Kiro's portal sends it back to the first free of ten ports (logins-2026-11 §5), with the choice of the person in the address, which is a part of the redirect
/// address when the code is redeemed.
/// </summary>
/// <param name="provider">Whom people have an account with, as Kiro spells it.</param>
internal sealed class KiroPortalLogin(string provider) : IBrowserLogin
{
    private static readonly int[] Ports = [3128, 4649, 6588, 8008, 9091, 49153, 50153, 51153, 52153, 53153];

    /// <inheritdoc/>
    public string Id => $"{Option}-browser";

    /// <inheritdoc/>
    public string Title => $"In a browser, by {NameOf(provider)}";

    /// <summary>Where the portal sends browsers back to.</summary>
    public static RedirectRule Rule { get; } = new() { Ports = Ports, Host = "localhost", Path = "/oauth/callback" };

    private string Option => provider.ToLowerInvariant();

    /// <summary>What people call it.</summary>
    public static string NameOf(string provider) => provider == "Github" ? "GitHub" : provider;

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context) => Rule;

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context) => PortalAddress(request, context, ("signin_methods", Option));

    /// <summary>The portal's address, with what else it shall know.</summary>
    public static Uri PortalAddress(AuthorizationRequest request, VendorContext context, params (string, string)[] more) => QueryText.AddressWith(
        $"{context.SettingsAs<KiroSettings>().PortalUrl}/signin",
        // The portal adds the path itself.
        [
            ("state", request.State), ("code_challenge", request.Challenge), ("code_challenge_method", "S256"), ("redirect_uri", request.RedirectUri.GetLeftPart(UriPartial.Authority)), ("redirect_from", "KiroIDE"), .. more,
        ]);

    /// <inheritdoc/>
    public async Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
    {
        using var question = KiroVendor.Post($"{context.SettingsAs<KiroSettings>().AuthUrl}/oauth/token", writer =>
        {
            writer.WriteString("code", code);
            writer.WriteString("code_verifier", request.Verifier);
            writer.WriteString("redirect_uri", $"{request.RedirectUri.AbsoluteUri}?login_option={Option}");
        });
        var answer = await KiroVendor.AskAsync(context, question, cancellationToken);
        if (!answer.IsSuccess) throw new LoginException($"{answer.Describe(KiroVendor.Name)}.") { Fix = "Begin another login; a code is good once." };
        var extra = new Dictionary<string, string>(StringComparer.Ordinal) { [KiroExtra.Method] = KiroExtra.Social, [KiroExtra.IdentityProvider] = provider };
        return await KiroIdentity.DescribeAsync(KiroVendor.NewTokens(answer, extra, null, context, KiroVendor.Name), context, cancellationToken);
    }
}

using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>Google's tokens for installed applications: had for a code, renewed, and revoked. The token endpoint wants the application's secret; refresh tokens stay the same (wire notes codex-and-antigravity D.14).</summary>
internal sealed class GoogleTokens : ITokenRefresher, ISignOut
{
    /// <summary>What people call the vendor.</summary>
    public const string Vendor = "Google";

    /// <summary>The address that a person opens.</summary>
    /// <param name="request">What the flow has made for this login.</param>
    /// <param name="application">What is signed in to.</param>
    public static Uri AddressOf(AuthorizationRequest request, GoogleApplication application) => QueryText.AddressWith(
        application.AuthorizeUrl, ("client_id", application.ClientId), ("redirect_uri", request.RedirectUri.AbsoluteUri), ("response_type", "code"), ("scope", application.Scope), ("access_type", "offline"), ("prompt", "consent"),
        ("code_challenge", request.Challenge), ("code_challenge_method", "S256"), ("state", request.State));

    /// <summary>Redeems a code.</summary>
    /// <exception cref="LoginException">The vendor refuses, or no secret is set.</exception>
    public static async Task<OAuthCredential> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<IGoogleSettings>().Application;
        if (settings.ClientSecret is not { } secret) throw MissingSecret(settings);
        using var exchange = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", request.RedirectUri.AbsoluteUri), new("client_id", settings.ClientId), new("client_secret", secret),
                new("code_verifier", request.Verifier),
            ]),
        };
        using var answer = await VendorJson.SendAsync(context.Http, exchange, Vendor, cancellationToken);
        var root = answer.RootElement;
        if (VendorJson.Text(root, "access_token") is not { } access || !HeaderSafe.Check(access)) throw new LoginException($"{Vendor} answered without a token.");
        return new OAuthCredential
        {
            AccessToken = access, RefreshToken = VendorJson.Text(root, "refresh_token"), IdToken = VendorJson.Text(root, "id_token"), Expires = RefreshGrant.ExpiryOf(root, context.Time.GetUtcNow()),
        };
    }

    /// <summary>A login from a file, renewed where its access token may have ended.</summary>
    /// <exception cref="LoginException">It cannot be renewed.</exception>
    public static async Task<OAuthCredential> FreshAsync(OAuthCredential credential, VendorContext context, CancellationToken cancellationToken)
    {
        if (credential.RefreshToken is null || credential.Expires > context.Time.GetUtcNow()) return credential;
        var renewed = await RenewAsync(credential, context, cancellationToken);
        return renewed.Credential ?? throw new LoginException(renewed.Reason ?? "The login in this file cannot be renewed.");
    }

    /// <summary>Whose login it is: the vendor's id, and the e-mail address to be shown.</summary>
    /// <exception cref="LoginException">The vendor does not say.</exception>
    public static async Task<(string Id, string? Email)> UserOfAsync(OAuthCredential credential, VendorContext context, CancellationToken cancellationToken)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, context.SettingsAs<IGoogleSettings>().Application.UserUrl);
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.AccessToken);
        using var user = await VendorJson.SendAsync(context.Http, question, Vendor, cancellationToken);
        var id = VendorJson.Text(user.RootElement, "id") ?? VendorJson.Text(user.RootElement, "sub") ?? throw new LoginException($"{Vendor} did not say whose login it is.");
        return (id, VendorJson.Text(user.RootElement, "email"));
    }

    /// <inheritdoc/>
    public Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken) => RenewAsync(credential, vendor, cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> RevokeAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, vendor.SettingsAs<IGoogleSettings>().Application.RevokeUrl) { Content = new FormUrlEncodedContent([new("token", credential.RefreshToken ?? credential.AccessToken)]) };
        try
        {
            using var response = await vendor.Http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return null;
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return VendorJson.ErrorCodeOf(body) == "invalid_token" ? null : $"{Vendor} answered {(int)response.StatusCode}{VendorJson.WordsOf(body)}.";
        }
        catch (HttpRequestException ex)
        {
            return $"{Vendor} could not be reached: {ex.Message}";
        }
    }

    private static async Task<TokenRefresh> RenewAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<IGoogleSettings>().Application;
        if (settings.ClientSecret is not { } secret) return TokenRefresh.Failed(MissingSecret(settings) is var missing ? $"{missing.Message} {missing.Fix}" : "", mayHaveSpent: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl)
        {
            Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", credential.RefreshToken ?? ""), new("client_id", settings.ClientId), new("client_secret", secret)]),
        };
        var answer = await RefreshGrant.SendAsync(vendor, request, credential, Vendor, cancellationToken);
        // A refresh token is good more than once: what did not come through can be asked for again.
        return answer.Outcome == TokenRefreshOutcome.Failed ? answer with { MayHaveSpent = false } : answer;
    }

    private static LoginException MissingSecret(GoogleApplication settings) => new($"{Vendor}'s token endpoint wants the secret of the application, and none is set.")
    {
        Fix = $"Set providers.{settings.Section}.client-secret to the one in the vendor's program that you have installed.",
    };
}

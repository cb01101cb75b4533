using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>Tokens as OpenAI gives them; each may be missing.</summary>
/// <param name="AccessToken">The token that requests carry.</param>
/// <param name="RefreshToken">The token that new ones are had for, good once.</param>
/// <param name="IdToken">The token that says whose they are.</param>
/// <param name="Lifetime">How long the access token is good for.</param>
internal sealed record ChatGptTokens(string? AccessToken, string? RefreshToken, string? IdToken, TimeSpan? Lifetime)
{
    private const string Vendor = "OpenAI";

    /// <summary>Redeems an authorization code.</summary>
    /// <exception cref="LoginException">The vendor refuses, or gives no token.</exception>
    public static async Task<LoginResult> RedeemAsync(string code, string redirect, string verifier, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<ChatGptSettings>();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.AuthUrl}/oauth/token")
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect), new("client_id", settings.ClientId), new("code_verifier", verifier),
            ]),
        };
        using var answer = await VendorJson.SendAsync(context.Http, request, Vendor, cancellationToken);
        return Read(answer.RootElement).ToLogin(context, null);
    }

    /// <summary>Reads an answer of the token endpoint.</summary>
    public static ChatGptTokens Read(JsonElement answer) => new(
        Token(answer, "access_token"), Token(answer, "refresh_token"), Token(answer, "id_token"), VendorJson.Number(answer, "expires_in") is > 0 and < 1e9 and var seconds ? TimeSpan.FromSeconds(seconds) : null);

    /// <summary>What is saved of a login, and shown before.</summary>
    /// <param name="context">The settings and the clock.</param>
    /// <param name="account">The account as a file names it, where the tokens do not.</param>
    /// <param name="remark">What the person should know of where they come from.</param>
    /// <exception cref="LoginException">There is no access token.</exception>
    public LoginResult ToLogin(VendorContext context, string? account, string? remark = null)
    {
        var settings = context.SettingsAs<ChatGptSettings>();
        if (AccessToken is null) throw new LoginException($"{Vendor} answered without a token.");
        var claims = ChatGptClaims.Of(AccessToken, IdToken);
        var (user, workspace) = (claims.UserId, claims.AccountId ?? account);
        var credential = new OAuthCredential
        {
            AccessToken = AccessToken,
            RefreshToken = RefreshToken,
            IdToken = IdToken,
            Expires = EndOf(claims, context.Time),
            // A person may have several workspaces, and a workspace several people.
            AccountId = user ?? workspace,
            OrganizationId = user is null ? null : workspace,
            Extra = claims.Plan is { } plan ? new Dictionary<string, string> { [ChatGptAccountSchema.Plan] = plan } : new Dictionary<string, string>(),
        };
        return new LoginResult(credential, claims.Email ?? user ?? "ChatGPT")
        {
            AccountId = credential.AccountId,
            OrganizationId = credential.OrganizationId,
            Organization = claims.Organization,
            Plan = claims.Plan,
            Settings = settings.BaseUrl == ChatGptSettings.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = settings.BaseUrl },
            Warnings = [.. WarningsOf(claims, workspace, context.Time.GetUtcNow()), .. remark is null ? (string[])[] : [remark]],
        };
    }

    /// <summary>The credential with these tokens in the place of its own; what did not come stays.</summary>
    public OAuthCredential Renew(OAuthCredential credential, TimeProvider time)
    {
        var next = credential with { AccessToken = AccessToken ?? credential.AccessToken, RefreshToken = RefreshToken ?? credential.RefreshToken, IdToken = IdToken ?? credential.IdToken };
        var claims = ChatGptClaims.Of(next.AccessToken, next.IdToken);
        var extra = new Dictionary<string, string>(credential.Extra);
        if (claims.Plan is { } plan) extra[ChatGptAccountSchema.Plan] = plan;
        return next with { Expires = AccessToken is null ? credential.Expires : EndOf(claims, time), Extra = extra };
    }

    private DateTimeOffset? EndOf(ChatGptClaims claims, TimeProvider time) => Lifetime is { } lifetime ? time.GetUtcNow() + lifetime : claims.ExpiresAt;

    private static string? Token(JsonElement answer, string name) => VendorJson.Text(answer, name) is { } token && HeaderSafe.Check(token) ? token : null;

    private IEnumerable<string> WarningsOf(ChatGptClaims claims, string? workspace, DateTimeOffset now)
    {
        if (RefreshToken is null) yield return "There is no refresh token; sign in again when the access token has expired.";
        if (workspace is null) yield return "The tokens name no account; requests go without ChatGPT-Account-Id.";
        if (claims.SubscribedUntil is { } end && end < now) yield return FormattableString.Invariant($"The subscription has ended on {end.UtcDateTime:yyyy-MM-dd}, as the token says.");
    }
}

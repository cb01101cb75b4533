using System.Net;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Renews logins, each where it was made (kiro-and-bedrock §B.12), and looks a missing profile up on the way. It is done when a request needs it and not on time: many regular renewals from cloud addresses are said to draw
/// attention (logins-2026-11 §5).
/// </summary>
internal sealed class KiroTokenRefresher(KiroMemory memory) : ITokenRefresher
{
    /// <inheritdoc/>
    public bool OnlyOnUse => true;

    /// <inheritdoc/>
    public async Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(credential);
        if (memory.SuspensionOf(account, credential.AccessToken) is { } words) return TokenRefresh.Refused($"{KiroVendor.Name} has suspended the account: {words.TrimEnd('.')}");
        var renewed = await ExchangeAsync(credential, vendor, cancellationToken);
        return renewed.Credential is { } next ? TokenRefresh.Renewed(await WithProfileAsync(account, next, vendor, cancellationToken)) : renewed;
    }

    /// <summary>Spends a refresh token where its login was made.</summary>
    public static Task<TokenRefresh> ExchangeAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken) => KiroExtra.MethodOf(credential) switch
    {
        KiroExtra.Oidc => OidcAsync(credential, vendor, null, cancellationToken),
        KiroExtra.External => ExternalAsync(credential, vendor, cancellationToken),
        _ => SocialAsync(credential, vendor, cancellationToken),
    };

    private static async Task<TokenRefresh> SocialAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<KiroSettings>();
        using var question = KiroVendor.Post($"{settings.AuthUrl}/refreshToken", writer => writer.WriteString("refreshToken", credential.RefreshToken));
        question.Headers.TryAddWithoutValidation("User-Agent", KiroVendor.UserAgentOf(settings, KiroVendor.MachineIdOf(credential)));
        var answer = await KiroVendor.AskAsync(vendor, question, cancellationToken);
        if (answer.IsSuccess) return Read(answer, credential, vendor, KiroVendor.Name);
        if (answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized) return TokenRefresh.Refused(answer.Describe(KiroVendor.Name));
        // A page is not the service's: what stands before it did not let the question through.
        if (answer.Status == HttpStatusCode.Forbidden && answer.Json is null) return TokenRefresh.Failed($"{KiroVendor.Name}'s network refuses this address or user agent", mayHaveSpent: false, answer.RetryAfter);
        return TokenRefresh.Failed(answer.Describe(KiroVendor.Name), mayHaveSpent: answer.Code >= 500, answer.RetryAfter);
    }

    /// <param name="credential">The credential.</param>
    /// <param name="vendor">How the vendor is reached.</param>
    /// <param name="region">The region that the service has named; null for that of the login.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private static async Task<TokenRefresh> OidcAsync(OAuthCredential credential, VendorContext vendor, string? region, CancellationToken cancellationToken)
    {
        var stated = KiroExtra.Of(credential, KiroExtra.OidcRegion);
        var place = region ?? (stated is not null && KiroAddress.IsRegion(stated) ? stated : KiroAddress.DefaultRegion);
        if (KiroExtra.Of(credential, KiroExtra.ClientId) is not { } id || !credential.SecretExtra.TryGetValue(KiroExtra.ClientSecret, out var secret)) return TokenRefresh.Refused("the login has no registration at AWS to be renewed with");
        using var question = KiroVendor.Post($"{KiroAddress.In(vendor.SettingsAs<KiroSettings>().OidcUrl, place)}/token", writer =>
        {
            writer.WriteString("clientId", id);
            writer.WriteString("clientSecret", secret);
            writer.WriteString("grantType", "refresh_token");
            writer.WriteString("refreshToken", credential.RefreshToken);
        });
        var answer = await KiroVendor.AskAsync(vendor, question, cancellationToken);
        if (answer.IsSuccess) return Read(answer, region is null ? credential : KiroIdentity.With(credential, KiroExtra.OidcRegion, region), vendor, KiroVendor.Aws);
        // A login that belongs to another region is told which; the token was not looked at.
        if (region is null && answer.Code == 400 && answer.Json is { } json && VendorJson.Text(json, "region") is { } right && right != place && KiroAddress.IsRegion(right)) return await OidcAsync(credential, vendor, right, cancellationToken);
        return answer.Error switch
        {
            "invalid_grant" or "expired_token" => TokenRefresh.Refused(answer.Describe(KiroVendor.Aws)),
            "invalid_client" or "unauthorized_client" => TokenRefresh.Refused($"the registration at AWS has expired ({answer.Describe(KiroVendor.Aws)})"),
            "slow_down" => TokenRefresh.Failed(answer.Describe(KiroVendor.Aws), mayHaveSpent: false, answer.RetryAfter ?? TimeSpan.FromSeconds(5)),
            _ => TokenRefresh.Failed(answer.Describe(KiroVendor.Aws), mayHaveSpent: answer.Code >= 500, answer.RetryAfter),
        };
    }

    private static async Task<TokenRefresh> ExternalAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (KiroTokenEndpoint.Check(KiroExtra.Of(credential, KiroExtra.TokenEndpoint), vendor.SettingsAs<KiroSettings>()) is not { } address)
            return TokenRefresh.Failed("the address at which the company's identity provider renews tokens is none of providers.kiro.token-hosts", mayHaveSpent: false, TimeSpan.FromHours(1));
        var form = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = credential.RefreshToken ?? "" };
        if (KiroExtra.Of(credential, KiroExtra.ClientId) is { } client) form["client_id"] = client;
        if (KiroExtra.Of(credential, KiroExtra.Scope) is { } scope) form["scope"] = scope;
        using var question = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        return await RefreshGrant.SendAsync(vendor, question, credential, address.Host, cancellationToken);
    }

    private static TokenRefresh Read(KiroAnswer answer, OAuthCredential credential, VendorContext vendor, string who)
        => answer.Json is { } json && KiroVendor.Tokens(json, credential, vendor.Time.GetUtcNow()) is { } next ? TokenRefresh.Renewed(next) : TokenRefresh.Failed($"{who} answered without tokens", mayHaveSpent: true);

    /// <summary>The profile, where there is none or the service did not take it. New tokens are kept whatever comes of that.</summary>
    private async Task<OAuthCredential> WithProfileAsync(Account account, OAuthCredential next, VendorContext vendor, CancellationToken cancellationToken)
    {
        var known = KiroExtra.Of(next, KiroExtra.ProfileArn);
        if (!memory.IsDoubted(account, known)) return next;
        try
        {
            var profiles = await KiroIdentity.ProfilesAsync(next, vendor, cancellationToken);
            return profiles.Find(arn => arn != known) is { } found && !profiles.Contains(known ?? "") ? KiroIdentity.With(next, KiroExtra.ProfileArn, found) : next;
        }
        catch (Exception ex) when (ex is HttpRequestException or OperationCanceledException)
        {
            return next;
        }
    }
}

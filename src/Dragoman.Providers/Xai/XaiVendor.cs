using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>The questions to xAI beside the traffic: where its token endpoint is, and the headers of questions about a plan.</summary>
internal static class XaiVendor
{
    /// <summary>What people call the vendor.</summary>
    public const string Name = "xAI";

    /// <summary>The domain below which the vendor's own endpoints are.</summary>
    private const string Domain = "x.ai";

    /// <summary>The token endpoint that the discovery document names. A document that names a stranger's is not followed: tokens go there.</summary>
    /// <exception cref="LoginException">The vendor does not say, or names another host.</exception>
    public static async Task<string> FindTokenEndpointAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<XaiSettings>();
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.DiscoveryUrl);
        using var document = await VendorJson.SendAsync(context.Http, request, Name, cancellationToken);
        if (VendorJson.Text(document.RootElement, "token_endpoint") is not { } text || !Uri.TryCreate(text, UriKind.Absolute, out var endpoint)) throw new LoginException($"{Name} does not say where its token endpoint is.");
        return IsTrusted(endpoint, new Uri(settings.DiscoveryUrl)) ? text : throw new LoginException($"{Name}'s discovery document names a token endpoint at {endpoint.Host}, which is not the vendor's.");
    }

    /// <summary>A question about the plan of a login.</summary>
    /// <param name="address">Where the plan is served, without a slash at the end.</param>
    /// <param name="path">The question.</param>
    /// <param name="login">The login.</param>
    /// <param name="settings">The provider's settings.</param>
    public static HttpRequestMessage About(string address, string path, OAuthCredential login, XaiSettings settings)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", login.AccessToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation("X-XAI-Token-Auth", XaiSettings.DefaultTokenAuth);
        request.Headers.TryAddWithoutValidation("x-grok-client-version", settings.ClientVersion);
        if (login.AccountId is { } user) request.Headers.TryAddWithoutValidation("x-userid", HeaderText.Clean(user));
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        return request;
    }

    /// <summary>The login with all that can be learnt of it. Tokens that came are kept whatever is said of them.</summary>
    public static async Task<LoginResult> DescribeAsync(OAuthCredential credential, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<XaiSettings>();
        var warnings = new List<string>();
        string? email = null;
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, settings.UserUrl);
            question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.AccessToken);
            using var user = await VendorJson.SendAsync(context.Http, question, Name, cancellationToken);
            credential = credential with { AccountId = VendorJson.Text(user.RootElement, "sub") ?? credential.AccountId };
            email = VendorJson.Text(user.RootElement, "email");
        }
        catch (Exception ex) when (ex is LoginException or HttpRequestException)
        {
            warnings.Add($"{Name} did not say whose login it is ({ex.Message.TrimEnd('.')}); signing in once more would add another account instead of renewing this one.");
        }

        var plan = await PlanOfAsync(credential, context, warnings, cancellationToken);
        if (plan is not null) credential = credential with { Extra = new Dictionary<string, string>(credential.Extra, StringComparer.Ordinal) { ["plan"] = plan } };
        return new LoginResult(credential, email ?? "Grok")
        {
            AccountId = credential.AccountId, Plan = plan, Warnings = warnings,
            Settings = settings.BaseUrl == XaiSettings.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = settings.BaseUrl },
        };
    }

    private static async Task<string?> PlanOfAsync(OAuthCredential credential, VendorContext context, List<string> warnings, CancellationToken cancellationToken)
    {
        try
        {
            var settings = context.SettingsAs<XaiSettings>();
            using var question = About(settings.BaseUrl, "/billing?format=credits", credential, settings);
            using var billing = await VendorJson.SendAsync(context.Http, question, Name, cancellationToken);
            return XaiBilling.PlanOf(billing.RootElement);
        }
        catch (Exception ex) when (ex is LoginException or HttpRequestException)
        {
            warnings.Add($"{Name} did not say which plan it is ({ex.Message.TrimEnd('.')}). Logins are served with SuperGrok or X Premium+; requests of others are refused.");
            return null;
        }
    }

    /// <summary>The credential that an answer of the token endpoint makes.</summary>
    /// <exception cref="LoginException">There is no token in it.</exception>
    public static OAuthCredential ReadTokens(JsonElement answer, DateTimeOffset now)
        => VendorJson.Text(answer, "access_token") is { } access && HeaderSafe.Check(access)
            ? new OAuthCredential { AccessToken = access, RefreshToken = VendorJson.Text(answer, "refresh_token"), IdToken = VendorJson.Text(answer, "id_token"), Expires = RefreshGrant.ExpiryOf(answer, now) }
            : throw new LoginException($"{Name} answered without a token.");

    /// <summary>The vendor's own by https, or the very place that the owner has configured.</summary>
    private static bool IsTrusted(Uri endpoint, Uri discovery)
        => endpoint.UserInfo.Length == 0 && ((endpoint.Scheme == Uri.UriSchemeHttps && (endpoint.Host == Domain || endpoint.Host.EndsWith("." + Domain, StringComparison.Ordinal)))
            || (endpoint.Scheme == discovery.Scheme && endpoint.Authority == discovery.Authority));
}

using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.OpenRouter;

/// <summary>
/// OpenRouter's OAuth PKCE (openrouter.ai/docs/use-cases/oauth-pkce, 2026-11): there is no client id, the state is not sent back (so it stands in the path), and what the
/// code is redeemed for is a durable API key.
/// </summary>
internal sealed class OpenRouterLogin : IBrowserLogin
{
    private const string Vendor = "OpenRouter";
    private const string Method = "S256";

    /// <inheritdoc/>
    public string Id => "browser";

    /// <inheritdoc/>
    public string Title => "In a browser";

    /// <inheritdoc/>
    public RedirectRule Redirect(VendorContext context) => new() { StateInPath = true };

    /// <inheritdoc/>
    public Uri AddressOf(AuthorizationRequest request, VendorContext context)
        => QueryText.AddressWith(context.SettingsAs<OpenRouterSettings>().AuthorizeUrl, ("callback_url", request.RedirectUri.AbsoluteUri), ("code_challenge", request.Challenge), ("code_challenge_method", Method));

    /// <inheritdoc/>
    public async Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<OpenRouterSettings>();
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{settings.BaseUrl}/auth/keys")
        {
            Content = VendorJson.Body(writer =>
            {
                writer.WriteString("code", code);
                writer.WriteString("code_verifier", request.Verifier);
                writer.WriteString("code_challenge_method", Method);
            }),
        };
        using var answer = await VendorJson.SendAsync(context.Http, message, Vendor, cancellationToken);
        if (VendorJson.Text(answer.RootElement, "key") is not { } key || !HeaderSafe.Check(key)) throw new LoginException($"{Vendor} answered without a key.");
        var user = VendorJson.Text(answer.RootElement, "user_id");
        var result = new LoginResult(new ApiKeyCredential(key), Vendor)
        {
            AccountId = user,
            Settings = settings.BaseUrl == OpenRouterSettings.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = settings.BaseUrl },
        };
        return await DescribeAsync(result, key, settings, context, cancellationToken);
    }

    /// <summary>What the key may do. A key that came is kept whatever is said of it.</summary>
    private static async Task<LoginResult> DescribeAsync(LoginResult result, string key, OpenRouterSettings settings, VendorContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, $"{settings.BaseUrl}/key");
            question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var answer = await VendorJson.SendAsync(context.Http, question, Vendor, cancellationToken);
            if (!answer.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object) return result;
            var isFree = data.TryGetProperty("is_free_tier", out var free) && free.ValueKind == JsonValueKind.True;
            var warnings = new List<string>();
            if (VendorJson.Number(data, "limit") is { } limit) warnings.Add(FormattableString.Invariant($"The key may spend {limit} credits."));
            if (VendorJson.Text(data, "expires_at") is { } end) warnings.Add($"The key expires at {end}; sign in again before.");
            return result with { Plan = isFree ? "free tier" : "pay as you go", Warnings = warnings };
        }
        catch (Exception ex) when (ex is LoginException or HttpRequestException or InvalidOperationException)
        {
            return result with { Warnings = [$"{Vendor} did not say what the key may do ({ex.Message.TrimEnd('.')})."] };
        }
    }
}

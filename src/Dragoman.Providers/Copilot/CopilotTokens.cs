using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// The two kinds of tokens that GitHub gives (wire notes logins-2026-11, section 8): one that Copilot's API takes as it is, and the old one of GitHub Apps (<c>ghu_</c>), which is exchanged for tokens of less than half an hour. Of the
/// old kind the login keeps GitHub's own token in the place of the refresh token; it is not spent by an exchange.
/// </summary>
internal static class CopilotTokens
{
    private const string Vendor = "GitHub";

    /// <summary>Whether a token has to be exchanged.</summary>
    public static bool IsOld(string token) => token.StartsWith("ghu_", StringComparison.Ordinal);

    /// <summary>The token that GitHub's own API takes.</summary>
    public static string OfGitHub(OAuthCredential login) => login.RefreshToken ?? login.AccessToken;

    /// <summary>Exchanges the token of GitHub that a login keeps; else says why there is none.</summary>
    public static async Task<(OAuthCredential? Credential, TokenRefresh Refresh)> ExchangeAsync(OAuthCredential login, VendorContext vendor, CancellationToken cancellationToken)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, $"{CopilotHost.SettingsFor(vendor, login).ApiUrl}/copilot_internal/v2/token");
        question.Headers.TryAddWithoutValidation("Authorization", $"token {OfGitHub(login)}");
        question.Headers.TryAddWithoutValidation("Accept", "application/json");
        question.Headers.TryAddWithoutValidation("X-GitHub-Api-Version", "2022-11-28");
        question.Headers.TryAddWithoutValidation("Editor-Version", Product.UserAgent);
        question.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        using var response = await vendor.Http.SendAsync(question, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode && Read(body, login) is { } renewed) return (renewed, TokenRefresh.Renewed(renewed));
        var words = response.IsSuccessStatusCode ? $"{Vendor} answered without a token." : $"{Vendor} answered {status}{VendorJson.WordsOf(body)}.";
        // A token that GitHub does not know any more is of no use; all else may pass (a plan that is not paid, an organization that has to be asked).
        return (null, status == 401 ? TokenRefresh.Refused(words) : TokenRefresh.Failed(words, mayHaveSpent: false, RetryHints.Read(response.Headers, vendor.Time.GetUtcNow())));
    }

    private static OAuthCredential? Read(byte[] body, OAuthCredential login)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            if (VendorJson.Text(answer.RootElement, "token") is not { } token || !HeaderSafe.Check(token)) return null;
            return login with { AccessToken = token, Expires = VendorJson.Number(answer.RootElement, "expires_at") is > 0 and < 2e11 and var end ? DateTimeOffset.FromUnixTimeSeconds((long)end) : null };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Exchanges tokens of the old kind when a request needs one.</summary>
internal sealed class CopilotTokenRefresher : ITokenRefresher
{
    /// <inheritdoc/>
    public TimeSpan Margin => TimeSpan.FromMinutes(2);

    /// <summary>An account that nobody uses needs no token.</summary>
    public bool OnlyOnUse => true;

    /// <summary>GitHub's own token stays good.</summary>
    public bool SpendsNothing => true;

    /// <inheritdoc/>
    public async Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
        => (await CopilotTokens.ExchangeAsync(credential, vendor, cancellationToken)).Refresh;
}

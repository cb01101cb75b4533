using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Abstractions;

/// <summary>The refresh token grant (RFC 6749, section 6), and what its answers mean for a refresh token that may be good only once.</summary>
internal static class RefreshGrant
{
    /// <summary>The words by which vendors say that a refresh token is not taken any more.</summary>
    private static readonly string[] Refusals = ["invalid_grant", "invalid_refresh_token", "refresh_token_reused", "refresh_token_expired", "refresh_token_invalidated", "expired_token"];

    /// <summary>Sends the request, and reads the new tokens. A vendor that sends no new refresh token keeps the one that it was asked with.</summary>
    /// <param name="vendor">How the vendor is reached.</param>
    /// <param name="request">The request with the refresh token in it.</param>
    /// <param name="credential">The credential that is renewed.</param>
    /// <param name="name">What people call the vendor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TokenRefresh> SendAsync(VendorContext vendor, HttpRequestMessage request, OAuthCredential credential, string name, CancellationToken cancellationToken)
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await vendor.Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (response.IsSuccessStatusCode) return Read(body, credential, vendor.Time.GetUtcNow()) is { } next ? TokenRefresh.Renewed(next) : TokenRefresh.Failed($"{name} answered without tokens", mayHaveSpent: true);
        var status = (int)response.StatusCode;
        var words = $"{name} answered {status}{VendorJson.WordsOf(body)}";
        if (status is 400 or 401 or 403 && VendorJson.ErrorCodeOf(body) is { } code && Refusals.Contains(code, StringComparer.Ordinal)) return TokenRefresh.Refused(words);
        return TokenRefresh.Failed(words, mayHaveSpent: status >= 500, RetryHints.Read(response.Headers, vendor.Time.GetUtcNow()));
    }

    /// <summary>The end of a token's life, as answers of token endpoints say it; null where they do not.</summary>
    public static DateTimeOffset? ExpiryOf(JsonElement answer, DateTimeOffset now) => VendorJson.Number(answer, "expires_in") is > 0 and < 1e9 and var seconds ? now.AddSeconds(seconds) : null;

    private static OAuthCredential? Read(byte[] body, OAuthCredential credential, DateTimeOffset now)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            var root = answer.RootElement;
            if (VendorJson.Text(root, "access_token") is not { } access || !HeaderSafe.Check(access)) return null;
            return credential with
            {
                AccessToken = access,
                RefreshToken = VendorJson.Text(root, "refresh_token") ?? credential.RefreshToken,
                IdToken = VendorJson.Text(root, "id_token") ?? credential.IdToken,
                Expires = ExpiryOf(root, now),
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

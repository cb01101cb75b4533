using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>New tokens for a ChatGPT login. Refresh tokens rotate and are good once (wire notes codex-and-antigravity §B.8).</summary>
internal sealed class ChatGptRefresher : ITokenRefresher
{
    /// <inheritdoc/>
    public async Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<ChatGptSettings>();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.AuthUrl}/oauth/token")
        {
            Content = VendorJson.Body(writer =>
            {
                writer.WriteString("client_id", settings.ClientId);
                writer.WriteString("grant_type", "refresh_token");
                writer.WriteString("refresh_token", credential.RefreshToken);
            }),
        };
        using var response = await vendor.Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
        {
            var (code, words) = VendorJson.ErrorOf(body);
            var reason = words is null ? $"OpenAI answered {status}" : $"OpenAI answered {status}: {words}";
            // 401 is the endpoint's answer to a token that is no good, whatever its code; the codes are refresh_token_expired, refresh_token_reused and refresh_token_invalidated.
            if (status == 401 || code is "invalid_grant" || (code?.StartsWith("refresh_token_", StringComparison.Ordinal) ?? false)) return TokenRefresh.Refused(Meaning(code) ?? reason);
            return TokenRefresh.Failed($"{reason}.", mayHaveSpent: status >= 500, RetryHints.Read(response.Headers, vendor.Time.GetUtcNow()));
        }

        try
        {
            using var answer = JsonDocument.Parse(body);
            if (answer.RootElement.ValueKind == JsonValueKind.Object && ChatGptTokens.Read(answer.RootElement) is { AccessToken: not null } tokens) return TokenRefresh.Renewed(tokens.Renew(credential, vendor.Time));
        }
        catch (JsonException)
        {
            // A page in between: nobody knows what became of the token.
        }

        return TokenRefresh.Failed("OpenAI answered without a token.", mayHaveSpent: true);
    }

    private static string? Meaning(string? code) => code switch
    {
        "refresh_token_expired" => "the login has expired at OpenAI",
        "refresh_token_reused" => "the login's refresh token was used by another program, which has the login now",
        "refresh_token_invalidated" => "the login was revoked at OpenAI",
        _ => null,
    };
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>Ends a ChatGPT login at OpenAI (<c>oauth/revoke</c> with JSON; wire notes logins-2026-11 §2). Revoking the refresh token ends the login; without one the access token is revoked.</summary>
internal sealed class ChatGptSignOut : ISignOut
{
    /// <inheritdoc/>
    public async Task<string?> RevokeAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<ChatGptSettings>();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.AuthUrl}/oauth/revoke")
        {
            Content = VendorJson.Body(writer =>
            {
                writer.WriteString("token", credential.RefreshToken ?? credential.AccessToken);
                writer.WriteString("token_type_hint", credential.RefreshToken is null ? "access_token" : "refresh_token");
                if (credential.RefreshToken is not null) writer.WriteString("client_id", settings.ClientId);
            }),
        };
        try
        {
            using var response = await vendor.Http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return null;
            var (code, words) = VendorJson.ErrorOf(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            // A token that is not known any more is as good as revoked.
            if (code is "invalid_token" or "token_revoked" or "refresh_token_invalidated" or "refresh_token_expired") return null;
            return words is null ? $"OpenAI answered {(int)response.StatusCode}." : $"OpenAI answered {(int)response.StatusCode}: {words}.";
        }
        catch (HttpRequestException ex)
        {
            return $"OpenAI could not be reached: {ex.Message}";
        }
    }
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>Renews a login from the device that it was made on.</summary>
internal sealed class KimiTokenRefresher : ITokenRefresher
{
    /// <inheritdoc/>
    public async Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<KimiSettings>();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.AuthUrl}/api/oauth/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", credential.RefreshToken ?? ""), new("client_id", settings.ClientId)]),
        };
        KimiDevice.Describe(request.Headers, settings.Platform, settings.PlatformVersion, KimiDevice.IdOf(credential));
        return await RefreshGrant.SendAsync(vendor, request, credential, KimiLogin.Vendor, cancellationToken);
    }
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>Renews a login at the token endpoint that the discovery document names.</summary>
internal sealed class XaiTokenRefresher : ITokenRefresher
{
    /// <inheritdoc/>
    public async Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        string endpoint;
        try
        {
            endpoint = await XaiVendor.FindTokenEndpointAsync(vendor, cancellationToken);
        }
        catch (Exception ex) when (ex is LoginException or HttpRequestException)
        {
            return TokenRefresh.Failed(ex.Message, mayHaveSpent: false);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", credential.RefreshToken ?? ""), new("client_id", vendor.SettingsAs<XaiSettings>().ClientId)]),
        };
        return await RefreshGrant.SendAsync(vendor, request, credential, XaiVendor.Name, cancellationToken);
    }
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>Renews a login. Every refresh token is good once; when the login itself has ended (about 30 days), the answer is <c>invalid_grant</c>.</summary>
internal sealed class ClaudeTokenRefresher : ITokenRefresher
{
    /// <inheritdoc/>
    public TimeSpan Margin => TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public async Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<ClaudeSubscriptionSettings>();
        using var request = ClaudeVendor.ToTokens(settings, writer =>
        {
            writer.WriteString("grant_type", "refresh_token");
            writer.WriteString("refresh_token", credential.RefreshToken);
            writer.WriteString("client_id", settings.ClientId);
        });
        return await RefreshGrant.SendAsync(vendor, request, credential, ClaudeVendor.Name, cancellationToken);
    }
}

using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>xAI's device flow (RFC 8628), for any machine.</summary>
internal sealed class XaiDeviceLogin : IDeviceLogin
{
    private const string EndpointKey = "token-endpoint";

    /// <inheritdoc/>
    public string Id => "device";

    /// <inheritdoc/>
    public string Title => "With a code at xAI";

    /// <inheritdoc/>
    public async Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<XaiSettings>();
        var endpoint = await XaiVendor.FindTokenEndpointAsync(context, cancellationToken);
        var authorization = await DeviceGrant.BeginAsync(context.Http, settings.DeviceUrl, settings.ClientId, settings.Scope, XaiVendor.Name, cancellationToken);
        return authorization with { Extra = new Dictionary<string, string> { [EndpointKey] = endpoint } };
    }

    /// <inheritdoc/>
    public async Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<XaiSettings>();
        var (wait, tokens) = await DeviceGrant.PollAsync(context.Http, authorization.Extra[EndpointKey], settings.ClientId, authorization.DeviceCode, XaiVendor.Name, cancellationToken);
        if (wait is not null) return wait;
        if (tokens?.AccessToken is not { } access || !HeaderSafe.Check(access)) throw new LoginException($"{XaiVendor.Name} answered without a token.");
        var credential = new OAuthCredential
        {
            AccessToken = access, RefreshToken = tokens.RefreshToken, IdToken = tokens.IdentityToken, Expires = tokens.ExpiresIn > 0 ? context.Time.GetUtcNow().AddSeconds(tokens.ExpiresIn) : null,
        };
        return new DevicePoll(await XaiVendor.DescribeAsync(credential, context, cancellationToken));
    }
}

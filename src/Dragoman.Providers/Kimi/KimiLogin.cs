using System.Buffers.Text;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>Kimi's device flow (RFC 8628). The access token is a JWT that says whose it is.</summary>
internal sealed class KimiLogin : IDeviceLogin
{
    /// <summary>What people call the vendor.</summary>
    public const string Vendor = "Kimi";

    private const int MostLetters = 64 * 1024;

    /// <inheritdoc/>
    public string Id => "device";

    /// <inheritdoc/>
    public string Title => "With a code at Kimi";

    /// <inheritdoc/>
    public async Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var (settings, device) = (context.SettingsAs<KimiSettings>(), KimiDevice.CreateId());
        using var http = KimiDevice.Invoker(context.Http, settings, device);
        var authorization = await DeviceGrant.BeginAsync(http, $"{settings.AuthUrl}/api/oauth/device_authorization", settings.ClientId, "", Vendor, cancellationToken);
        return authorization with { Extra = new Dictionary<string, string> { [KimiDevice.IdKey] = device } };
    }

    /// <inheritdoc/>
    public async Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken)
    {
        var (settings, device) = (context.SettingsAs<KimiSettings>(), authorization.Extra[KimiDevice.IdKey]);
        using var http = KimiDevice.Invoker(context.Http, settings, device);
        var (wait, tokens) = await DeviceGrant.PollAsync(http, $"{settings.AuthUrl}/api/oauth/token", settings.ClientId, authorization.DeviceCode, Vendor, cancellationToken);
        if (wait is not null) return wait;
        if (tokens?.AccessToken is not { } access || !HeaderSafe.Check(access)) throw new LoginException($"{Vendor} answered without a token.");
        return new DevicePoll(Describe(
            new OAuthCredential
            {
                AccessToken = access, RefreshToken = tokens.RefreshToken, Expires = tokens.ExpiresIn > 0 ? context.Time.GetUtcNow().AddSeconds(tokens.ExpiresIn) : null,
                Extra = new Dictionary<string, string> { [KimiDevice.IdKey] = device },
            },
            settings));
    }

    /// <summary>The login with its owner (wire notes logins-2026-11, section 6, "Account id").</summary>
    public static LoginResult Describe(OAuthCredential credential, KimiSettings settings)
    {
        var owned = credential with { AccountId = OwnerOf(credential.AccessToken) ?? credential.AccountId };
        return new LoginResult(owned, "Kimi Code")
        {
            AccountId = owned.AccountId,
            Settings = settings.BaseUrl == KimiSettings.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = settings.BaseUrl },
            Warnings = owned.AccountId is null ? [$"{Vendor}'s token does not say whose it is; signing in once more would add another account instead of renewing this one."] : [],
        };
    }

    /// <summary>What the token's claims say of its owner: <c>user_id</c>, else <c>sub</c>. The vendor's own token needs no proof here: it comes straight from it, and decides nothing but what the account is called by.</summary>
    public static string? OwnerOf(string token)
    {
        if (token.Split('.') is not [_, { Length: < MostLetters } claims, _] || !Base64Url.IsValid(claims)) return null;
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            return VendorJson.Text(json.RootElement, "user_id") ?? VendorJson.Text(json.RootElement, "sub");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

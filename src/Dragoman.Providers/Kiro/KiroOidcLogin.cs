using System.Net;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Signing in at AWS with a code: Builder ID, or the owner's Identity Center (kiro-and-bedrock §B.14). The gateway registers itself for each login, and keeps the registration's secret with the tokens, because they
/// are renewed with it.
/// </summary>
/// <param name="isBuilder">Whether it is the Builder ID.</param>
internal sealed class KiroOidcLogin(bool isBuilder) : IDeviceLogin
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";
    /// <summary>The word by which a region is wished for.</summary>
    public const string Region = "region";

    private static readonly SettingField StartField = new(KiroExtra.StartUrl, SettingType.Address, "The start page of your Identity Center, like https://d-0000000000.awsapps.com/start. Left out: that of providers.kiro.start-url.");

    private static readonly SettingField RegionField = new(Region, SettingType.Text, "The AWS region of the login, like us-east-1. Left out: providers.kiro.oidc-region; for Builder ID us-east-1.");

    /// <inheritdoc/>
    public string Id => isBuilder ? "builder-id" : "identity-center";

    /// <inheritdoc/>
    public string Title => isBuilder ? "With a code, by an AWS Builder ID" : "With a code, at your company's IAM Identity Center";

    /// <inheritdoc/>
    public IReadOnlyList<SettingField> Inputs { get; } = isBuilder ? [RegionField] : [StartField, RegionField];

    /// <inheritdoc/>
    public async Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<KiroSettings>();
        var start = isBuilder ? settings.BuilderStartUrl : StartPageOf(context) ?? settings.StartUrl ?? throw new LoginException("The start page of your Identity Center is not known.") { Fix = "Enter it, with its region where that is not us-east-1; or set providers.kiro.start-url and providers.kiro.oidc-region." };
        var region = RegionOf(context) ?? (isBuilder ? KiroAddress.DefaultRegion : settings.OidcRegion);
        var service = KiroAddress.In(settings.OidcUrl, region);
        using var registration = KiroVendor.Post($"{service}/client/register", writer =>
        {
            writer.WriteString("clientName", settings.ClientName);
            writer.WriteString("clientType", "public");
            writer.WriteString("issuerUrl", start);
            writer.WriteStartArray("grantTypes");
            writer.WriteStringValue(Grant);
            writer.WriteStringValue("refresh_token");
            writer.WriteEndArray();
            writer.WriteStartArray("scopes");
            foreach (var scope in settings.Scopes) writer.WriteStringValue(scope);
            writer.WriteEndArray();
        });
        var registered = await AskAsync(context, registration, cancellationToken);
        if (!registered.IsSuccess) throw new LoginException($"{registered.Describe(KiroVendor.Aws)}.");
        if (registered.Json is not { } client || VendorJson.Text(client, "clientId") is not { } id || VendorJson.Text(client, "clientSecret") is not { } secret) throw new LoginException($"{KiroVendor.Aws} answered without a registration.");
        using var question = KiroVendor.Post($"{service}/device_authorization", writer =>
        {
            writer.WriteString("clientId", id);
            writer.WriteString("clientSecret", secret);
            writer.WriteString("startUrl", start);
        });
        var answer = await AskAsync(context, question, cancellationToken);
        if (!answer.IsSuccess) throw new LoginException($"{answer.Describe(KiroVendor.Aws)}.");
        if (answer.Json is not { } code || VendorJson.Text(code, "deviceCode") is not { } device || VendorJson.Text(code, "userCode") is not { } user || KiroVendor.WebAddress(VendorJson.Text(code, "verificationUri")) is not { } place)
            throw new LoginException($"{KiroVendor.Aws} answered without a code.");
        return new DeviceAuthorization(device, user, place, TimeSpan.FromSeconds(VendorJson.Number(code, "expiresIn") is > 0 and < 86_400 and var life ? life : 600), TimeSpan.FromSeconds(VendorJson.Number(code, "interval") is > 0 and < 600 and var pace ? pace : 5))
        {
            CompleteAddress = KiroVendor.WebAddress(VendorJson.Text(code, "verificationUriComplete")),
            Extra = new Dictionary<string, string> { [KiroExtra.ClientId] = id, [KiroExtra.ClientSecret] = secret, [Region] = region, [KiroExtra.StartUrl] = start },
        };
    }

    /// <inheritdoc/>
    public async Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<KiroSettings>();
        var (id, secret, region) = (authorization.Extra[KiroExtra.ClientId], authorization.Extra[KiroExtra.ClientSecret], authorization.Extra[Region]);
        using var question = KiroVendor.Post($"{KiroAddress.In(settings.OidcUrl, region)}/token", writer =>
        {
            writer.WriteString("clientId", id);
            writer.WriteString("clientSecret", secret);
            writer.WriteString("grantType", Grant);
            writer.WriteString("deviceCode", authorization.DeviceCode);
        });
        var answer = await AskAsync(context, question, cancellationToken);
        if (!answer.IsSuccess)
        {
            return answer.Error switch
            {
                "authorization_pending" => DevicePoll.Pending,
                "slow_down" => new DevicePoll(null, SlowDown: true),
                "expired_token" => throw new LoginException($"The code has expired before it was entered at {KiroVendor.Aws}.") { Fix = "Begin another login." },
                "access_denied" => throw new LoginException($"The login was refused at {KiroVendor.Aws}."),
                _ => throw new LoginException($"{answer.Describe(KiroVendor.Aws)}."),
            };
        }

        var extra = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [KiroExtra.Method] = KiroExtra.Oidc, [KiroExtra.IdentityProvider] = isBuilder ? "BuilderId" : "Enterprise", [KiroExtra.ClientId] = id, [KiroExtra.OidcRegion] = region,
            [KiroExtra.StartUrl] = authorization.Extra[KiroExtra.StartUrl],
        };
        return new DevicePoll(await KiroIdentity.DescribeAsync(KiroVendor.NewTokens(answer, extra, secret, context, KiroVendor.Aws), context, cancellationToken));
    }

    /// <summary>The start page that is wished for this login. AWS is told of it; the gateway never opens it.</summary>
    private static string? StartPageOf(VendorContext context)
    {
        if (!context.Wishes.TryGetValue(KiroExtra.StartUrl, out var text)) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var page) && page is { Scheme: "https", UserInfo: "" } ? text : throw new LoginException("The start page of an Identity Center is an https address.") { Fix = "Write it like https://d-0000000000.awsapps.com/start." };
    }

    /// <summary>The region that is wished for this login, which becomes a part of a host's name.</summary>
    private static string? RegionOf(VendorContext context)
    {
        if (!context.Wishes.TryGetValue(Region, out var text)) return null;
        return KiroAddress.IsRegion(text) ? text : throw new LoginException($"'{text}' is not an AWS region.") { Fix = "Write it like us-east-1." };
    }

    /// <summary>What may pass is asked again: the service answers 500 while it is busy.</summary>
    private static async Task<KiroAnswer> AskAsync(VendorContext context, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await KiroVendor.AskAsync(context, request, cancellationToken);
        return answer.Status == HttpStatusCode.TooManyRequests || answer.Code >= 500 ? throw new HttpRequestException($"{KiroVendor.Aws} answered {answer.Code}.") : answer;
    }
}

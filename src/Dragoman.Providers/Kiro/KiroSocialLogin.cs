using System.Net;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>Signing in with Google or GitHub and a code, as Kiro's command line does it (kiro-and-bedrock §B.15): times are in milliseconds, and while the code is not entered the answer is 200.</summary>
/// <param name="provider">Whom people have an account with, as Kiro spells it.</param>
internal sealed class KiroSocialLogin(string provider) : IDeviceLogin
{
    /// <inheritdoc/>
    public string Id => provider.ToLowerInvariant();

    /// <inheritdoc/>
    public string Title => $"With a code, by {KiroPortalLogin.NameOf(provider)}";

    /// <inheritdoc/>
    public async Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<KiroSettings>();
        using var question = KiroVendor.Post($"{settings.AuthUrl}/oauth/device/authorization", writer =>
        {
            writer.WriteString("clientId", settings.DeviceClientId);
            writer.WriteString("loginProvider", provider);
        });
        var answer = await AskAsync(context, question, cancellationToken);
        if (!answer.IsSuccess) throw new LoginException($"{answer.Describe(KiroVendor.Name)}.");
        if (answer.Json is not { } code || VendorJson.Text(code, "deviceCode") is not { } device || VendorJson.Text(code, "userCode") is not { } user || KiroVendor.WebAddress(VendorJson.Text(code, "verificationUri")) is not { } place)
            throw new LoginException($"{KiroVendor.Name} answered without a code.");
        var life = VendorJson.Number(code, "expiresInMilliseconds") is > 0 and < 86_400_000 and var stated ? stated : 600_000;
        var pace = VendorJson.Number(code, "intervalInMilliseconds") is > 0 and < 600_000 and var wanted ? wanted : 5_000;
        return new DeviceAuthorization(device, user, place, TimeSpan.FromMilliseconds(life), TimeSpan.FromMilliseconds(pace)) { CompleteAddress = KiroVendor.WebAddress(VendorJson.Text(code, "verificationUriComplete")) };
    }

    /// <inheritdoc/>
    public async Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<KiroSettings>();
        using var question = KiroVendor.Post($"{settings.AuthUrl}/oauth/device/poll", writer =>
        {
            writer.WriteString("clientId", settings.DeviceClientId);
            writer.WriteString("deviceCode", authorization.DeviceCode);
        });
        var answer = await AskAsync(context, question, cancellationToken);
        var state = answer.Json is { } json ? VendorJson.Text(json, "status") ?? VendorJson.Text(json, "error") : null;
        if (answer.IsSuccess && state is null or "success" or "authorized")
        {
            var extra = new Dictionary<string, string>(StringComparer.Ordinal) { [KiroExtra.Method] = KiroExtra.Social, [KiroExtra.IdentityProvider] = provider };
            return new DevicePoll(await KiroIdentity.DescribeAsync(KiroVendor.NewTokens(answer, extra, null, context, KiroVendor.Name), context, cancellationToken));
        }

        return state switch
        {
            "authorization_pending" => DevicePoll.Pending,
            "slow_down" => new DevicePoll(null, SlowDown: true),
            "expired_token" => throw new LoginException($"The code has expired before it was entered at {KiroVendor.Name}.") { Fix = "Begin another login." },
            "access_denied" => throw new LoginException($"The login was refused at {KiroVendor.Name}."),
            _ => throw new LoginException(answer.IsSuccess ? $"{KiroVendor.Name} refuses the login ({state})." : $"{answer.Describe(KiroVendor.Name)}."),
        };
    }

    private static async Task<KiroAnswer> AskAsync(VendorContext context, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await KiroVendor.AskAsync(context, request, cancellationToken);
        return answer.Status == HttpStatusCode.TooManyRequests || answer.Code >= 500 ? throw new HttpRequestException($"{KiroVendor.Name} answered {answer.Code}.") : answer;
    }
}

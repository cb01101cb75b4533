using System.Globalization;
using System.Net;
using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// OpenAI's own form of the device flow (wire notes codex-and-antigravity §B.8): a code that was not entered yet is answered with 403 or 404, and one that was with an authorization code and the
/// vendor's own verifier.
/// </summary>
internal sealed class ChatGptDeviceLogin : IDeviceLogin
{
    private const string Vendor = "OpenAI";
    private static readonly TimeSpan Term = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Id => "device";

    /// <inheritdoc/>
    public string Title => "With a code, where there is no browser";

    /// <inheritdoc/>
    public async Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<ChatGptSettings>();
        using var response = await PostAsync(context, "usercode", cancellationToken, ("client_id", settings.ClientId));
        if (response.StatusCode == HttpStatusCode.NotFound) throw new LoginException($"{Vendor} offers no sign-in with a code here.") { Fix = "Sign in in a browser instead." };
        using var answer = await VendorJson.ReadAsync(response, Vendor, cancellationToken);
        var root = answer.RootElement;
        if (VendorJson.Text(root, "device_auth_id") is not { } device || (VendorJson.Text(root, "user_code") ?? VendorJson.Text(root, "usercode")) is not { } code)
            throw new LoginException($"{Vendor} answered without a code.");
        // The interval is a text.
        var interval = double.TryParse(VendorJson.Text(root, "interval"), CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 600 ? TimeSpan.FromSeconds(seconds) : UsualInterval;
        return new DeviceAuthorization(device, code, new Uri($"{settings.AuthUrl}/codex/device"), Term, interval);
    }

    /// <inheritdoc/>
    public async Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(context, "token", cancellationToken, ("device_auth_id", authorization.DeviceCode), ("user_code", authorization.UserCode));
        switch ((int)response.StatusCode)
        {
            case 403 or 404:
                return DevicePoll.Pending;
            case 429:
                return new DevicePoll(null, SlowDown: true, response.Headers.RetryAfter?.Delta);
        }

        using var answer = await VendorJson.ReadAsync(response, Vendor, cancellationToken);
        if (VendorJson.Text(answer.RootElement, "authorization_code") is not { } code || VendorJson.Text(answer.RootElement, "code_verifier") is not { } verifier)
            throw new LoginException($"{Vendor} answered without an authorization code.");
        try
        {
            return new DevicePoll(await ChatGptTokens.RedeemAsync(code, $"{context.SettingsAs<ChatGptSettings>().AuthUrl}/deviceauth/callback", verifier, context, cancellationToken));
        }
        catch (HttpRequestException ex)
        {
            // The code may be spent: asking for it once more would say nothing better.
            throw new LoginException($"{Vendor} has taken the code, but its tokens did not come: {ex.Message}", ex) { Fix = "Begin another login." };
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(VendorContext context, string step, CancellationToken cancellationToken, params (string Name, string Value)[] members)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{context.SettingsAs<ChatGptSettings>().AuthUrl}/api/accounts/deviceauth/{step}")
        {
            Content = VendorJson.Body(writer =>
            {
                foreach (var (name, value) in members) writer.WriteString(name, value);
            }),
        };
        var response = await context.Http.SendAsync(request, cancellationToken);
        if ((int)response.StatusCode < 500) return response;
        var status = (int)response.StatusCode;
        response.Dispose();
        throw new HttpRequestException($"{Vendor} answered {status}.");
    }
}

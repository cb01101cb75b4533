using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;
using Duende.IdentityModel.Client;

namespace Dragoman.Providers.Abstractions;

/// <summary>The device authorization grant (RFC 8628) as its vendors speak it: some answer 200 to a refusal, some 400.</summary>
internal static class DeviceGrant
{
    private static readonly TimeSpan UsualTerm = TimeSpan.FromMinutes(15);

    /// <summary>Asks for a code.</summary>
    /// <param name="http">Reaches the vendor.</param>
    /// <param name="address">The device authorization endpoint.</param>
    /// <param name="clientId">The client id.</param>
    /// <param name="scope">The scopes.</param>
    /// <param name="vendor">What people call the vendor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DeviceAuthorization> BeginAsync(HttpMessageInvoker http, string address, string clientId, string scope, string vendor, CancellationToken cancellationToken)
    {
        using var request = new DeviceAuthorizationRequest { Address = address, ClientId = clientId, Scope = scope, ClientCredentialStyle = ClientCredentialStyle.PostBody };
        var answer = await http.RequestDeviceAuthorizationAsync(request, cancellationToken);
        ThrowIfUnreachable(answer, vendor);
        if (answer.IsError) throw new LoginException($"{vendor} gives no code: {WordsOf(answer.Error, answer.ErrorDescription)}.");
        if (answer.DeviceCode is not { Length: > 0 } device || answer.UserCode is not { Length: > 0 } user || !IsWeb(answer.VerificationUri, out var place)) throw new LoginException($"{vendor} answered without a code.");
        return new DeviceAuthorization(device, user, place, answer.ExpiresIn is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : UsualTerm, TimeSpan.FromSeconds(answer.Interval))
        {
            CompleteAddress = IsWeb(answer.VerificationUriComplete, out var complete) ? complete : null,
        };
    }

    /// <summary>Asks whether the code was entered: what to wait for, or the answer with the tokens.</summary>
    public static async Task<(DevicePoll? Wait, TokenResponse? Tokens)> PollAsync(HttpMessageInvoker http, string address, string clientId, string deviceCode, string vendor, CancellationToken cancellationToken)
    {
        using var request = new DeviceTokenRequest { Address = address, ClientId = clientId, DeviceCode = deviceCode, ClientCredentialStyle = ClientCredentialStyle.PostBody };
        var answer = await http.RequestDeviceTokenAsync(request, cancellationToken);
        ThrowIfUnreachable(answer, vendor);
        if (!answer.IsError) return (null, answer);
        return answer.Error switch
        {
            "authorization_pending" => (DevicePoll.Pending, null),
            "slow_down" => (new DevicePoll(null, SlowDown: true, answer.Json is { } json && VendorJson.Number(json, "interval") is > 0 and < 600 and var interval ? TimeSpan.FromSeconds(interval) : null), null),
            "expired_token" => throw new LoginException($"The code has expired before it was entered at {vendor}.") { Fix = "Begin another login." },
            "access_denied" => throw new LoginException($"The login was refused at {vendor}."),
            _ => throw new LoginException($"{vendor} refuses the login: {WordsOf(answer.Error, answer.ErrorDescription)}."),
        };
    }

    /// <summary>What did not come through is asked again; the library puts it into its answer.</summary>
    private static void ThrowIfUnreachable(ProtocolResponse answer, string vendor)
    {
        switch (answer.Exception)
        {
            case HttpRequestException broken:
                throw new HttpRequestException(broken.Message, broken);
            case OperationCanceledException cancelled:
                throw new OperationCanceledException(cancelled.Message, cancelled);
            case JsonException odd:
                throw new LoginException($"{vendor} answered something that is no JSON.", odd);
            case { } other:
                throw new LoginException($"{vendor} could not be asked ({other.GetType().Name}).", other);
        }

        if ((int)answer.HttpStatusCode is 429 or >= 500) throw new HttpRequestException($"{vendor} answered {(int)answer.HttpStatusCode}.");
    }

    private static string WordsOf(string? error, string? description) => (description is { Length: > 0 } ? $"{error}: {description}" : error ?? "unknown").TrimEnd('.');

    /// <summary>Only web addresses are shown: what a vendor answers is opened in a browser.</summary>
    private static bool IsWeb(string? text, out Uri address)
        => Uri.TryCreate(text, UriKind.Absolute, out address!) && address.Scheme is "https" or "http";
}

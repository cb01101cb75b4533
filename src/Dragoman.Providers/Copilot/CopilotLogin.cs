using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// GitHub's device flow (docs.github.com, "Authorizing OAuth apps"; refusals are answered with 200), then what GitHub says of the user's Copilot: plan, quota and the address
/// of the API that the plan is served at (<c>copilot_internal/user</c>, as of 2026-11). The token does not expire and is sent as it is; one of the old kind is exchanged for tokens that do.
/// </summary>
internal sealed class CopilotLogin : IDeviceLogin
{
    private const string Vendor = "GitHub";

    /// <inheritdoc/>
    public string Id => "device";

    /// <inheritdoc/>
    public string Title => "With a code at GitHub";

    /// <inheritdoc/>
    public IReadOnlyList<SettingField> Inputs { get; } = [CopilotHost.Field];

    /// <inheritdoc/>
    public Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken)
    {
        var settings = CopilotHost.SettingsFor(context);
        return DeviceGrant.BeginAsync(context.Http, $"{settings.LoginUrl}/login/device/code", settings.ClientId, settings.Scope, Vendor, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = CopilotHost.SettingsFor(context);
        var (wait, tokens) = await DeviceGrant.PollAsync(context.Http, $"{settings.LoginUrl}/login/oauth/access_token", settings.ClientId, authorization.DeviceCode, Vendor, cancellationToken);
        if (wait is not null) return wait;
        if (tokens?.AccessToken is not { } token || !HeaderSafe.Check(token)) throw new LoginException($"{Vendor} answered without a token.");
        try
        {
            return new DevicePoll(await DescribeAsync(token, settings, context, cancellationToken));
        }
        catch (HttpRequestException ex)
        {
            // The device code is spent by now: asking for it once more would say nothing better.
            throw new LoginException($"{Vendor} gave a token, but did not say whose it is: {ex.Message}", ex) { Fix = "Begin another login." };
        }
    }

    /// <summary>The login of a token that another program has.</summary>
    /// <exception cref="LoginException">It cannot be used, or GitHub refuses it.</exception>
    public static Task<LoginResult> TakeOverAsync(string token, VendorContext context, CancellationToken cancellationToken)
    {
        if (!HeaderSafe.Check(token)) throw new LoginException("The token in this file contains a character that no header can carry.");
        return DescribeAsync(token, context.SettingsAs<CopilotSettings>(), context, cancellationToken);
    }

    private static async Task<LoginResult> DescribeAsync(string token, CopilotSettings settings, VendorContext context, CancellationToken cancellationToken)
    {
        using var user = await AskAsync($"{settings.ApiUrl}/user", token, context, cancellationToken);
        using var copilot = await AskAsync($"{settings.ApiUrl}/copilot_internal/user", token, context, cancellationToken);
        var id = VendorJson.Text(user.RootElement, "id") ?? throw new LoginException($"{Vendor} did not say whose token it is.");
        var host = new Uri(settings.LoginUrl).Host;
        var plan = VendorJson.Text(copilot.RootElement, "copilot_plan");
        var extra = new Dictionary<string, string>(StringComparer.Ordinal);
        if (plan is not null) extra["plan"] = plan;
        CopilotHost.Keep(extra, settings, context);
        var credential = new OAuthCredential
        {
            // Ids of users are unique at one GitHub; an enterprise's own counts by itself.
            AccessToken = token, AccountId = id, OrganizationId = settings.LoginUrl == CopilotSettings.Defaults.LoginUrl ? null : host,
            Extra = extra,
        };
        if (CopilotTokens.IsOld(token))
        {
            var (exchanged, refresh) = await CopilotTokens.ExchangeAsync(credential with { RefreshToken = token }, context, cancellationToken);
            credential = exchanged ?? throw new LoginException(refresh.Reason!) { Fix = "Set providers.github-copilot.client-id to that of an OAuth app, whose tokens need no exchange." };
        }

        return new LoginResult(credential, VendorJson.Text(user.RootElement, "login") ?? id)
        {
            AccountId = credential.AccountId, OrganizationId = credential.OrganizationId, Plan = plan, Settings = AddressOf(copilot.RootElement, settings), Warnings = WarningsOf(copilot.RootElement, plan),
        };
    }

    private static async Task<JsonDocument> AskAsync(string address, string token, VendorContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Authorization", $"token {token}");
        request.Headers.TryAddWithoutValidation("X-GitHub-Api-Version", "2022-11-28");
        return await VendorJson.SendAsync(context.Http, request, Vendor, cancellationToken);
    }

    /// <summary>The address that the plan is served at: https, or the scheme that the owner has configured for GitHub's own API.</summary>
    private static Dictionary<string, string> AddressOf(JsonElement copilot, CopilotSettings settings)
    {
        var settled = new Dictionary<string, string>(StringComparer.Ordinal);
        if (copilot.TryGetProperty("endpoints", out var endpoints) && VendorJson.Text(endpoints, "api") is { } text && Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == new Uri(settings.ApiUrl).Scheme) && address is { Query: "", UserInfo: "" })
        {
            settled["base-url"] = text.TrimEnd('/');
        }

        return settled;
    }

    private static List<string> WarningsOf(JsonElement copilot, string? plan)
    {
        var warnings = new List<string>();
        if (plan is null) warnings.Add("GitHub names no Copilot plan for this user; requests may be refused.");
        if (copilot.TryGetProperty("quota_snapshots", out var quotas) && quotas.ValueKind == JsonValueKind.Object && quotas.TryGetProperty("premium_interactions", out var premium)
            && VendorJson.Number(premium, "remaining") is { } remaining && VendorJson.Number(premium, "entitlement") is > 0 and var whole)
        {
            warnings.Add(FormattableString.Invariant($"{remaining} of {whole} premium requests are left{(VendorJson.Text(copilot, "quota_reset_date") is { } reset ? $" until {reset}" : "")}."));
        }

        return warnings;
    }
}

using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// Whose login it is and which plan it has, from what the token endpoint said, else the profile, else the start-up call of the vendor's program, which a setup token may ask as well (wire notes logins-2026-11,
/// section 1). One e-mail address may own several organizations, so account and organization count together.
/// </summary>
internal sealed record ClaudeIdentity
{
    private string? AccountId { get; init; }

    private string? Email { get; init; }

    private string? OrganizationId { get; init; }

    private string? Organization { get; init; }

    private string? Plan { get; init; }

    private string? Tier { get; init; }

    /// <summary>What an answer of the token endpoint says.</summary>
    public static ClaudeIdentity FromTokens(JsonElement answer)
    {
        var (account, organization) = (VendorJson.Object(answer, "account"), VendorJson.Object(answer, "organization"));
        return new ClaudeIdentity
        {
            AccountId = account is { } a ? VendorJson.Text(a, "uuid") : null, Email = account is { } b ? VendorJson.Text(b, "email_address") ?? VendorJson.Text(b, "email") : null,
            OrganizationId = organization is { } c ? VendorJson.Text(c, "uuid") : null, Organization = organization is { } d ? VendorJson.Text(d, "name") : null,
        };
    }

    /// <summary>The login with all that can be learnt of it. Tokens that came are kept whatever is said of them.</summary>
    /// <param name="credential">The tokens.</param>
    /// <param name="known">What is known already.</param>
    /// <param name="context">How the vendor is reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LoginResult> DescribeAsync(OAuthCredential credential, ClaudeIdentity known, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<ClaudeSubscriptionSettings>();
        var warnings = new List<string>();
        var (profile, problem) = await AskAsync("/api/oauth/profile", credential.AccessToken, context, cancellationToken);
        var identity = profile is null ? known : known.With(ReadProfile(profile.RootElement));
        profile?.Dispose();
        if (identity.AccountId is null)
        {
            var (bootstrap, _) = await AskAsync("/api/claude_cli/bootstrap?entrypoint=cli", credential.AccessToken, context, cancellationToken);
            if (bootstrap is not null) identity = identity.With(ReadBootstrap(bootstrap.RootElement));
            bootstrap?.Dispose();
        }

        if (identity.AccountId is null) warnings.Add($"{ClaudeVendor.Name} did not say whose login it is{(problem is null ? "" : $" ({problem.TrimEnd('.')})")}; signing in once more would add another account instead of renewing this one.");
        if (identity.Plan == "free") warnings.Add("The account has no paid plan; requests will be refused.");
        var extra = new Dictionary<string, string>(credential.Extra, StringComparer.Ordinal);
        if (identity.Plan is { } plan) extra["plan"] = plan;
        if (identity.Tier is { } tier) extra["tier"] = tier;
        var owned = credential with { AccountId = identity.AccountId ?? credential.AccountId, OrganizationId = identity.OrganizationId ?? credential.OrganizationId, Extra = extra };
        return new LoginResult(owned, identity.Email ?? identity.Organization ?? "Claude")
        {
            AccountId = owned.AccountId, OrganizationId = owned.OrganizationId, Organization = identity.Organization, Plan = identity.Plan, Warnings = warnings,
            Settings = settings.ApiUrl == ClaudeSubscriptionSettings.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = settings.ApiUrl },
        };
    }

    /// <summary>The plan that a profile tells of: <c>max</c>, <c>pro</c>, <c>team</c>, <c>enterprise</c>, <c>free</c>; null where it tells nothing.</summary>
    public static string? PlanOf(JsonElement profile)
    {
        if (VendorJson.Object(profile, "organization") is { } organization && VendorJson.Text(organization, "organization_type") is { } type)
            return type.StartsWith("claude_", StringComparison.Ordinal) ? type["claude_".Length..] : type;
        if (VendorJson.Object(profile, "account") is not { } account) return null;
        return IsTrue(account, "has_claude_max") ? "max" : IsTrue(account, "has_claude_pro") ? "pro" : account.TryGetProperty("has_claude_pro", out _) ? "free" : null;
    }

    private static ClaudeIdentity ReadProfile(JsonElement profile) => FromTokens(profile) with
    {
        Plan = PlanOf(profile),
        Tier = VendorJson.Object(profile, "organization") is { } organization ? VendorJson.Text(organization, "rate_limit_tier") : null,
    };

    private static ClaudeIdentity ReadBootstrap(JsonElement bootstrap) => VendorJson.Object(bootstrap, "oauth_account") is not { } account ? new ClaudeIdentity() : new ClaudeIdentity
    {
        AccountId = VendorJson.Text(account, "account_uuid"), Email = VendorJson.Text(account, "account_email"), OrganizationId = VendorJson.Text(account, "organization_uuid"),
        Organization = VendorJson.Text(account, "organization_name"),
    };

    private static async Task<(JsonDocument? Answer, string? Problem)> AskAsync(string path, string accessToken, VendorContext context, CancellationToken cancellationToken)
    {
        try
        {
            var settings = context.SettingsAs<ClaudeSubscriptionSettings>();
            using var question = ClaudeVendor.About(settings.ApiUrl, path, accessToken, settings);
            return (await VendorJson.SendAsync(context.Http, question, ClaudeVendor.Name, cancellationToken), null);
        }
        catch (Exception ex) when (ex is LoginException or HttpRequestException)
        {
            return (null, ex.Message);
        }
    }

    private static bool IsTrue(JsonElement value, string name) => value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.True;

    private ClaudeIdentity With(ClaudeIdentity more) => new()
    {
        AccountId = AccountId ?? more.AccountId, Email = Email ?? more.Email, OrganizationId = OrganizationId ?? more.OrganizationId, Organization = Organization ?? more.Organization,
        Plan = Plan ?? more.Plan, Tier = Tier ?? more.Tier,
    };
}

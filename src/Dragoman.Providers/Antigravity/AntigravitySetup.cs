using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>
/// Finds project and tier of a login in the order that the service wants: <c>loadCodeAssist</c>; again with the project where it named no paid tier; where there is no project <c>onboardUser</c>, asked about by the
/// name of its operation, and <c>loadCodeAssist</c> once more (wire notes logins-2026-11, section 4, "Set-up order").
/// </summary>
internal static class AntigravitySetup
{
    private const int MostPolls = 30;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>The login with its owner, project and tier.</summary>
    /// <exception cref="LoginException">The account is not eligible, or the vendor refuses.</exception>
    public static async Task<LoginResult> DescribeAsync(OAuthCredential credential, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<AntigravitySettings>();
        var (id, email) = await GoogleTokens.UserOfAsync(credential, context, cancellationToken);
        var (project, tier, verify) = await LoadAsync(credential, null, settings, context, cancellationToken);
        if (project is not null && tier is null) (project, tier, verify) = await LoadAsync(credential, project, settings, context, cancellationToken) is var again && again.Project is not null ? again : (project, tier, again.Verify);
        if (project is null && verify is null)
        {
            await OnboardAsync(credential, settings, context, cancellationToken);
            (project, tier, verify) = await LoadAsync(credential, null, settings, context, cancellationToken);
        }

        if (project is null) throw new LoginException($"{GoogleTokens.Vendor} names no project for this account.") { Fix = verify ?? "Open Antigravity once with this account, and begin another login." };
        var extra = new Dictionary<string, string>(credential.Extra, StringComparer.Ordinal) { ["project"] = project };
        if (tier is not null) extra["tier"] = tier;
        var owned = credential with { AccountId = id, Extra = extra };
        return new LoginResult(owned, email ?? id)
        {
            AccountId = id, Plan = tier, Warnings = verify is null ? [] : [verify],
            Settings = settings.BaseUrl == AntigravitySettings.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = settings.BaseUrl },
        };
    }

    private static async Task<(string? Project, string? Tier, string? Verify)> LoadAsync(OAuthCredential credential, string? project, AntigravitySettings settings, VendorContext context, CancellationToken cancellationToken)
    {
        using var question = CodeAssistSetup.ToService(settings.BaseUrl, "loadCodeAssist", credential, writer =>
        {
            if (project is not null) writer.WriteString("cloudaicompanionProject", project);
            WriteMetadata(writer);
        });
        using var loaded = await VendorJson.SendAsync(context.Http, question, GoogleTokens.Vendor, cancellationToken);
        var root = loaded.RootElement;
        return (CodeAssistSetup.ProjectOf(root), TierOf(root, "paidTier") ?? TierOf(root, "currentTier"), VerificationOf(root));
    }

    private static async Task OnboardAsync(OAuthCredential credential, AntigravitySettings settings, VendorContext context, CancellationToken cancellationToken)
    {
        using var begin = CodeAssistSetup.ToService(settings.BaseUrl, "onboardUser", credential, writer =>
        {
            // The free tier is refused with a project.
            writer.WriteString("tierId", "free-tier");
            WriteMetadata(writer);
        });
        using var begun = await VendorJson.SendAsync(context.Http, begin, GoogleTokens.Vendor, cancellationToken);
        if (CodeAssistSetup.IsDone(begun.RootElement)) return;
        var name = VendorJson.Text(begun.RootElement, "name") ?? throw new LoginException($"{GoogleTokens.Vendor} does not say how the set-up goes on.");
        for (var polls = 0; polls < MostPolls; polls++)
        {
            await Task.Delay(PollInterval, context.Time, cancellationToken);
            using var question = new HttpRequestMessage(HttpMethod.Get, $"{settings.BaseUrl}/v1internal/{name}");
            question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.AccessToken);
            using var operation = await VendorJson.SendAsync(context.Http, question, GoogleTokens.Vendor, cancellationToken);
            if (CodeAssistSetup.IsDone(operation.RootElement)) return;
        }

        throw new LoginException($"{GoogleTokens.Vendor} has not set the account up in time.") { Fix = "Begin another login in a few minutes." };
    }

    private static void WriteMetadata(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("metadata");
        writer.WriteString("ideType", "ANTIGRAVITY");
        writer.WriteEndObject();
    }

    private static string? TierOf(JsonElement loaded, string name) => VendorJson.Object(loaded, name) is { } tier ? VendorJson.Text(tier, "id") : null;

    /// <summary>What the person has to do first, with the vendor's link; null for nothing.</summary>
    private static string? VerificationOf(JsonElement loaded)
    {
        if (!loaded.TryGetProperty("ineligibleTiers", out var tiers) || tiers.ValueKind != JsonValueKind.Array) return null;
        foreach (var tier in tiers.EnumerateArray())
        {
            if (VendorJson.Text(tier, "reasonCode") != "VALIDATION_REQUIRED") continue;
            return $"{GoogleTokens.Vendor} wants the account to be verified: {VendorJson.Text(tier, "validationUrl") ?? VendorJson.Text(tier, "reasonMessage") ?? "see the vendor's page"}";
        }

        return null;
    }
}

using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>
/// Finds the project and the tier of a login: <c>loadCodeAssist</c>, and where the account was never set up <c>onboardUser</c>, which is asked about until it is done (wire notes codex-and-antigravity D.10,
/// logins-2026-11 section 3). Google has ended Code Assist for personal accounts in this program, so those are told so.
/// </summary>
internal static class CodeAssistSetup
{
    private const string FreeTier = "free-tier";
    private const int MostPolls = 24;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>The login with its owner, project and tier.</summary>
    /// <exception cref="LoginException">The account has no licence, or the vendor refuses.</exception>
    public static async Task<LoginResult> DescribeAsync(OAuthCredential credential, VendorContext context, CancellationToken cancellationToken)
    {
        var settings = context.SettingsAs<CodeAssistSettings>();
        var (id, email) = await GoogleTokens.UserOfAsync(credential, context, cancellationToken);
        var (project, tier) = await FindProjectAsync(credential, settings, context, cancellationToken);
        var extra = new Dictionary<string, string>(credential.Extra, StringComparer.Ordinal) { ["project"] = project };
        if (tier is not null) extra["tier"] = tier;
        var owned = credential with { AccountId = id, OrganizationId = project, Extra = extra };
        return new LoginResult(owned, email ?? id)
        {
            AccountId = id, OrganizationId = project, Organization = project, Plan = tier,
            Settings = settings.BaseUrl == CodeAssistSettings.DefaultBase ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = settings.BaseUrl },
        };
    }

    private static async Task<(string Project, string? Tier)> FindProjectAsync(OAuthCredential credential, CodeAssistSettings settings, VendorContext context, CancellationToken cancellationToken)
    {
        using var loaded = await LoadAsync(credential, settings, context, cancellationToken);
        // A perimeter (VPC Service Controls) that keeps the question out is one of a business account.
        if (loaded is null) return (settings.Project ?? throw MissingProject(), "standard-tier");
        var root = loaded.RootElement;
        var current = VendorJson.Object(root, "currentTier") is { } tier ? VendorJson.Text(tier, "id") : null;
        if (current is null)
        {
            var wanted = DefaultTier(root);
            if (wanted is null or FreeTier) throw Personal(ReasonOf(root));
            return (await OnboardAsync(wanted, credential, settings, context, cancellationToken) ?? settings.Project ?? throw MissingProject(), wanted);
        }

        if (current == FreeTier) throw Personal(ReasonOf(root));
        return (ProjectOf(root) ?? settings.Project ?? throw MissingProject(), current);
    }

    /// <summary>What the service says of the login; null where a perimeter keeps the question out.</summary>
    private static async Task<JsonDocument?> LoadAsync(OAuthCredential credential, CodeAssistSettings settings, VendorContext context, CancellationToken cancellationToken)
    {
        using var question = ToService(settings.BaseUrl, "loadCodeAssist", credential, writer =>
        {
            if (settings.Project is { } project) writer.WriteString("cloudaicompanionProject", project);
            WriteMetadata(writer, settings);
        });
        try
        {
            return await VendorJson.SendAsync(context.Http, question, GoogleTokens.Vendor, cancellationToken);
        }
        catch (LoginException ex) when (ex.Message.Contains("SECURITY_POLICY_VIOLATED", StringComparison.OrdinalIgnoreCase) || ex.Message.Contains("security policy", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        catch (LoginException ex) when (ex.Message.Contains("no longer supported", StringComparison.OrdinalIgnoreCase))
        {
            throw Personal(ex.Message);
        }
    }

    private static async Task<string?> OnboardAsync(string tier, OAuthCredential credential, CodeAssistSettings settings, VendorContext context, CancellationToken cancellationToken)
    {
        using var begin = ToService(settings.BaseUrl, "onboardUser", credential, writer =>
        {
            writer.WriteString("tierId", tier);
            if (settings.Project is { } project) writer.WriteString("cloudaicompanionProject", project);
            WriteMetadata(writer, settings);
        });
        using var begun = await VendorJson.SendAsync(context.Http, begin, GoogleTokens.Vendor, cancellationToken);
        if (IsDone(begun.RootElement)) return ProjectOfResponse(begun.RootElement);
        var name = VendorJson.Text(begun.RootElement, "name") ?? throw new LoginException($"{GoogleTokens.Vendor} does not say how the set-up goes on.");
        for (var polls = 0; polls < MostPolls; polls++)
        {
            await Task.Delay(PollInterval, context.Time, cancellationToken);
            using var question = new HttpRequestMessage(HttpMethod.Get, $"{settings.BaseUrl}/v1internal/{name}");
            question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.AccessToken);
            using var operation = await VendorJson.SendAsync(context.Http, question, GoogleTokens.Vendor, cancellationToken);
            if (IsDone(operation.RootElement)) return ProjectOfResponse(operation.RootElement);
        }

        throw new LoginException($"{GoogleTokens.Vendor} has not set the account up in time.") { Fix = "Begin another login in a few minutes." };
    }

    /// <summary>Whether an operation is done.</summary>
    public static bool IsDone(JsonElement operation) => operation.TryGetProperty("done", out var done) && done.ValueKind == JsonValueKind.True;

    private static string? ProjectOfResponse(JsonElement operation) => VendorJson.Object(operation, "response") is { } response ? ProjectOf(response) : null;

    /// <summary>A question to the service.</summary>
    /// <param name="address">Where the service is, without a slash at the end.</param>
    /// <param name="method">What is asked.</param>
    /// <param name="credential">The login.</param>
    /// <param name="members">Writes the question.</param>
    public static HttpRequestMessage ToService(string address, string method, OAuthCredential credential, Action<Utf8JsonWriter> members)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/v1internal:{method}") { Content = VendorJson.Body(members) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.AccessToken);
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        return request;
    }

    private static void WriteMetadata(Utf8JsonWriter writer, CodeAssistSettings settings)
    {
        writer.WriteStartObject("metadata");
        writer.WriteString("ideType", "IDE_UNSPECIFIED");
        writer.WriteString("platform", "PLATFORM_UNSPECIFIED");
        writer.WriteString("pluginType", "GEMINI");
        if (settings.Project is { } project) writer.WriteString("duetProject", project);
        writer.WriteEndObject();
    }

    /// <summary>The project that an answer names, as text or as an object; null for none.</summary>
    public static string? ProjectOf(JsonElement value)
        => VendorJson.Text(value, "cloudaicompanionProject") ?? (VendorJson.Object(value, "cloudaicompanionProject") is { } project ? VendorJson.Text(project, "id") : null);

    private static string? DefaultTier(JsonElement loaded)
    {
        if (!loaded.TryGetProperty("allowedTiers", out var tiers) || tiers.ValueKind != JsonValueKind.Array) return null;
        var all = tiers.EnumerateArray().ToList();
        var chosen = all.FirstOrDefault(tier => tier.ValueKind == JsonValueKind.Object && tier.TryGetProperty("isDefault", out var standard) && standard.ValueKind == JsonValueKind.True);
        return chosen.ValueKind == JsonValueKind.Object ? VendorJson.Text(chosen, "id") : all.Count > 0 ? VendorJson.Text(all[0], "id") : null;
    }

    private static string? ReasonOf(JsonElement loaded)
        => loaded.TryGetProperty("ineligibleTiers", out var tiers) && tiers.ValueKind == JsonValueKind.Array ? tiers.EnumerateArray().Select(tier => VendorJson.Text(tier, "reasonMessage")).FirstOrDefault(reason => reason is not null) : null;

    private static LoginException Personal(string? reason)
        => new($"{GoogleTokens.Vendor} has ended Gemini Code Assist for personal accounts on 18 June 2026; it goes on with a Standard or Enterprise licence{(reason is null ? "" : $" ({reason.TrimEnd('.')})")}.") { Fix = "Use an API key of the Gemini API instead." };

    private static LoginException MissingProject() => new($"{GoogleTokens.Vendor} names no project for this login.") { Fix = "Set providers.code-assist.project to the Google Cloud project of the licence." };
}

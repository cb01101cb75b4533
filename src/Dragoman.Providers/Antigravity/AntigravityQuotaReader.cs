using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>Asks Antigravity for the summary of its quotas: groups of models, each with buckets of five hours and of a week (wire notes codex-and-antigravity D.5, logins-2026-11 section 4).</summary>
internal sealed class AntigravityQuotaReader : IQuotaReader
{
    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (account.Cell.Current.Credential is not OAuthCredential login) return QuotaReport.Failed("The account has no login.");
        var project = account.Options.GetValueOrDefault(CodeAssistAccountSchema.Project.Name) ?? login.Extra.GetValueOrDefault("project");
        using var question = CodeAssistSetup.ToService(account.BaseUrl, "retrieveUserQuotaSummary", login, writer =>
        {
            if (project is { Length: > 0 }) writer.WriteString("project", project);
        });
        question.Headers.Remove("User-Agent");
        question.Headers.TryAddWithoutValidation("User-Agent", AntigravityAccountSchema.UserAgentOf(account));
        question.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var (body, problem) = await UsagePage.SendAsync(vendor, question, GoogleTokens.Vendor, cancellationToken);
        if (problem is not null) return problem;
        try
        {
            using var quota = JsonDocument.Parse(body);
            return Read(quota.RootElement) with { Plan = login.Extra.GetValueOrDefault("tier") };
        }
        catch (JsonException)
        {
            return QuotaReport.Failed($"{GoogleTokens.Vendor} answered something that is no JSON.");
        }
    }

    private static QuotaReport Read(JsonElement quota)
    {
        var groups = new Dictionary<string, IReadOnlyList<QuotaWindow>>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in Items(quota, "groups"))
        {
            if (VendorJson.Text(group, "displayName") is not { } name) continue;
            var windows = Items(group, "buckets").Select(Window).OfType<QuotaWindow>().ToList();
            if (windows.Count > 0) groups[name] = windows;
        }

        return new QuotaReport { Models = groups };
    }

    private static QuotaWindow? Window(JsonElement bucket)
    {
        if (bucket.ValueKind != JsonValueKind.Object || (bucket.TryGetProperty("disabled", out var disabled) && disabled.ValueKind == JsonValueKind.True)) return null;
        var resets = DateTimeOffset.TryParse(VendorJson.Text(bucket, "resetTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
        // What is zero is left out: a reset without a fraction is a bucket that is empty.
        if ((VendorJson.Number(bucket, "remainingFraction") ?? (resets is null ? null : 0)) is not { } left) return null;
        var name = VendorJson.Text(bucket, "window") switch { "weekly" => "7d", { } window => window, null => VendorJson.Text(bucket, "bucketId") ?? "quota" };
        var amount = long.TryParse(VendorJson.Text(bucket, "remainingAmount"), CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        return new QuotaWindow(name, Math.Clamp(1 - left, 0, 1), null, amount, resets);
    }

    private static IEnumerable<JsonElement> Items(JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();
}

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
        var project = ProjectOf(account, login);
        using var question = Ask(account, login, "retrieveUserQuotaSummary", project);
        var (body, problem) = await UsagePage.SendAsync(vendor, question, GoogleTokens.Vendor, cancellationToken);
        if (problem is not null) return problem;
        using var list = Ask(account, login, "fetchAvailableModels", project);
        var (models, refused) = await UsagePage.SendAsync(vendor, list, GoogleTokens.Vendor, cancellationToken);
        try
        {
            using var quota = JsonDocument.Parse(body);
            var report = Read(quota.RootElement, refused is null ? models : default);
            return report with { Plan = login.Extra.GetValueOrDefault("tier") };
        }
        catch (JsonException)
        {
            return QuotaReport.Failed($"{GoogleTokens.Vendor} answered something that is no JSON.");
        }
    }

    private static string? ProjectOf(Account account, OAuthCredential login) => account.Options.GetValueOrDefault(CodeAssistAccountSchema.Project.Name) ?? login.Extra.GetValueOrDefault("project");

    private static HttpRequestMessage Ask(Account account, OAuthCredential login, string method, string? project)
    {
        var question = CodeAssistSetup.ToService(account.BaseUrl, method, login, writer =>
        {
            if (project is { Length: > 0 }) writer.WriteString("project", project);
        });
        question.Headers.Remove("User-Agent");
        question.Headers.TryAddWithoutValidation("User-Agent", AntigravityAccountSchema.UserAgentOf(account));
        question.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return question;
    }

    /// <summary>The groups of the summary, and single models as the service's list has them (D.11): a reset without a fraction is a quota that is empty, neither is nothing that is known.</summary>
    private static QuotaReport Read(JsonElement quota, ReadOnlyMemory<byte> list)
    {
        var groups = new Dictionary<string, IReadOnlyList<QuotaWindow>>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in Items(quota, "groups"))
        {
            if (VendorJson.Text(group, "displayName") is not { } name) continue;
            var windows = Items(group, "buckets").Select(Window).OfType<QuotaWindow>().ToList();
            if (windows.Count > 0) groups[name] = windows;
        }

        foreach (var (model, window) in ReadModels(list)) groups[model] = [window];
        return new QuotaReport { Models = groups };
    }

    private static List<(string Model, QuotaWindow Window)> ReadModels(ReadOnlyMemory<byte> list)
    {
        var found = new List<(string, QuotaWindow)>();
        if (list.IsEmpty) return found;
        try
        {
            using var document = JsonDocument.Parse(list);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Object) return found;
            foreach (var model in models.EnumerateObject())
                if (AntigravityModels.IsShown(model.Name) && VendorJson.Object(model.Value, "quotaInfo") is { } info && Window(info) is { } window) found.Add((model.Name, window with { Name = "model" }));
        }
        catch (JsonException)
        {
            // The summary is good without it.
        }

        return found;
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

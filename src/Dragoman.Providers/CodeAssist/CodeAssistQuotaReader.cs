using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>Asks Code Assist for its buckets (<c>retrieveUserQuota</c>), one a model: they are also the only list of models that business accounts get (wire notes logins-2026-11, section 3, "Model list").</summary>
internal sealed class CodeAssistQuotaReader : IQuotaReader
{
    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (account.Cell.Current.Credential is not OAuthCredential login) return QuotaReport.Failed("The account has no login.");
        var project = account.Options.GetValueOrDefault(CodeAssistAccountSchema.Project.Name) ?? login.Extra.GetValueOrDefault("project");
        using var question = CodeAssistSetup.ToService(account.BaseUrl, "retrieveUserQuota", login, writer =>
        {
            if (project is { Length: > 0 }) writer.WriteString("project", project);
        });
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
        var models = new Dictionary<string, IReadOnlyList<QuotaWindow>>(StringComparer.OrdinalIgnoreCase);
        if (quota.ValueKind != JsonValueKind.Object || !quota.TryGetProperty("buckets", out var buckets) || buckets.ValueKind != JsonValueKind.Array) return new QuotaReport();
        foreach (var bucket in buckets.EnumerateArray())
        {
            if (VendorJson.Text(bucket, "modelId") is not { } model) continue;
            var resets = DateTimeOffset.TryParse(VendorJson.Text(bucket, "resetTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
            // What is zero is left out: a reset without a fraction is a bucket that is empty.
            if ((VendorJson.Number(bucket, "remainingFraction") ?? (resets is null ? null : 0)) is not { } left) continue;
            var amount = long.TryParse(VendorJson.Text(bucket, "remainingAmount"), CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
            var window = new QuotaWindow(VendorJson.Text(bucket, "tokenType")?.ToLowerInvariant() ?? "requests", Math.Clamp(1 - left, 0, 1), null, amount, resets);
            models[model] = models.TryGetValue(model, out var known) ? [.. known, window] : [window];
        }

        return new QuotaReport { Models = models };
    }
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>Asks Kimi what is left of a plan: the week, and shorter windows that are named by their length (wire notes logins-2026-11, section 6, "Usage"). Numbers may come as text.</summary>
internal sealed class KimiQuotaReader : IQuotaReader
{
    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (account.Cell.Current.Credential is not OAuthCredential login) return QuotaReport.Failed("The account has no login.");
        var settings = vendor.SettingsAs<KimiSettings>();
        using var question = new HttpRequestMessage(HttpMethod.Get, $"{account.BaseUrl}/usages");
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", login.AccessToken);
        question.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        KimiDevice.Describe(question.Headers, settings.Platform, settings.PlatformVersion, KimiDevice.IdOf(login));
        var (usage, problem) = await UsagePage.AskAsync(vendor, question, KimiLogin.Vendor, cancellationToken);
        using (usage) return usage is null ? problem! : Read(usage.RootElement);
    }

    private static QuotaReport Read(JsonElement usage)
    {
        var windows = new List<QuotaWindow>();
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (usage.TryGetProperty("limits", out var limits) && limits.ValueKind == JsonValueKind.Array)
        {
            foreach (var limit in limits.EnumerateArray())
                if (VendorJson.Object(limit, "window") is { } window && VendorJson.Object(limit, "detail") is { } detail && Window(NameOf(window), detail) is { } found) windows.Add(found);
        }

        if (VendorJson.Object(usage, "usage") is { } whole && Window("7d", whole) is { } week) windows.Add(week);
        if (VendorJson.Object(usage, "totalQuota") is { } total && NumberOf(total, "limit") is { } most)
            facts["total"] = string.Create(CultureInfo.InvariantCulture, $"{NumberOf(total, "remaining") ?? (most - (NumberOf(total, "used") ?? 0))} of {most} left");
        var plan = VendorJson.Object(usage, "user") is { } user && VendorJson.Object(user, "membership") is { } membership ? VendorJson.Text(membership, "level") : null;
        return new QuotaReport { Account = windows, Facts = facts, Plan = plan };
    }

    private static QuotaWindow? Window(string name, JsonElement detail)
    {
        if (NumberOf(detail, "limit") is not (> 0 and < 1e15 and var limit)) return null;
        var remaining = NumberOf(detail, "remaining") ?? (NumberOf(detail, "used") is { } used ? limit - used : null);
        if (remaining is not { } left) return null;
        left = Math.Clamp(left, 0, limit);
        return new QuotaWindow(name, 1 - (left / limit), (long)limit, (long)left, TimeOf(detail, "resetAt") ?? TimeOf(detail, "resetTime"));
    }

    /// <summary>The length of a window in the words that other vendors' windows have: <c>5h</c>, <c>7d</c>.</summary>
    private static string NameOf(JsonElement window)
    {
        var (unit, length) = (VendorJson.Text(window, "timeUnit") ?? "", NumberOf(window, "duration") ?? 0);
        var minutes = length * (unit.Contains("DAY", StringComparison.OrdinalIgnoreCase) ? 1_440 : unit.Contains("HOUR", StringComparison.OrdinalIgnoreCase) ? 60 : unit.Contains("SECOND", StringComparison.OrdinalIgnoreCase) ? 1 / 60.0 : 1);
        return minutes >= 1_440 && minutes % 1_440 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 1_440}d")
            : minutes >= 60 && minutes % 60 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}h")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes:0.#}m") : "window";
    }

    private static double? NumberOf(JsonElement value, string name)
        => double.TryParse(VendorJson.Text(value, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static DateTimeOffset? TimeOf(JsonElement value, string name)
        => DateTimeOffset.TryParse(VendorJson.Text(value, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}

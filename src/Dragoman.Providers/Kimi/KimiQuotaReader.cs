using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>Asks Kimi what is left of a plan: the week, and shorter windows that are named by their length (wire notes logins-2026-11, section 6, "Usage"). Numbers may come as text.</summary>
internal sealed class KimiQuotaReader : IQuotaReader
{
    private static readonly UsageMap Map = new()
    {
        Plan = "user.membership.level",
        Windows =
        [
            new UsageRule
            {
                At = "limits", Length = "window.duration", LengthUnit = "window.timeUnit", Limit = "detail.limit", Used = "detail.used", Remaining = "detail.remaining", Resets = "detail.resetAt|detail.resetTime",
            },
            new UsageRule { Name = "7d", At = "usage", Limit = "limit", Used = "used", Remaining = "remaining", Resets = "resetAt|resetTime" },
        ],
        Facts = [new UsageRule { Name = "total", At = "totalQuota", Limit = "limit", Used = "used", Remaining = "remaining" }],
    };

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
        using (usage) return usage is null ? problem! : UsageReading.Read(usage.RootElement, Map, KimiLogin.Vendor);
    }
}

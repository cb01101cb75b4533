using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>Asks xAI what is left of a plan: the credits first, and the monthly budget where an account has no credits.</summary>
internal sealed class XaiQuotaReader : IQuotaReader
{
    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        if (account.Cell.Current.Credential is not OAuthCredential login) return QuotaReport.Failed("The account has no login.");
        var (credits, problem) = await AskAsync(account, "/billing?format=credits", login, vendor, cancellationToken);
        using (credits)
        {
            if (problem is { IsRejected: true } or { RetryAfter: not null }) return problem;
            if (credits is not null && XaiBilling.HasCredits(credits.RootElement)) return XaiBilling.ReadCredits(credits.RootElement);
        }

        var (budget, further) = await AskAsync(account, "/billing", login, vendor, cancellationToken);
        using (budget)
        {
            if (budget is not null && XaiBilling.ReadBudget(budget.RootElement) is { } report) return report;
            return further ?? problem ?? QuotaReport.Failed($"{XaiVendor.Name} says nothing of what is left.");
        }
    }

    private static async Task<(JsonDocument? Answer, QuotaReport? Problem)> AskAsync(Account account, string path, OAuthCredential login, VendorContext vendor, CancellationToken cancellationToken)
    {
        using var question = XaiVendor.About(account.BaseUrl, path, login, vendor.SettingsAs<XaiSettings>());
        return await UsagePage.AskAsync(vendor, question, XaiVendor.Name, cancellationToken);
    }
}

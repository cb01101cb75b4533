using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodingPlan;

/// <summary>Asks a plan's usage page, where the key can read one, and reads it as the plan's row says.</summary>
internal sealed class CodingPlanQuotaReader : IQuotaReader
{
    /// <inheritdoc/>
    public bool Covers(Account account) => account.Options.ContainsKey(CodingPlanAccountSchema.Usage);

    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        var plan = account.Options[CodingPlanAccountSchema.Plan];
        if (vendor.SettingsAs<CodingPlanSettings>().Find(plan) is not { } offer) return QuotaReport.Failed($"There is no plan '{plan}' any more.");
        if (account.Cell.Current.Credential is not ApiKeyCredential key) return QuotaReport.Failed("The account has no key.");
        using var question = new HttpRequestMessage(HttpMethod.Get, account.Options[CodingPlanAccountSchema.Usage]);
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Key);
        question.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        question.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        OwnerHeaders.Put(question, account);
        var (page, problem) = await UsagePage.AskAsync(vendor, question, offer.Name, cancellationToken);
        using (page) return page is null ? problem! : UsageReading.Read(page.RootElement, offer.Usage, offer.Name);
    }
}

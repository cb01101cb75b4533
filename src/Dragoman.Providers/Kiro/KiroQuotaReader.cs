using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Asks what is left of a plan (<c>getUsageLimits</c>, kiro-and-bedrock §B.16), and once an hour for the list of models, which says how each is asked. A plan that may go on for money is not used up at its limit.
/// </summary>
internal sealed class KiroQuotaReader(KiroMemory memory) : IQuotaReader
{
    private const int MaxKept = 4096;

    private static readonly TimeSpan ListKept = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _listed = new(StringComparer.Ordinal);

    /// <summary>The vendor takes frequent questions for misuse.</summary>
    public TimeSpan Interval => TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (account.Credential is not OAuthCredential login) return QuotaReport.Failed("The usage endpoint takes the token of a login, and no API key.");
        if (memory.SuspensionOf(account, login.AccessToken) is { } words) return QuotaReport.Failed(words);
        // A token that has ended is renewed by the next request that needs it, not for the sake of a number.
        if (login.Expires <= vendor.Time.GetUtcNow()) return QuotaReport.Failed("The login has not been used for a while; usage is asked for when its token has been renewed.");
        var (answer, namedProfile) = await KiroUsage.QuestionAsync(login, vendor, cancellationToken);
        // A profile that is not the login's is refused; without one the older interface says as much.
        if (answer.Status == HttpStatusCode.BadRequest && namedProfile) (answer, _) = await KiroUsage.QuestionAsync(KiroIdentity.With(login, KiroExtra.ProfileArn, ""), vendor, cancellationToken);
        if (answer is not { IsSuccess: true, Json: { } json }) return Refused(answer);
        var usage = KiroUsage.Read(json);
        memory.NoteReset(account, usage.ResetsAt);
        await ListAsync(account, login, vendor, cancellationToken);
        return ReportOf(usage);
    }

    private static QuotaReport Refused(KiroAnswer answer)
    {
        var words = answer.Describe(KiroVendor.Name);
        if (answer.Status == HttpStatusCode.TooManyRequests) return QuotaReport.Failed(words, answer.RetryAfter ?? TimeSpan.FromMinutes(30));
        return QuotaReport.Failed(words, answer.RetryAfter) with { IsRejected = answer.Status == HttpStatusCode.Unauthorized || (answer.Status == HttpStatusCode.Forbidden && words.Contains("bearer token", StringComparison.OrdinalIgnoreCase)) };
    }

    private static QuotaReport ReportOf(KiroUsage usage)
    {
        var (limit, used) = (usage.Limit + usage.BonusLimit, usage.Used + usage.BonusUsed);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (usage.Describe() is { } left) facts["left"] = left.TrimEnd('.');
        if (usage.HasOverage is { } on) facts["overage"] = on ? Words(usage) : "off";
        Put("used", used);
        Put("limit", limit);
        if (usage.TrialLimit > 0) Put("trial-used", usage.TrialUsed);
        if (usage.TrialLimit > 0) Put("trial-limit", usage.TrialLimit);
        if (usage.BonusLimit > usage.TrialLimit) Put("bonus-used", usage.BonusUsed - usage.TrialUsed);
        if (usage.BonusLimit > usage.TrialLimit) Put("bonus-limit", usage.BonusLimit - usage.TrialLimit);
        if (limit <= 0) return new QuotaReport { Plan = usage.Plan, Facts = facts };
        // What is charged for beyond the plan can still be used, up to a cap.
        if (usage is { HasOverage: true, OverageCap: > 0 and var cap }) (limit, used) = (limit + cap, used + usage.Overages);
        return new QuotaReport { Plan = usage.Plan, Facts = facts, Account = [new QuotaWindow(usage.Unit, Math.Clamp(used / limit, 0, 1), null, null, usage.ResetsAt) { Length = usage.ResetsAt - usage.ResetsAt?.AddMonths(-1) }] };

        void Put(string name, double amount) => facts[name] = amount.ToString("0.##", CultureInfo.InvariantCulture);
    }

    private static string Words(KiroUsage usage)
        => string.Create(CultureInfo.InvariantCulture, $"on: {usage.Overages:0.##} {usage.Unit}{(usage.OverageCharges is { } charged ? $", {charged:0.##} {usage.Currency}".TrimEnd() : "")}");

    /// <summary>What the list of models says is for every account; that it cannot be had is no fault of the usage.</summary>
    private async Task ListAsync(Account account, OAuthCredential login, VendorContext vendor, CancellationToken cancellationToken)
    {
        var now = vendor.Time.GetUtcNow();
        if (_listed.TryGetValue(account.Id, out var at) && now - at < ListKept) return;
        if (_listed.Count >= MaxKept) _listed.Clear();
        _listed[account.Id] = now;
        try
        {
            string? next = null;
            for (var page = 0; page < 10; page++)
            {
                using var question = KiroVendor.Question(HttpMethod.Get, KiroRequests.ListAddress(account, login, KiroRequests.ProfileOf(account, login), next), login, vendor.SettingsAs<KiroSettings>());
                var answer = await KiroVendor.AskAsync(vendor, question, cancellationToken);
                if (!answer.IsSuccess || memory.Catalog.Take(answer.Body, out next) is null || next is null) return;
            }
        }
        catch (HttpRequestException)
        {
            // The next hour will do.
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// Asks for the windows of a plan (<c>/api/oauth/usage</c>) and now and then for the plan itself (<c>/api/oauth/profile</c>). The usage endpoint is limited by source address: after its 429 nobody behind the same
/// proxy asks again within the time (wire notes logins-2026-11, section 1).
/// </summary>
internal sealed class ClaudeQuotaReader : IQuotaReader
{
    /// <summary>How long the endpoint is left alone after a 429 that states no time.</summary>
    private static readonly TimeSpan UsualSilence = TimeSpan.FromMinutes(15);

    /// <summary>How long a plan that was learnt is taken as known.</summary>
    private static readonly TimeSpan PlanKept = TimeSpan.FromHours(12);

    private const int MostKept = 1024;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _silentUntil = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string? Plan, DateTimeOffset At)> _plans = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        var now = vendor.Time.GetUtcNow();
        var source = account.ProxyUrl ?? "";
        if (_silentUntil.TryGetValue(source, out var until) && now < until) return QuotaReport.Failed($"{ClaudeVendor.Name} was asked too often from this address and is left alone.", until - now);
        if (account.Cell.Current.Credential is not OAuthCredential login) return QuotaReport.Failed("The account has no login.");
        var usage = await AskAsync(account, "/api/oauth/usage", login.AccessToken, vendor, cancellationToken);
        if (usage.Status == HttpStatusCode.TooManyRequests)
        {
            var silence = usage.RetryAfter is { Ticks: > 0 } stated ? stated : UsualSilence;
            Keep(_silentUntil, source, now + silence);
            return QuotaReport.Failed($"{ClaudeVendor.Name} answered 429{usage.Words}", silence);
        }

        if (usage.Status == HttpStatusCode.Unauthorized) return QuotaReport.Failed($"{ClaudeVendor.Name} answered 401{usage.Words}") with { IsRejected = true };
        using var answer = usage.Answer;
        if (answer is null) return QuotaReport.Failed($"{ClaudeVendor.Name} answered {(int)usage.Status}{(usage.Words.Length > 0 ? usage.Words : " and no usage")}", usage.RetryAfter);
        return ClaudeUsage.Read(answer.RootElement) with { Plan = await PlanOfAsync(account, login, vendor, cancellationToken) };
    }

    /// <summary>The plan, asked for twice a day; a login that may not ask (a setup token) has the one that was known.</summary>
    private async Task<string?> PlanOfAsync(Account account, OAuthCredential login, VendorContext vendor, CancellationToken cancellationToken)
    {
        var now = vendor.Time.GetUtcNow();
        if (_plans.TryGetValue(account.Id, out var known) && now - known.At < PlanKept) return known.Plan;
        var profile = await AskAsync(account, "/api/oauth/profile", login.AccessToken, vendor, cancellationToken);
        using var answer = profile.Answer;
        var plan = (answer is null ? null : ClaudeIdentity.PlanOf(answer.RootElement)) ?? known.Plan ?? login.Extra.GetValueOrDefault("plan");
        Keep(_plans, account.Id, (plan, now));
        return plan;
    }

    private static async Task<Answered> AskAsync(Account account, string path, string accessToken, VendorContext vendor, CancellationToken cancellationToken)
    {
        using var question = ClaudeVendor.About(account.BaseUrl, path, accessToken, vendor.SettingsAs<ClaudeSubscriptionSettings>());
        question.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await vendor.Http.SendAsync(question, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var wait = RetryHints.Read(response.Headers, vendor.Time.GetUtcNow());
        return new Answered(response.StatusCode, response.IsSuccessStatusCode ? Parse(body) : null, response.IsSuccessStatusCode ? "" : VendorJson.WordsOf(body), wait);
    }

    private static JsonDocument? Parse(byte[] body)
    {
        try
        {
            var answer = JsonDocument.Parse(body);
            if (answer.RootElement.ValueKind == JsonValueKind.Object) return answer;
            answer.Dispose();
        }
        catch (JsonException)
        {
            // It is said that there was nothing.
        }

        return null;
    }

    private static void Keep<T>(ConcurrentDictionary<string, T> known, string key, T value)
    {
        if (known.Count >= MostKept) known.Clear();
        known[key] = value;
    }

    private readonly record struct Answered(HttpStatusCode Status, JsonDocument? Answer, string Words, TimeSpan? RetryAfter);
}

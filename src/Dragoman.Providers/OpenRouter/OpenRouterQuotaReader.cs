using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.OpenRouter;

/// <summary>
/// What a key may spend, and has spent: <c>GET /key</c> (openrouter.ai/docs, "Get current API key"). Amounts are US dollars; days, weeks (from Monday) and months are those of UTC.
/// </summary>
internal sealed class OpenRouterQuotaReader : IQuotaReader
{
    private const string Name = "OpenRouter";

    /// <inheritdoc/>
    public bool Covers(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.Credential is ApiKeyCredential;
    }

    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(vendor);
        if (account.Cell.Current.Credential is not ApiKeyCredential key) return QuotaReport.Failed("The account has no key.");
        using var question = new HttpRequestMessage(HttpMethod.Get, account.BaseUrl + "/key");
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Key);
        question.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        question.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        OwnerHeaders.Put(question, account);
        var (page, problem) = await UsagePage.AskAsync(vendor, question, Name, cancellationToken);
        using (page)
        {
            if (page is null) return problem!;
            return page.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                ? Read(data, vendor.Time.GetUtcNow()) : QuotaReport.Failed($"{Name} answered without anything of the key.");
        }
    }

    private static QuotaReport Read(JsonElement data, DateTimeOffset now)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        var windows = new List<QuotaWindow>();
        var reset = data.TryGetProperty("limit_reset", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString() : null;
        if (Amount(data, "limit") is { } limit and >= 0)
        {
            var left = Math.Clamp(Amount(data, "limit_remaining") ?? limit - (Amount(data, "usage") ?? 0), 0, limit);
            facts["limit"] = reset is null ? $"{Dollars(limit)}, never reset" : $"{Dollars(limit)} {reset}";
            facts["left"] = Dollars(left);
            windows.Add(new QuotaWindow("credits", limit == 0 ? 1 : (double)((limit - left) / limit), null, null, ResetOf(reset, now)) { Length = LengthOf(reset) });
        }

        foreach (var (member, name) in (ReadOnlySpan<(string, string)>)[("usage", "used"), ("usage_daily", "used today"), ("usage_weekly", "used this week"), ("usage_monthly", "used this month"), ("byok_usage", "used with your own keys")])
        {
            if (Amount(data, member) is { } used && (used > 0 || member == "usage")) facts[name] = Dollars(used);
        }

        if (data.TryGetProperty("expires_at", out var end) && end.ValueKind == JsonValueKind.String && end.TryGetDateTimeOffset(out var ends)) facts["key ends"] = ends.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new QuotaReport { Account = windows, Facts = facts, Plan = data.TryGetProperty("is_free_tier", out var free) && free.ValueKind == JsonValueKind.True ? "free tier" : null };
    }

    private static DateTimeOffset? ResetOf(string? reset, DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return reset switch
        {
            "daily" => today.AddDays(1),
            "weekly" => today.AddDays(7 - ((int)today.DayOfWeek + 6) % 7),
            "monthly" => today.AddDays(1 - today.Day).AddMonths(1),
            _ => null,
        };
    }

    private static TimeSpan? LengthOf(string? reset) => reset switch
    {
        "daily" => TimeSpan.FromDays(1),
        "weekly" => TimeSpan.FromDays(7),
        "monthly" => TimeSpan.FromDays(30),
        _ => null,
    };

    private static decimal? Amount(JsonElement data, string name)
        => data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount) && amount is >= 0 and < 1_000_000_000 ? amount : null;

    private static string Dollars(decimal amount) => string.Create(CultureInfo.InvariantCulture, $"${amount:0.00##}");
}

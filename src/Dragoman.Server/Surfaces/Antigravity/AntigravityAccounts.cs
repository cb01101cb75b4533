using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Management.Accounts;
using Dragoman.Providers.Antigravity;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>The accounts that this surface shows, and how it shows them. Nothing of a token stands in it.</summary>
internal sealed class AntigravityAccounts(AccountAdministration accounts, AccountCredentials credentials, AntigravityState state, TimeProvider time)
{
    /// <summary>The provider.</summary>
    public const string Provider = AntigravityModule.Id;

    /// <summary>Parts of what is said of an account that the vendor has banned.</summary>
    private static readonly string[] SignsOfABan = ["banned", "terms of service", "has been disabled"];

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<AccountView> All => accounts.List(Provider, null).Accounts;

    /// <summary>One by its e-mail address; null where there is none.</summary>
    public AccountView? Find(string email) => All.FirstOrDefault(account => account.Label.Equals(email, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it cannot be used until its owner does something.</summary>
    public static bool IsInvalid(AccountView account) => ProblemOf(account) is not null;

    /// <summary>Whether a model of it cools down.</summary>
    public static bool IsLimited(AccountView account) => account.Cooldowns.Any(static cooldown => cooldown.CoolingDown);

    /// <summary>How it stands: <c>ok</c>, <c>rate-limited</c>, <c>invalid</c>, <c>banned</c> or <c>error</c>, and why.</summary>
    public static (string Status, string? Error) StatusOf(AccountView account)
    {
        if (ProblemOf(account) is { } problem) return (Array.Exists(SignsOfABan, sign => problem.Contains(sign, StringComparison.OrdinalIgnoreCase)) ? "banned" : "invalid", problem);
        if (account.UsagePage is { Problem: { } failed }) return ("error", failed);
        return (IsLimited(account) ? "rate-limited" : "ok", null);
    }

    /// <summary>What is left of the quotas of its models, by their ids in ordinal order.</summary>
    public static SortedDictionary<string, ModelQuota> QuotasOf(AccountView account)
    {
        var quotas = new SortedDictionary<string, ModelQuota>(StringComparer.Ordinal);
        foreach (var cooldown in account.Cooldowns)
        {
            // Groups of models have names for people.
            if (cooldown.Model is not { } model || model.Contains(' ', StringComparison.Ordinal) || cooldown.Quotas.Count == 0) continue;
            var tightest = cooldown.Quotas.MaxBy(static quota => quota.UsedFraction ?? -1)!;
            quotas[model] = new ModelQuota(tightest.UsedFraction is { } used ? Math.Round(1 - used, 4) : null, tightest.ResetsAt);
        }

        return quotas;
    }

    /// <summary>The counts of all accounts, as a sentence and as numbers.</summary>
    public (int Total, int Available, int Limited, int Invalid, string Words) Count()
    {
        var all = All;
        var (available, limited, invalid) = (all.Count(static account => account.Enabled && !IsInvalid(account) && account.Status is "ready" or "degraded"), all.Count(IsLimited), all.Count(IsInvalid));
        return (all.Count, available, limited, invalid, $"{all.Count} total, {available} available, {limited} rate-limited, {invalid} invalid");
    }

    /// <summary>An account as the lists show it, without its quotas.</summary>
    public async Task<JsonObject> DescribeAsync(AccountView account, CancellationToken cancellationToken)
    {
        var facts = credentials.Describe(account.Id)?.Facts;
        var (threshold, models) = await state.ThresholdsAsync(account.Id, cancellationToken);
        var answer = new JsonObject
        {
            ["email"] = account.Label,
            ["source"] = account.Origin == AccountOrigin.Store ? "oauth" : "manual",
            ["enabled"] = account.Enabled,
            ["projectId"] = facts?.GetValueOrDefault("project"),
            ["modelRateLimits"] = Limits(account),
            ["isInvalid"] = IsInvalid(account),
            ["invalidReason"] = ProblemOf(account),
            ["verifyUrl"] = AddressIn(ProblemOf(account)),
            ["lastUsed"] = account.Health.LastUsedAt?.ToUnixTimeMilliseconds(),
            ["subscription"] = new JsonObject { ["tier"] = account.UsagePage?.Plan ?? facts?.GetValueOrDefault("tier") ?? "unknown", ["projectId"] = facts?.GetValueOrDefault("project") },
        };
        if (threshold is { } share) answer["quotaThreshold"] = share;
        answer["modelQuotaThresholds"] = models;
        return answer;
    }

    /// <summary>The models of an account that cool down.</summary>
    public JsonObject Limits(AccountView account)
    {
        var limits = new JsonObject();
        foreach (var cooldown in account.Cooldowns)
        {
            if (!cooldown.CoolingDown) continue;
            limits[cooldown.Model ?? "*"] = new JsonObject
            {
                ["isRateLimited"] = true, ["resetTime"] = cooldown.Until?.ToUnixTimeMilliseconds() ?? 0, ["actualResetMs"] = cooldown.Until is { } until ? Math.Max(0, (long)(until - time.GetUtcNow()).TotalMilliseconds) : 0,
            };
        }

        return limits;
    }

    /// <summary>Why it cannot be used until its owner does something: what the gateway knows, or what the vendor has answered since the last request that it served. Null where nothing is.</summary>
    private static string? ProblemOf(AccountView account)
        => account.Problem ?? (account.Health is { ConsecutiveFailures: > 0, LastError: { Class: "forbidden", Message: var said } } && (AddressIn(said) is not null || Array.Exists(SignsOfABan, sign => said.Contains(sign, StringComparison.OrdinalIgnoreCase))) ? said : null);

    private static string? AddressIn(string? text)
    {
        if (text is null || text.IndexOf("https://", StringComparison.Ordinal) is not (>= 0 and var start)) return null;
        var end = text.IndexOfAny([' ', '\n', '"'], start);
        return (end < 0 ? text[start..] : text[start..end]).TrimEnd('.', ',', ')');
    }
}

/// <summary>What is left of a model's quota.</summary>
/// <param name="Fraction">0 to 1; null where nobody says.</param>
/// <param name="ResetsAt">When it is whole again.</param>
internal sealed record ModelQuota(double? Fraction, DateTimeOffset? ResetsAt)
{
    /// <summary>Whether nothing is left, as far as is known.</summary>
    public bool IsUsedUp => Fraction is null or 0;

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["remaining"] = Fraction is { } left ? $"{Percent(left)}%" : "N/A",
        ["remainingFraction"] = Fraction,
        ["resetTime"] = ResetsAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>A share in whole percent.</summary>
    public static int Percent(double share) => (int)Math.Round(share * 100, MidpointRounding.AwayFromZero);
}

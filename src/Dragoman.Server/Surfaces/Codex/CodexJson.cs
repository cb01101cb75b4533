using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Text;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>Accounts and quotas as codex-claude-proxy shows them (wire notes codex-and-antigravity §A.3, §A.6). Nothing of a token stands in them.</summary>
internal sealed class CodexJson(AccountCredentials credentials, TimeProvider time)
{
    /// <summary>The key under which ChatGPT's logins keep the plan.</summary>
    private const string PlanFact = "plan";

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, JsonObject Usage)> _known = new(StringComparer.Ordinal);

    /// <summary>An account as <c>/health</c> and <c>/accounts/status</c> show it.</summary>
    public JsonObject Status(AccountView account, bool isActive) => new()
    {
        ["email"] = account.Label,
        ["planType"] = PlanOf(account),
        ["isActive"] = isActive,
        ["quota"] = Quota(account),
        ["tokenExpired"] = IsExpired(account),
        ["lastUsed"] = JsonTimes.Iso(account.Health.LastUsedAt),
    };

    /// <summary>An account as <c>/accounts</c> shows it.</summary>
    public JsonObject Account(AccountView account, bool isActive) => new()
    {
        ["email"] = account.Label,
        ["accountId"] = account.Identity?.OrganizationId ?? account.Identity?.AccountId,
        ["planType"] = PlanOf(account),
        ["addedAt"] = JsonTimes.Iso(account.CreatedAt),
        ["lastUsed"] = JsonTimes.Iso(account.Health.LastUsedAt),
        ["isActive"] = isActive,
        ["tokenExpired"] = IsExpired(account),
        ["quota"] = Quota(account),
    };

    /// <summary>What is known of an account's quota; null where its usage page never answered.</summary>
    public JsonObject? Quota(AccountView account)
    {
        if (account.UsagePage is not { AnsweredAt: { } answered }) return null;
        return new JsonObject { ["usage"] = Usage(account), ["account"] = null, ["fetchedAt"] = JsonTimes.Iso(answered), ["lastChecked"] = answered.ToUnixTimeMilliseconds() };
    }

    /// <summary>The usage of an account, as its usage page said it last. No number in it is null.</summary>
    public JsonObject Usage(AccountView account)
    {
        // Of an account that cannot be used the gateway shows no windows; what its page said last is still so.
        var answered = account.UsagePage?.AnsweredAt ?? default;
        if (account.Cooldowns.Count == 0 && _known.TryGetValue(account.Id, out var known) && known.At == answered) return (JsonObject)known.Usage.DeepClone();
        var usage = Read(account);
        if (_known.Count > 1_000) _known.Clear();
        _known[account.Id] = (answered, (JsonObject)usage.DeepClone());
        return usage;
    }

    private JsonObject Read(AccountView account)
    {
        var windows = (account.Cooldowns.FirstOrDefault(static cooldown => cooldown.Model is null)?.Quotas ?? []).Select(static quota => (Quota: quota, Length: LengthOf(quota.Name)))
            .OrderBy(static pair => pair.Length ?? TimeSpan.MaxValue).ToList();
        var primary = windows.Count > 0 ? windows[0] : default((QuotaView? Quota, TimeSpan? Length));
        var used = PercentOf(primary.Quota);
        var isOver = windows.Exists(static pair => pair.Quota.UsedFraction >= 1);
        return new JsonObject
        {
            ["totalTokenUsage"] = used,
            ["limit"] = 100,
            ["remaining"] = 100 - used,
            ["percentage"] = used,
            ["resetAt"] = JsonTimes.Iso(primary.Quota?.ResetsAt),
            ["resetAfterSeconds"] = SecondsUntil(primary.Quota?.ResetsAt),
            ["limitWindowSeconds"] = (long)(primary.Length ?? TimeSpan.Zero).TotalSeconds,
            ["planType"] = PlanOf(account),
            ["limitReached"] = isOver,
            ["allowed"] = !isOver,
            ["raw"] = new JsonObject
            {
                ["plan_type"] = PlanOf(account),
                ["rate_limit"] = new JsonObject { ["allowed"] = !isOver, ["limit_reached"] = isOver, ["primary_window"] = Window(primary), ["secondary_window"] = windows.Count > 1 ? Window(windows[1]) : null },
            },
        };
    }

    /// <summary>The plan: as the vendor's page or the login says; <c>unknown</c> where neither does.</summary>
    public string PlanOf(AccountView account) => account.UsagePage?.Plan ?? credentials.Describe(account.Id)?.Facts.GetValueOrDefault(PlanFact) ?? "unknown";

    private JsonObject? Window((QuotaView? Quota, TimeSpan? Length) window) => window.Quota is not { } quota ? null : new JsonObject
    {
        ["used_percent"] = PercentOf(quota),
        ["limit_window_seconds"] = (long)(window.Length ?? TimeSpan.Zero).TotalSeconds,
        ["reset_after_seconds"] = SecondsUntil(quota.ResetsAt),
        ["reset_at"] = quota.ResetsAt?.ToUnixTimeSeconds() ?? 0,
    };

    private bool IsExpired(AccountView account) => account.Problem is not null || account.Credential.ExpiresAt <= time.GetUtcNow();

    private long SecondsUntil(DateTimeOffset? at) => at is { } end ? Math.Max(0, (long)(end - time.GetUtcNow()).TotalSeconds) : 0;

    private static int PercentOf(QuotaView? quota) => (int)Math.Round(Math.Clamp(quota?.UsedFraction ?? 0, 0, 1) * 100, MidpointRounding.AwayFromZero);

    private static TimeSpan? LengthOf(string name) => DurationText.TryParse(name, out var length) ? length : null;
}

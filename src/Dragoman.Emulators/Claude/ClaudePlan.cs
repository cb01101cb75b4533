using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Claude;

/// <summary>
/// What a plan allows, by the person's name: <c>free…</c> has none, <c>spent…</c> has used up the five hours, <c>large-spent…</c> the week of the newest large model, <c>third…</c> pays requests of other programs
/// from extra usage and has none of it, <c>out…</c> is out of it. Limits come with every answer.
/// </summary>
internal static class ClaudePlan
{
    private const string ThirdParty = "Third-party apps now draw from your extra usage, not your plan limits. Add more at claude.ai/settings/usage and keep going.";

    private static readonly TimeSpan FiveHours = TimeSpan.FromHours(2);
    private static readonly TimeSpan Week = TimeSpan.FromDays(3);

    public static string AccountOf(string person) => $"00000000-0000-4000-8000-{Number(person):x12}";

    public static string OrganizationOf(string person) => $"00000000-0000-4000-9000-{Number(person):x12}";

    public static JsonObject Profile(string person)
    {
        var isFree = person.StartsWith("free", StringComparison.Ordinal);
        return new JsonObject
        {
            ["account"] = new JsonObject
            {
                ["uuid"] = AccountOf(person), ["full_name"] = person, ["display_name"] = person, ["email"] = $"{person}@example.com", ["has_claude_max"] = !isFree, ["has_claude_pro"] = false,
                ["created_at"] = "2025-01-01T00:00:00Z",
            },
            ["organization"] = new JsonObject
            {
                ["uuid"] = OrganizationOf(person), ["name"] = $"{person}'s organization", ["organization_type"] = isFree ? "claude_free" : "claude_max", ["billing_type"] = "stripe_subscription",
                ["rate_limit_tier"] = isFree ? "default_claude_ai" : "default_claude_max_20x", ["has_extra_usage_enabled"] = false, ["subscription_status"] = isFree ? null : "active",
            },
        };
    }

    public static JsonObject Usage(string person, DateTimeOffset now) => new()
    {
        ["five_hour"] = Window(Used(person, "5h"), now + FiveHours), ["seven_day"] = Window(Used(person, "7d"), now + Week), ["seven_day_oauth_apps"] = null, ["seven_day_opus"] = null,
        ["seven_day_sonnet"] = null, ["iguana_necktie"] = null,
        ["limits"] = new JsonArray(
            new JsonObject { ["kind"] = "session", ["group"] = "session", ["percent"] = Used(person, "5h"), ["resets_at"] = Iso(now + FiveHours), ["is_active"] = true, ["scope"] = null },
            new JsonObject
            {
                ["kind"] = "weekly_scoped", ["group"] = "weekly", ["percent"] = Used(person, "7d_oi"), ["resets_at"] = Iso(now + Week), ["is_active"] = false,
                ["scope"] = new JsonObject { ["model"] = new JsonObject { ["id"] = null, ["display_name"] = "Fable" } },
            }),
        ["extra_usage"] = new JsonObject
        {
            ["is_enabled"] = true, ["monthly_limit"] = 5000, ["used_credits"] = 1234.0, ["utilization"] = 24.68, ["decimal_places"] = 2, ["currency"] = "USD",
        },
    };

    /// <summary>Refuses what the plan does not pay for.</summary>
    public static void Check(string person, Call call, DateTimeOffset now)
    {
        // Requests of the vendor's own program are known by what it says of itself at the beginning.
        var isOwn = call.Json?["system"]?.ToJsonString().Contains("You are Claude Code", StringComparison.Ordinal) == true || call.Json?["system"]?.ToJsonString().Contains("Claude agent", StringComparison.Ordinal) == true;
        if (call.Header("anthropic-beta")?.Contains("context-1m-", StringComparison.Ordinal) == true) throw new Refusal(429, "Usage credits are required for long context requests.");
        if (person.StartsWith("third", StringComparison.Ordinal) && !isOwn) throw new Refusal(400, ThirdParty);
        if (person.StartsWith("out", StringComparison.Ordinal)) throw new Refusal(400, "You're out of extra usage. Add more at claude.ai/settings/usage and keep going.");
        var model = call.Json?["model"].Str();
        if (Used(person, "5h") >= 100 || (IsLarge(model) && Used(person, "7d_oi") >= 100))
            throw new ClaudeLimitRefusal("This request would exceed your account's rate limit. Please try again later.", [.. Headers(person, model, now)]);
    }

    /// <summary>The limits as answers bring them; those of the newest large model only with its own.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Headers(string person, string? model, DateTimeOffset now)
    {
        const string prefix = "anthropic-ratelimit-unified-";
        var windows = new List<(string Name, string Claim, DateTimeOffset Reset)> { ("5h", "five_hour", now + FiveHours), ("7d", "seven_day", now + Week) };
        if (IsLarge(model)) windows.Add(("7d_oi", "seven_day_overage_included", now + Week));
        foreach (var (name, _, reset) in windows)
        {
            yield return new(prefix + name + "-status", Used(person, name) >= 100 ? "rejected" : "allowed");
            yield return new(prefix + name + "-reset", reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            yield return new(prefix + name + "-utilization", (Used(person, name) / 100.0).ToString(CultureInfo.InvariantCulture));
        }

        var (binding, claim, ends) = windows.Find(window => Used(person, window.Name) >= 100) is { Name: not null } spent ? spent : windows[0];
        var isRejected = Used(person, binding) >= 100;
        yield return new(prefix + "status", isRejected ? "rejected" : "allowed");
        yield return new(prefix + "reset", ends.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        yield return new(prefix + "representative-claim", claim);
        yield return new(prefix + "overage-status", "rejected");
        yield return new(prefix + "overage-utilization", "1.0");
        yield return new(prefix + "overage-disabled-reason", "org_level_disabled");
        if (isRejected) yield return new("retry-after", ((long)(ends - now).TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }

    private static bool IsLarge(string? model) => model?.Contains("fable", StringComparison.Ordinal) == true;

    private static double Used(string person, string window) => window switch
    {
        "5h" => person.StartsWith("spent", StringComparison.Ordinal) ? 100 : 12.5,
        "7d_oi" => person.StartsWith("large-spent", StringComparison.Ordinal) ? 100 : 60,
        _ => 40,
    };

    private static JsonObject Window(double percent, DateTimeOffset resets) => new() { ["utilization"] = percent, ["resets_at"] = Iso(resets) };

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    private static long Number(string person) => person.Aggregate(7L, (sum, letter) => ((sum * 31) + letter) % 0xffff_ffff);
}

/// <summary>A refusal that says which limits are used up.</summary>
internal sealed class ClaudeLimitRefusal(string message, IReadOnlyList<KeyValuePair<string, string>> headers) : Refusal(429, message)
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers => headers;
}

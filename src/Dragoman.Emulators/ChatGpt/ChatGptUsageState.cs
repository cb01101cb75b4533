using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>How much of its windows every account has used, in percent, and how many credits it has that set them back.</summary>
internal sealed class ChatGptUsageState
{
    private const int PrimarySeconds = 18_000;
    private const int SecondarySeconds = 604_800;
    private const int Given = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (double Primary, double Secondary)> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _redeemed = new(StringComparer.Ordinal);

    /// <summary>Sets what an account has used.</summary>
    public void Set(string account, double primary, double secondary)
    {
        lock (_gate) _used[account] = (primary, secondary);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _used.Clear();
            _redeemed.Clear();
        }
    }

    /// <summary>The refusal of an account that has used up a window; null where there is room.</summary>
    public Reply? Refuse(ChatGptPerson person, DateTimeOffset now)
    {
        if (person.Plan == "free" && person.Name.EndsWith("-none", StringComparison.Ordinal))
            return Reply.Json(Error("usage_not_included", "To use Codex with your ChatGPT plan, upgrade to Plus.", person), 429);
        var (primary, secondary) = Of(person);
        if (primary < 100 && secondary < 100) return null;
        var body = Error("usage_limit_reached", "The usage limit has been reached", person);
        var end = secondary >= 100 ? End(now, SecondarySeconds) : End(now, PrimarySeconds);
        body["error"]!["resets_at"] = end.ToUnixTimeSeconds();
        body["error"]!["resets_in_seconds"] = (long)(end - now).TotalSeconds;
        return With(Reply.Json(body, 429), person, now);
    }

    /// <summary>The headers that say how the windows stand.</summary>
    public Reply With(Reply reply, ChatGptPerson person, DateTimeOffset now)
    {
        var (primary, secondary) = Of(person);
        Window("primary", primary, PrimarySeconds);
        Window("secondary", secondary, SecondarySeconds);
        return reply.With("x-codex-plan-type", person.Plan);

        void Window(string name, double used, int seconds) => reply
            .With($"x-codex-{name}-used-percent", used.ToString(CultureInfo.InvariantCulture))
            .With($"x-codex-{name}-window-minutes", (seconds / 60).ToString(CultureInfo.InvariantCulture))
            .With($"x-codex-{name}-reset-at", End(now, seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The answer of <c>wham/usage</c>.</summary>
    public JsonObject Usage(ChatGptPerson person, DateTimeOffset now)
    {
        var (primary, secondary) = Of(person);
        var isOver = primary >= 100 || secondary >= 100;
        return new JsonObject
        {
            ["plan_type"] = person.Plan,
            ["rate_limit"] = new JsonObject { ["allowed"] = !isOver, ["limit_reached"] = isOver, ["primary_window"] = Window(primary, PrimarySeconds, now), ["secondary_window"] = Window(secondary, SecondarySeconds, now) },
            ["code_review_rate_limit"] = null,
            ["additional_rate_limits"] = new JsonArray(new JsonObject
            {
                ["limit_name"] = "GPT-5.3-Codex-Spark", ["metered_feature"] = "codex_spark",
                ["rate_limit"] = new JsonObject { ["allowed"] = true, ["limit_reached"] = false, ["primary_window"] = Window(0, PrimarySeconds, now), ["secondary_window"] = null },
            }),
            ["credits"] = new JsonObject { ["has_credits"] = true, ["unlimited"] = false, ["balance"] = "12.5", ["overage_limit_reached"] = false },
            ["spend_control"] = null,
            ["rate_limit_reset_credits"] = new JsonObject { ["available_count"] = CreditsOf(person), ["applicable_available_count"] = isOver ? Math.Min(1, CreditsOf(person)) : 0 },
            ["rate_limit_reached_type"] = isOver ? new JsonObject { ["type"] = "rate_limit_reached" } : null,
        };
    }

    /// <summary>The credits that set windows back: two for everybody, fewer by those that were used, and one that has expired (openai/codex#30395, IgorWarzocha/howaboua-pi-stuff#49).</summary>
    public JsonObject Credits(ChatGptPerson person, DateTimeOffset now)
    {
        var left = CreditsOf(person);
        var credits = new JsonArray();
        for (var number = 0; number < left; number++) credits.Add(Credit($"RateLimitResetCredit_{number}", "available", now.AddDays(10 + number)));
        credits.Add(Credit("RateLimitResetCredit_old", "expired", now.AddDays(-1)));
        return new JsonObject { ["credits"] = credits, ["available_count"] = left };
    }

    /// <summary>Uses a credit up, once for every request id.</summary>
    public JsonObject Consume(ChatGptPerson person, string redeemId)
    {
        lock (_gate)
        {
            var account = person.AccountId ?? person.Name;
            if (!_redeemed.TryGetValue(account, out var redeemed)) _redeemed[account] = redeemed = new HashSet<string>(StringComparer.Ordinal);
            string Code()
            {
                if (redeemed.Contains(redeemId)) return "already_redeemed";
                if (redeemed.Count >= Given) return "no_credit";
                if (_used.GetValueOrDefault(account) == default) return "nothing_to_reset";
                redeemed.Add(redeemId);
                _used.Remove(account);
                return "reset";
            }

            return new JsonObject { ["code"] = Code() };
        }
    }

    private static JsonObject Credit(string id, string status, DateTimeOffset expires) => new()
    {
        ["id"] = id, ["reset_type"] = "codex_rate_limits", ["status"] = status, ["granted_at"] = expires.AddDays(-30).ToString("O", CultureInfo.InvariantCulture), ["expires_at"] = expires.ToString("O", CultureInfo.InvariantCulture),
        ["title"] = "One free rate limit reset", ["description"] = "Thanks for using Codex!",
    };

    private int CreditsOf(ChatGptPerson person)
    {
        lock (_gate) return Given - (_redeemed.TryGetValue(person.AccountId ?? person.Name, out var redeemed) ? redeemed.Count : 0);
    }

    private (double Primary, double Secondary) Of(ChatGptPerson person)
    {
        lock (_gate) return _used.GetValueOrDefault(person.AccountId ?? person.Name);
    }

    private static JsonObject Error(string type, string message, ChatGptPerson person) => new() { ["error"] = new JsonObject { ["type"] = type, ["message"] = message, ["plan_type"] = person.Plan } };

    private static JsonObject Window(double used, int seconds, DateTimeOffset now) => new()
    {
        ["used_percent"] = (int)used, ["limit_window_seconds"] = seconds, ["reset_after_seconds"] = (long)(End(now, seconds) - now).TotalSeconds, ["reset_at"] = End(now, seconds).ToUnixTimeSeconds(),
    };

    /// <summary>Windows end at whole multiples of their length.</summary>
    /// <summary>When a window ends. One that has less than a minute left is over already, so that nothing that asks at any time of the day meets its end by chance.</summary>
    private static DateTimeOffset End(DateTimeOffset now, int seconds) => DateTimeOffset.FromUnixTimeSeconds((((now.ToUnixTimeSeconds() + 60) / seconds) + 1) * seconds);
}

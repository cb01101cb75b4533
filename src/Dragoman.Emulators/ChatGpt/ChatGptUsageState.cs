using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>How much of its windows every account has used, in percent, and how many credits it has that set them back.</summary>
internal sealed class ChatGptUsageState
{
    private const int PrimarySeconds = 18_000;
    private const int SecondarySeconds = 604_800;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (double Primary, double Secondary)> _used = new(StringComparer.Ordinal);

    /// <summary>Sets what an account has used.</summary>
    public void Set(string account, double primary, double secondary)
    {
        lock (_gate) _used[account] = (primary, secondary);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate) _used.Clear();
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
            ["rate_limit_reset_credits"] = new JsonObject { ["available_count"] = 2, ["applicable_available_count"] = isOver ? 1 : 0 },
            ["rate_limit_reached_type"] = isOver ? new JsonObject { ["type"] = "rate_limit_reached" } : null,
        };
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
    private static DateTimeOffset End(DateTimeOffset now, int seconds) => DateTimeOffset.FromUnixTimeSeconds(((now.ToUnixTimeSeconds() / seconds) + 1) * seconds);
}

using System.Text.Json.Nodes;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.CodingPlan;

/// <summary>
/// Z.ai: refusals are 429 with a code in figures (docs.z.ai/api-reference/api-code), by Messages also in the words (zai-org/feedback#789). The usage page answers 200 to a key that it does not know
/// (KiwiGaze/glm-for-copilot#50 and can1357/oh-my-pi#9883 have its form of September 2026, prime-radiant-inc/agentic-usage-meter#3 an older one).
/// </summary>
internal sealed class ZaiPlan : PlanVendor
{
    public override string Chat => "/api/coding/paas/v4";

    public override string Messages => "/api/anthropic";

    public override string Responses => "/api/v1";

    public override string UsagePath => "/api/monitor/usage/quota/limit";

    public override Refusal BadKey => new(401, "token expired or incorrect", code: "401");

    public override Refusal Spent => new(429, "Usage limit reached for 5 hour. Your limit will reset at 2026-11-30 18:00:00", code: "1308");

    public override Refusal NoModel => new(429, "Your subscription plan does not include this model.", code: "1311");

    public override Reply MessagesError(Refusal refusal)
        => Reply.Json(new JsonObject
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = refusal.Type ?? AnthropicErrors.TypeOf(refusal.Status), ["code"] = refusal.Code, ["message"] = refusal.Code is { } code ? $"[{code}][{refusal.Message}][20261130000000]" : refusal.Message },
            ["request_id"] = "20261130000000",
        }, refusal.Status);

    public override Reply Usage(string key, DateTimeOffset now)
    {
        if (IsRefused(key)) return Reply.Json(new JsonObject { ["code"] = 401, ["msg"] = "token expired or incorrect", ["success"] = false });
        var isOld = key.StartsWith("counts", StringComparison.Ordinal);
        var spent = key.StartsWith("spent", StringComparison.Ordinal);
        JsonObject Limit(string type, int unit, int number, int whole, int used, TimeSpan left)
        {
            var limit = new JsonObject { ["type"] = type, ["unit"] = unit, ["number"] = number, ["percentage"] = 100 * used / whole, ["nextResetTime"] = (now + left).ToUnixTimeMilliseconds() };
            if (isOld && type != "TIME_LIMIT") return limit;
            (limit["usage"], limit["currentValue"], limit["remaining"]) = (whole, used, whole - used);
            return limit;
        }

        var kind = isOld ? "TOKENS_LIMIT" : "CREDIT_LIMIT";
        var limits = new JsonArray(Limit(kind, 3, 5, 12_000, spent ? 12_000 : 3_000, TimeSpan.FromHours(3)), Limit(kind, 6, 1, 60_000, 6_000, TimeSpan.FromDays(4)));
        if (isOld) limits.Add(Limit("TIME_LIMIT", 5, 1, 4_000, 4_000, TimeSpan.FromDays(20)));
        return Reply.Json(new JsonObject { ["code"] = 200, ["msg"] = "Operation successful", ["data"] = new JsonObject { ["limits"] = limits, ["level"] = "pro" }, ["success"] = true });
    }
}

using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.CodingPlan;

/// <summary>
/// MiniMax: the code of a refusal is at the end of its words (MiniMax-AI/MiniMax-M2.7#36); the usage page answers 200 to everybody, and what it calls a usage count is what remains (MiniMax-AI/MiniMax-M2#99). Plans of since
/// June 2026 are counted in percent (rygel/AIUsageTracker#613); videos have a row of their own.
/// </summary>
internal sealed class MiniMaxPlan : PlanVendor
{
    public override string Chat => "/v1";

    public override string Messages => "/anthropic";

    public override string UsagePath => "/v1/token_plan/remains";

    public override Refusal BadKey => new(401, "login fail: Please carry the API secret key in the 'Authorization' field of the request header (1004)");

    public override Refusal Spent => new(429, "usage limit exceeded, 5-hour usage limit reached for Token Plan Plus, resets at 2026-11-30T15:00:00Z (2056)", type: "rate_limit_error");

    public override Refusal NoModel => new(400, "your current token plan not support model (2061)", type: "bad_request_error");

    public override Reply Usage(string key, DateTimeOffset now)
    {
        if (IsRefused(key)) return Reply.Json(new JsonObject { ["base_resp"] = new JsonObject { ["status_code"] = 1004, ["status_msg"] = "login fail: Please carry the API secret key" } });
        var counts = key.StartsWith("counts", StringComparison.Ordinal);
        JsonObject Row(string model, int percent, int weekly, int weeklyStatus)
        {
            var row = new JsonObject
            {
                ["model_name"] = model, ["start_time"] = now.AddHours(-2).ToUnixTimeMilliseconds(), ["end_time"] = now.AddHours(3).ToUnixTimeMilliseconds(), ["weekly_end_time"] = now.AddDays(4).ToUnixTimeMilliseconds(),
                ["current_interval_total_count"] = counts ? 1_500 : 0, ["current_interval_usage_count"] = counts ? 15 * percent : 0, ["current_weekly_total_count"] = counts ? 15_000 : 0, ["current_weekly_usage_count"] = counts ? 150 * weekly : 0,
                ["current_interval_status"] = 1, ["current_weekly_status"] = weeklyStatus,
            };
            if (!counts) (row["current_interval_remaining_percent"], row["current_weekly_remaining_percent"]) = (percent, weekly);
            return row;
        }

        var unlimited = key.StartsWith("no-week", StringComparison.Ordinal);
        return Reply.Json(new JsonObject
        {
            ["model_remains"] = new JsonArray(Row(counts ? "MiniMax-M2.7" : "general", key.StartsWith("spent", StringComparison.Ordinal) ? 0 : 75, unlimited ? 100 : 90, unlimited ? 3 : 1), Row("video", 0, 0, 1)),
            ["base_resp"] = new JsonObject { ["status_code"] = 0, ["status_msg"] = "success" },
        });
    }
}

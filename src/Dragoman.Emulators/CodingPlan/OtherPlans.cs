using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.CodingPlan;

/// <summary>Alibaba Cloud: no list of models, and no usage page for keys.</summary>
internal sealed class AlibabaPlan : PlanVendor
{
    public override string Chat => "/v1";

    public override string Messages => "/apps/anthropic";

    public override bool ListsModels => false;

    public override Refusal Spent => new(429, "week allocated quota exceeded", code: "insufficient_quota", type: "insufficient_quota");
}

/// <summary>Xiaomi MiMo: the usage page takes the console's cookies alone (XiaomiMiMo/MiMo-Code#2495).</summary>
internal sealed class XiaomiPlan : PlanVendor
{
    public override string Chat => "/v1";

    public override string Messages => "/anthropic";

    public override Refusal Spent => new(402, "Insufficient credits in the Token Plan.");
}

/// <summary>Kimi Code by key: numbers come as text.</summary>
internal sealed class KimiPlan : PlanVendor
{
    public override string Chat => "/coding/v1";

    public override string Messages => "/coding";

    public override string UsagePath => "/coding/v1/usages";

    public override Refusal BadKey => new(401, "The API Key appears to be invalid or may have expired.", type: "invalid_authentication_error");

    public override Refusal Spent => new(403, "You've reached your usage limit for this billing cycle.", type: "access_terminated_error");

    public override Reply Usage(string key, DateTimeOffset now)
    {
        if (IsRefused(key)) throw BadKey;
        string Iso(TimeSpan left) => (now + left).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        return Reply.Json(new JsonObject
        {
            ["user"] = new JsonObject { ["membership"] = new JsonObject { ["level"] = "LEVEL_INTERMEDIATE" } },
            ["usage"] = new JsonObject { ["limit"] = "2048", ["used"] = "512", ["remaining"] = "1536", ["resetAt"] = Iso(TimeSpan.FromDays(4)) },
            ["limits"] = new JsonArray(new JsonObject
            {
                ["window"] = new JsonObject { ["duration"] = 300, ["timeUnit"] = "TIME_UNIT_MINUTE" },
                ["detail"] = new JsonObject { ["limit"] = "200", ["used"] = "50", ["resetTime"] = Iso(TimeSpan.FromHours(3)) },
            }),
        });
    }
}

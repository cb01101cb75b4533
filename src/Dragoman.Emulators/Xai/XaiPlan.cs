using System.Globalization;
using System.Text.Json.Nodes;

namespace Dragoman.Emulators.Xai;

/// <summary>What xAI says of a plan: credits of the week, or for <c>unified…</c> a monthly budget, which only the question without a format shows. Zeros are left out.</summary>
internal static class XaiPlan
{
    public static JsonObject Billing(string person, bool credits, DateTimeOffset now)
    {
        var (begin, end) = (Iso(now.AddDays(-2)), Iso(now.AddDays(5)));
        var config = new JsonObject { ["billingPeriodStart"] = begin, ["billingPeriodEnd"] = end };
        if (person.StartsWith("unified", StringComparison.Ordinal))
        {
            config["isUnifiedBillingUser"] = true;
            if (credits) return new JsonObject { ["config"] = config };
            config["monthlyLimit"] = new JsonObject { ["val"] = "10000" };
            config["used"] = new JsonObject { ["val"] = 2500 };
            return new JsonObject { ["config"] = config };
        }

        config["subscriptionTier"] = "SUPERGROK";
        config["currentPeriod"] = new JsonObject { ["type"] = "USAGE_PERIOD_TYPE_WEEKLY", ["start"] = begin, ["end"] = end };
        if (!person.StartsWith("unused", StringComparison.Ordinal)) config["creditUsagePercent"] = 12.5;
        config["productUsage"] = new JsonArray(new JsonObject { ["product"] = "Api", ["usagePercent"] = 10 }, new JsonObject { ["product"] = "GrokChat" });
        config["onDemandCap"] = new JsonObject { ["val"] = 500 };
        config["onDemandUsed"] = new JsonObject();
        return new JsonObject { ["config"] = config };
    }

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>
/// Reads both shapes of xAI's billing: credits of a period with a percentage, and the monthly budget of unified accounts (wire notes logins-2026-11, section 7, "Billing"). The service leaves out numbers that are
/// zero, so a period without a percentage is one of which nothing is used.
/// </summary>
internal static class XaiBilling
{
    /// <summary>The plan that an answer names; null for none.</summary>
    public static string? PlanOf(JsonElement billing) => VendorJson.Text(billing, "subscriptionTier") ?? VendorJson.Text(ConfigOf(billing), "subscriptionTier");

    /// <summary>Whether the credits of an answer say how much is used.</summary>
    public static bool HasCredits(JsonElement billing)
    {
        var config = ConfigOf(billing);
        return VendorJson.Object(config, "currentPeriod") is not null || NumberOf(config, "creditUsagePercent") is not null;
    }

    /// <summary>The credits of a period.</summary>
    public static QuotaReport ReadCredits(JsonElement billing)
    {
        var config = ConfigOf(billing);
        var period = VendorJson.Object(config, "currentPeriod");
        var percent = NumberOf(config, "creditUsagePercent") ?? 0;
        var facts = FactsOf(config);
        if (config.TryGetProperty("productUsage", out var products) && products.ValueKind == JsonValueKind.Array)
        {
            foreach (var product in products.EnumerateArray())
                if (VendorJson.Text(product, "product") is { } name) facts[name] = string.Create(CultureInfo.InvariantCulture, $"{NumberOf(product, "usagePercent") ?? 0:0.#} % used");
        }

        var type = period is { } known ? VendorJson.Text(known, "type") : null;
        var window = new QuotaWindow(NameOf(type), Math.Clamp(percent / 100, 0, 1), null, null, (period is { } current ? TimeOf(current, "end") : null) ?? TimeOf(config, "billingPeriodEnd"));
        return new QuotaReport { Account = [window], Plan = PlanOf(billing), Facts = facts };
    }

    /// <summary>The monthly budget; null where the answer has none.</summary>
    public static QuotaReport? ReadBudget(JsonElement billing)
    {
        var config = ConfigOf(billing);
        if (NumberOf(config, "monthlyLimit") is not (> 0 and < 1e15 and var limit)) return null;
        var used = Math.Clamp(NumberOf(config, "used") ?? 0, 0, 1e15);
        var window = new QuotaWindow("month", Math.Clamp(used / limit, 0, 1), (long)limit, (long)Math.Max(0, limit - used), TimeOf(config, "billingPeriodEnd"));
        return new QuotaReport { Account = [window], Plan = PlanOf(billing), Facts = FactsOf(config) };
    }

    private static JsonElement ConfigOf(JsonElement billing) => VendorJson.Object(billing, "config") ?? billing;

    private static Dictionary<string, string> FactsOf(JsonElement config)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (NumberOf(config, "onDemandCap") is > 0 and var cap) facts["on demand"] = string.Create(CultureInfo.InvariantCulture, $"{NumberOf(config, "onDemandUsed") ?? 0} of {cap}");
        if (NumberOf(config, "prepaidBalance") is { } balance) facts["prepaid"] = string.Create(CultureInfo.InvariantCulture, $"{balance}");
        return facts;
    }

    private static string NameOf(string? type) => type is null ? "period" : type.Contains("WEEK", StringComparison.OrdinalIgnoreCase) ? "7d" : type.Contains("MONTH", StringComparison.OrdinalIgnoreCase) ? "month" : "period";

    /// <summary>A number: as such, as text, or as the <c>val</c> of an object.</summary>
    private static double? NumberOf(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out var member)) return null;
        if (member.ValueKind == JsonValueKind.Object) return member.TryGetProperty("val", out _) ? NumberOf(member, "val") : 0;
        return double.TryParse(VendorJson.Text(value, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    private static DateTimeOffset? TimeOf(JsonElement value, string name)
        => DateTimeOffset.TryParse(VendorJson.Text(value, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}

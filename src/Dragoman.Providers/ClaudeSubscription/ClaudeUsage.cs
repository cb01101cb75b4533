using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// Reads what <c>/api/oauth/usage</c> says: windows with percentages, weekly limits of single models, extra usage. Windows that the plan does not have are null; names that are not known are told as facts
/// (wire notes logins-2026-11, section 1, "Usage").
/// </summary>
internal static class ClaudeUsage
{
    private static readonly Dictionary<string, string> AccountWindows = new(StringComparer.Ordinal) { ["five_hour"] = "5h", ["seven_day"] = "7d", ["seven_day_oauth_apps"] = "7d-apps" };

    /// <summary>Windows of families of models, by what the ids of the family contain.</summary>
    private static readonly Dictionary<string, string> FamilyWindows = new(StringComparer.Ordinal) { ["seven_day_opus"] = "opus", ["seven_day_sonnet"] = "sonnet" };

    /// <summary>The report.</summary>
    public static QuotaReport Read(JsonElement usage)
    {
        var windows = new List<QuotaWindow>();
        var models = new Dictionary<string, IReadOnlyList<QuotaWindow>>(StringComparer.OrdinalIgnoreCase);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in usage.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Object || VendorJson.Number(member.Value, "utilization") is not { } percent || member.Name is "extra_usage" or "spend") continue;
            var resets = TimeOf(member.Value, "resets_at");
            if (AccountWindows.TryGetValue(member.Name, out var name)) windows.Add(Window(name, percent, resets));
            else if (FamilyWindows.TryGetValue(member.Name, out var family)) models[family] = [Window("7d", percent, resets)];
            else facts[member.Name] = string.Create(CultureInfo.InvariantCulture, $"{percent:0.#} % used");
        }

        ReadLimits(usage, models);
        ReadExtra(usage, facts);
        return new QuotaReport { Account = windows, Models = models, Facts = facts };
    }

    /// <summary>Weekly limits of single models. Whether one is marked as active says nothing: it holds all the same.</summary>
    private static void ReadLimits(JsonElement usage, Dictionary<string, IReadOnlyList<QuotaWindow>> models)
    {
        if (!usage.TryGetProperty("limits", out var limits) || limits.ValueKind != JsonValueKind.Array) return;
        foreach (var limit in limits.EnumerateArray())
        {
            if (VendorJson.Text(limit, "kind") != "weekly_scoped" || VendorJson.Number(limit, "percent") is not { } percent) continue;
            if (VendorJson.Object(limit, "scope") is not { } scope || VendorJson.Object(scope, "model") is not { } model) continue;
            if ((VendorJson.Text(model, "id") ?? VendorJson.Text(model, "display_name")) is { } name) models[name] = [Window("7d", percent, TimeOf(limit, "resets_at"))];
        }
    }

    private static void ReadExtra(JsonElement usage, Dictionary<string, string> facts)
    {
        if (VendorJson.Object(usage, "extra_usage") is { } extra)
        {
            var digits = VendorJson.Number(extra, "decimal_places") is >= 0 and <= 6 and var places ? (int)places : 2;
            var currency = VendorJson.Text(extra, "currency") ?? "";
            facts["extra usage"] = !IsTrue(extra, "is_enabled") ? "off"
                : $"{Money(VendorJson.Number(extra, "used_credits") ?? 0, digits)} of {(VendorJson.Number(extra, "monthly_limit") is { } limit ? Money(limit, digits) : "no limit")} {currency}".TrimEnd();
        }

        if (VendorJson.Object(usage, "spend") is { } spend && IsTrue(spend, "enabled"))
        {
            var used = Amount(spend, "used");
            if (used is not null) facts["spend"] = Amount(spend, "limit") is { } limit ? $"{used} of {limit}" : used;
        }
    }

    private static QuotaWindow Window(string name, double percent, DateTimeOffset? resets) => new(name, double.IsFinite(percent) ? Math.Clamp(percent / 100, 0, 1) : null, null, null, resets);

    private static DateTimeOffset? TimeOf(JsonElement value, string name)
        => DateTimeOffset.TryParse(VendorJson.Text(value, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>An amount in minor units with its currency.</summary>
    private static string? Amount(JsonElement value, string name)
    {
        if (VendorJson.Object(value, name) is not { } amount || VendorJson.Number(amount, "amount_minor") is not { } minor) return null;
        return $"{Money(minor, VendorJson.Number(amount, "exponent") is >= 0 and <= 6 and var places ? (int)places : 2)} {VendorJson.Text(amount, "currency")}".TrimEnd();
    }

    private static string Money(double minor, int digits) => (minor / Math.Pow(10, digits)).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static bool IsTrue(JsonElement value, string name) => value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.True;
}

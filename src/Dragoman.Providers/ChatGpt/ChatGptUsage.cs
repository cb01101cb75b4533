using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// Reads what ChatGPT says of a plan's usage. <c>limit_reached</c> is the account's and not each window's; a percentage may be rounded to 100 while requests are still allowed. Credits that set a
/// window back are told as facts: they are the owner's to spend, and spending cannot be undone.
/// </summary>
internal static class ChatGptUsage
{
    /// <summary>What is shown of a window that is rounded to 100 % while requests are allowed.</summary>
    private const double NearlyAll = 0.995;

    /// <summary>Reads an answer.</summary>
    public static QuotaReport Read(JsonElement usage, DateTimeOffset now)
    {
        var models = new Dictionary<string, IReadOnlyList<QuotaWindow>>(StringComparer.Ordinal);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Member(usage, "additional_rate_limits") is { ValueKind: JsonValueKind.Array } more)
        {
            foreach (var limit in more.EnumerateArray())
            {
                // Limits of single models bear the model's name as people write it.
                if ((VendorJson.Text(limit, "limit_name") ?? VendorJson.Text(limit, "metered_feature")) is not { } name) continue;
                if (WindowsOf(Member(limit, "rate_limit"), now) is { Count: > 0 } windows) models[name.ToLowerInvariant().Replace(' ', '-')] = windows;
            }
        }

        foreach (var window in WindowsOf(Member(usage, "code_review_rate_limit"), now)) facts[$"code review, {window.Name}"] = Percent(window);
        ReadCredits(usage, facts);
        if (VendorJson.Text(Member(usage, "rate_limit_reached_type"), "type") is { } reached) facts["limit reached"] = reached;
        return new QuotaReport { Account = WindowsOf(Member(usage, "rate_limit"), now), Models = models, Plan = VendorJson.Text(usage, "plan_type"), Facts = facts };
    }

    private static void ReadCredits(JsonElement usage, Dictionary<string, string> facts)
    {
        var credits = Member(usage, "credits");
        if (IsTrue(credits, "unlimited")) facts["credits"] = "unlimited";
        else if (IsTrue(credits, "has_credits") && VendorJson.Text(credits, "balance") is { } balance) facts["credits"] = balance;
        if (IsTrue(credits, "overage_limit_reached")) facts["overage limit"] = "reached";
        var spending = Member(usage, "spend_control");
        if (Member(spending, "individual_limit") is { ValueKind: JsonValueKind.Object } limit && VendorJson.Text(limit, "limit") is { } most)
            facts["spending limit"] = VendorJson.Text(limit, "used") is { } used ? $"{used} of {most} used" : most;
        if (IsTrue(spending, "reached")) facts["spending limit reached"] = "yes";
        var resets = Member(usage, "rate_limit_reset_credits");
        if (VendorJson.Number(resets, "available_count") is > 0 and var available)
        {
            facts["reset credits"] = VendorJson.Number(resets, "applicable_available_count") is { } applicable
                ? FormattableString.Invariant($"{available}, of which {applicable} can be used now; the gateway never uses one")
                : FormattableString.Invariant($"{available}; the gateway never uses one");
        }
    }

    private static List<QuotaWindow> WindowsOf(JsonElement limit, DateTimeOffset now)
    {
        var windows = new List<QuotaWindow>();
        var isAllowed = IsTrue(limit, "allowed") && !IsTrue(limit, "limit_reached");
        foreach (var (member, name) in (ReadOnlySpan<(string, string)>)[("primary_window", "primary"), ("secondary_window", "secondary")])
        {
            var window = Member(limit, member);
            if (VendorJson.Number(window, "used_percent") is not (>= 0 and < 1e6 and var percent)) continue;
            var used = Math.Min(percent / 100, 1);
            var reset = VendorJson.Number(window, "reset_at") is > 0 and < 1e11 and var at ? DateTimeOffset.FromUnixTimeSeconds((long)at)
                : VendorJson.Number(window, "reset_after_seconds") is >= 0 and < 1e9 and var wait ? now.AddSeconds(wait) : (DateTimeOffset?)null;
            var minutes = VendorJson.Number(window, "limit_window_seconds") is { } seconds ? Math.Ceiling(seconds / 60) : (double?)null;
            windows.Add(new QuotaWindow(ChatGptQuotaHeaders.NameOf(minutes, name), isAllowed && used >= 1 ? NearlyAll : used, null, null, reset));
        }

        return windows;
    }

    private static string Percent(QuotaWindow window) => string.Create(CultureInfo.InvariantCulture, $"{window.UsedFraction * 100:0} % used");

    private static JsonElement Member(JsonElement value, string name) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;

    private static bool IsTrue(JsonElement value, string name) => Member(value, name).ValueKind == JsonValueKind.True;
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Abstractions;

/// <summary>Reads usage pages by a <see cref="UsageMap"/>. Numbers may come as text; what does not fit is passed over.</summary>
internal static partial class UsageReading
{
    /// <summary>The first moment that is a time in milliseconds rather than in seconds: in seconds it would be in the year 5138.</summary>
    private const double FirstMillisecond = 1e11;

    private const double LastMillisecond = 253_402_300_799_999;

    /// <summary>What a page says.</summary>
    /// <param name="page">The page, an object.</param>
    /// <param name="map">How it is read.</param>
    /// <param name="vendor">What people call the vendor.</param>
    public static QuotaReport Read(JsonElement page, UsageMap map, string vendor)
    {
        foreach (var (path, word) in map.Success)
        {
            if (Text(page, path) is { } said && !said.Equals(word, StringComparison.OrdinalIgnoreCase))
                return QuotaReport.Failed($"{vendor} refused{(map.Message is { } at && Text(page, at) is { } message ? $": {message.TrimEnd('.')}" : "")}.");
        }

        var windows = new List<QuotaWindow>();
        foreach (var window in map.Windows.SelectMany(rule => Items(page, rule).Select(item => Window(item, rule)).OfType<QuotaWindow>()))
        {
            // A plan may be counted in two ways at once; the one that is used up first decides.
            var twin = windows.FindIndex(other => other.Name == window.Name);
            if (twin < 0) windows.Add(window);
            else if (window.UsedFraction > windows[twin].UsedFraction) windows[twin] = window;
        }

        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var window in map.Facts.SelectMany(rule => Items(page, rule).Select(item => Window(item, rule)).OfType<QuotaWindow>()))
        {
            facts[window.Name] = window is { Limit: { } limit, Remaining: { } left }
                ? string.Create(CultureInfo.InvariantCulture, $"{left} of {limit} left") : string.Create(CultureInfo.InvariantCulture, $"{(1 - window.UsedFraction) * 100:0.#} % left");
        }

        return new QuotaReport { Account = windows, Facts = facts, Plan = map.Plan is { } plan ? Text(page, plan) : null };
    }

    private static IEnumerable<JsonElement> Items(JsonElement page, UsageRule rule)
    {
        if (Find(page, rule.At) is not { } found) return [];
        var items = found.ValueKind == JsonValueKind.Array ? found.EnumerateArray() : (IEnumerable<JsonElement>)[found];
        return items.Where(item => item.ValueKind == JsonValueKind.Object && rule.Where.All(pair => Fits(item, pair)) && !rule.Unless.Any(pair => Fits(item, pair)));
    }

    private static bool Fits(JsonElement item, KeyValuePair<string, string> condition)
        => Text(item, condition.Key) is { } text && condition.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(word => Wildcard.Matches(word, text));

    private static QuotaWindow? Window(JsonElement item, UsageRule rule)
    {
        var resets = rule.Resets is { } at ? TimeOf(Text(item, at)) : null;
        var limit = Number(item, rule.Limit) is > 0 and < 1e15 and var whole ? whole : (double?)null;
        if (limit is { } all && (Number(item, rule.Remaining) ?? (Number(item, rule.Used) is { } used ? all - used : null)) is { } left)
        {
            left = Math.Clamp(left, 0, all);
            return new QuotaWindow(NameOf(item, rule), 1 - (left / all), (long)all, (long)left, resets);
        }

        var share = Number(item, rule.UsedPercent) ?? (Number(item, rule.RemainingPercent) is { } rest ? 100 - rest : null);
        return share is { } percent ? new QuotaWindow(NameOf(item, rule), Math.Clamp(percent / 100, 0, 1), null, null, resets) : null;
    }

    private static string NameOf(JsonElement item, UsageRule rule)
        => rule.Name is { } name ? Placeholder().Replace(name, match => Text(item, match.Groups["path"].Value) ?? "") : LengthName(Number(item, rule.Length) ?? 0, rule.LengthUnit is { } unit ? Text(item, unit) ?? "" : "");

    /// <summary>The length of a window in the words that other vendors' windows have: <c>5h</c>, <c>7d</c>.</summary>
    private static string LengthName(double length, string unit)
    {
        bool Has(string word) => unit.Contains(word, StringComparison.OrdinalIgnoreCase);
        var minutes = length * (Has("WEEK") ? 10_080 : Has("DAY") ? 1_440 : Has("HOUR") ? 60 : Has("SECOND") ? 1 / 60.0 : 1);
        return minutes >= 1_440 && minutes % 1_440 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 1_440}d")
            : minutes >= 60 && minutes % 60 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}h")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes:0.#}m") : "window";
    }

    private static JsonElement? Find(JsonElement value, string path)
    {
        foreach (var choice in path.Split('|', StringSplitOptions.TrimEntries))
        {
            JsonElement? found = value;
            foreach (var name in choice.Split('.', StringSplitOptions.RemoveEmptyEntries))
                found = found is { ValueKind: JsonValueKind.Object } inner && inner.TryGetProperty(name, out var member) ? member : null;
            if (found is { ValueKind: not JsonValueKind.Null and not JsonValueKind.Undefined }) return found;
        }

        return null;
    }

    private static string? Text(JsonElement value, string path) => Find(value, path) is not { } found ? null : found.ValueKind switch
    {
        JsonValueKind.String => found.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => found.GetRawText(),
        _ => null,
    };

    private static double? Number(JsonElement value, string? path)
        => path is not null && double.TryParse(Text(value, path), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static DateTimeOffset? TimeOf(string? text)
    {
        if (text is null) return null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
        var milliseconds = number >= FirstMillisecond ? number : number * 1000;
        return milliseconds is > 0 and < LastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;
    }

    [GeneratedRegex(@"\{(?<path>[^{}]+)\}", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Placeholder();
}

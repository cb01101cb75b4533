using System.Globalization;
using System.Net.Http.Headers;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Text;

namespace Dragoman.Providers.Abstractions;

/// <summary>
/// Reads how an upstream's quotas stand from the headers of its answer: <c>x-ratelimit-{limit,remaining,reset}-NAME</c> (OpenAI and its
/// kin), <c>anthropic-ratelimit-NAME-{limit,remaining,reset}</c>, and the windows of Anthropic's subscriptions
/// (<c>anthropic-ratelimit-unified-{5h,7d}-{utilization,reset}</c>), which are the whole account's.
/// </summary>
public sealed class QuotaHeaders : IQuotaSource
{
    /// <summary>One for all.</summary>
    public static QuotaHeaders Instance { get; } = new();

    private const string OpenAi = "x-ratelimit-";
    private const string Anthropic = "anthropic-ratelimit-";
    private const string Unified = "unified-";
    private const int Most = 12;

    /// <inheritdoc/>
    public QuotaReading? ReadHeaders(HttpResponseHeaders headers, DateTimeOffset now) => Read(headers, now);

    /// <summary>The quotas; null where no header says any. Costs a look at the names when there is none.</summary>
    public static QuotaReading? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        Dictionary<string, QuotaWindow>? lane = null;
        Dictionary<string, QuotaWindow>? account = null;
        foreach (var (name, values) in headers.NonValidated)
        {
            if (name.StartsWith(OpenAi, StringComparison.OrdinalIgnoreCase))
            {
                var (what, window) = Split(name.AsSpan(OpenAi.Length), first: true);
                Note(ref lane, window.Length == 0 ? "requests" : window, what, values.ToString(), now);
            }
            else if (name.StartsWith(Anthropic, StringComparison.OrdinalIgnoreCase))
            {
                var rest = name.AsSpan(Anthropic.Length);
                var whole = rest.StartsWith(Unified, StringComparison.OrdinalIgnoreCase);
                var (what, window) = Split(whole ? rest[Unified.Length..] : rest, first: false);
                if (window.Length == 0) continue;
                if (whole) Note(ref account, window, what, values.ToString(), now);
                else Note(ref lane, window, what, values.ToString(), now);
            }
        }

        return lane is null && account is null ? null : new QuotaReading(ToWindows(lane), ToWindows(account));
    }

    private static (string What, string Window) Split(ReadOnlySpan<char> text, bool first)
    {
        var dash = first ? text.IndexOf('-') : text.LastIndexOf('-');
        if (dash < 0) return (text.ToString(), "");
        return first ? (text[..dash].ToString(), text[(dash + 1)..].ToString()) : (text[(dash + 1)..].ToString(), text[..dash].ToString());
    }

    private static void Note(ref Dictionary<string, QuotaWindow>? windows, string name, string what, string value, DateTimeOffset now)
    {
        windows ??= new Dictionary<string, QuotaWindow>(StringComparer.OrdinalIgnoreCase);
        if (!windows.TryGetValue(name, out var window))
        {
            if (windows.Count >= Most || name.Length > 40) return;
            window = new QuotaWindow(name.ToLowerInvariant(), null, null, null, null);
        }

        windows[name] = what.ToLowerInvariant() switch
        {
            "limit" when Number(value) is { } limit => window with { Limit = limit },
            "remaining" when Number(value) is { } remaining => window with { Remaining = remaining },
            "utilization" when double.TryParse(value, CultureInfo.InvariantCulture, out var used) && double.IsFinite(used) => window with { UsedFraction = Math.Clamp(used, 0, 1) },
            "reset" when Moment(value, now) is { } reset => window with { ResetsAt = reset },
            _ => window,
        };
    }

    /// <summary>A window that only says when it ends, or nothing we understand, is none.</summary>
    private static IReadOnlyList<QuotaWindow> ToWindows(Dictionary<string, QuotaWindow>? windows)
        => windows is null ? [] : [.. windows.Values.Where(window => window.UsedFraction is not null || window.Remaining is not null)];

    private static long? Number(string text)
        => double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e15 ? (long)number : null;

    /// <summary>A date, seconds or milliseconds since 1970, or a duration (<c>6m0s</c>, <c>120ms</c>, seconds).</summary>
    private static DateTimeOffset? Moment(string text, DateTimeOffset now)
    {
        if (double.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            return number switch
            {
                >= 1e11 and < 1e14 => DateTimeOffset.FromUnixTimeMilliseconds((long)number),
                >= 1e9 and < 1e11 => DateTimeOffset.FromUnixTimeSeconds((long)number),
                >= 0 and < 1e9 => now.AddSeconds(number),
                _ => null,
            };
        }

        if (DurationText.TryParse(text, out var duration)) return now + duration;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
    }
}

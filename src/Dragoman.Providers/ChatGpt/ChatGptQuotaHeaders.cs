using System.Globalization;
using System.Net.Http.Headers;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.ChatGpt;

/// <summary>How the windows of a ChatGPT plan stand, as the headers of answers say it (<c>x-codex-{primary,secondary}-…</c>; wire notes codex-and-antigravity §B.7). They are the whole account's.</summary>
internal sealed class ChatGptQuotaHeaders : IQuotaSource
{
    private static readonly string[] Windows = ["primary", "secondary"];

    /// <inheritdoc/>
    public QuotaReading? ReadHeaders(HttpResponseHeaders headers, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(headers);
        List<QuotaWindow>? windows = null;
        foreach (var window in Windows)
            if (Read(headers, window, now) is { } read) (windows ??= []).Add(read);
        return windows is null ? null : new QuotaReading([], windows);
    }

    /// <summary>When the last of the windows that are used up begins anew; null where the headers tell of none.</summary>
    public static DateTimeOffset? LatestUsedUp(HttpResponseHeaders headers, DateTimeOffset now)
        => Windows.Select(window => Read(headers, window, now)).Where(static window => window?.UsedFraction >= 1).Max(static window => window?.ResetsAt);

    /// <summary>What a window of so many minutes is called.</summary>
    public static string NameOf(double? minutes, string otherwise) => minutes switch
    {
        null or <= 0 or > 1e7 => otherwise,
        var whole when whole % 1440 == 0 => FormattableString.Invariant($"{whole / 1440}d"),
        var whole when whole % 60 == 0 => FormattableString.Invariant($"{whole / 60}h"),
        var whole => FormattableString.Invariant($"{Math.Ceiling(whole.Value)}m"),
    };

    private static QuotaWindow? Read(HttpResponseHeaders headers, string window, DateTimeOffset now)
    {
        if (Number(headers, $"x-codex-{window}-used-percent") is not (>= 0 and < 1e6 and var used)) return null;
        // Older builds say how long it takes, newer ones when.
        var reset = Number(headers, $"x-codex-{window}-reset-at") is > 0 and < 1e11 and var at ? DateTimeOffset.FromUnixTimeSeconds((long)at)
            : Number(headers, $"x-codex-{window}-reset-after-seconds") is >= 0 and < 1e9 and var wait ? now.AddSeconds(wait) : (DateTimeOffset?)null;
        return new QuotaWindow(NameOf(Number(headers, $"x-codex-{window}-window-minutes"), window), Math.Min(used / 100, 1), null, null, reset);
    }

    private static double? Number(HttpResponseHeaders headers, string name)
        => headers.NonValidated.TryGetValues(name, out var values) && double.TryParse(values.ToString(), CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}

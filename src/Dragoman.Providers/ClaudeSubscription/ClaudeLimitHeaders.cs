using System.Globalization;
using System.Net.Http.Headers;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// The limits of a plan in the headers of an answer (<c>anthropic-ratelimit-unified-*</c>): <c>5h</c> and <c>7d</c> are the whole account's. <c>7d_oi</c> comes with answers of the newest large model only and
/// is that model's; <c>overage</c> is what may be bought besides, and no limit of the plan (wire notes logins-2026-11, section 1).
/// </summary>
internal sealed class ClaudeLimitHeaders : IQuotaSource
{
    /// <summary>The window of the newest large model.</summary>
    public const string ModelWindow = "7d_oi";

    private const string Prefix = "anthropic-ratelimit-unified";
    private const string ModelClaim = "seven_day_overage_included";
    private static readonly string[] SharedWindows = ["-5h", "-7d"];

    /// <inheritdoc/>
    public QuotaReading? ReadHeaders(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (QuotaHeaders.Read(headers, now) is not { } reading) return null;
        return new QuotaReading(
            [.. reading.Target, .. reading.Account.Where(static window => window.Name == ModelWindow)],
            [.. reading.Account.Where(static window => window.Name is not (ModelWindow or "overage"))]);
    }

    /// <summary>Which limit has refused a request: the account's or the model's, and when it ends; null where none of the plan's has.</summary>
    public static (bool IsOfAccount, DateTimeOffset? Until)? FindRefusal(HttpResponseHeaders headers)
    {
        DateTimeOffset? until = null;
        var isShared = false;
        foreach (var window in SharedWindows)
        {
            if (!IsRejected(headers, window)) continue;
            isShared = true;
            if (ResetOf(headers, window) is { } reset && !(reset <= until)) until = reset;
        }

        if (isShared) return (true, until ?? ResetOf(headers, ""));
        var claim = First(headers, "-representative-claim");
        if (IsRejected(headers, "-" + ModelWindow) || (IsRejected(headers, "") && claim == ModelClaim)) return (false, ResetOf(headers, "-" + ModelWindow) ?? ResetOf(headers, ""));
        // A window that nobody has told of yet: only where the claim names a shared one does it hold for all models.
        return IsRejected(headers, "") ? (claim is null or "five_hour" or "seven_day", ResetOf(headers, "")) : null;
    }

    private static bool IsRejected(HttpResponseHeaders headers, string window) => First(headers, window + "-status") == "rejected";

    private static DateTimeOffset? ResetOf(HttpResponseHeaders headers, string window)
        => long.TryParse(First(headers, window + "-reset"), CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static string? First(HttpResponseHeaders headers, string rest) => headers.TryGetValues(Prefix + rest, out var values) ? values.FirstOrDefault() : null;
}

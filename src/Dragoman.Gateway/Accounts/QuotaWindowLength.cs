using System.Globalization;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Accounts;

/// <summary>How long quota windows are: what the provider stated, else what the name says (<c>5h</c>, <c>7d</c>, <c>7d-apps</c>, <c>90m</c>, <c>week</c>, <c>month</c>).</summary>
public static class QuotaWindowLength
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <summary>The length; null where nobody says.</summary>
    public static TimeSpan? Of(QuotaWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return window.Length is { } stated && stated > TimeSpan.Zero ? stated : OfName(window.Name, window.ResetsAt);
    }

    private static TimeSpan? OfName(string name, DateTimeOffset? resetsAt)
    {
        switch (name)
        {
            case "day" or "daily": return TimeSpan.FromDays(1);
            case "week" or "weekly": return TimeSpan.FromDays(7);
            case "month" or "monthly": return resetsAt is { } reset ? reset - reset.AddMonths(-1) : TimeSpan.FromDays(30);
        }

        var end = 0;
        while (end < name.Length && char.IsAsciiDigit(name[end])) end++;
        // A name that goes on with a letter is another word.
        if (end is 0 or > 6 || end >= name.Length || (end + 1 < name.Length && char.IsAsciiLetterOrDigit(name[end + 1]))) return null;
        var number = int.Parse(name.AsSpan(0, end), CultureInfo.InvariantCulture);
        TimeSpan? length = name[end] switch { 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => null };
        return length > TimeSpan.Zero && length <= Longest ? length : null;
    }
}

using System.Globalization;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Management.Usage;

/// <summary>Which usage a request means, by its query: <c>from</c>, <c>to</c>, <c>key</c>, <c>account</c>, <c>provider</c>, <c>model</c>.</summary>
internal static class UsageFilter
{
    /// <summary>Reads the query; a fault names the parameter.</summary>
    public static UsageQuery? Read(IQueryCollection query, TimeZoneInfo zone, out ManagementError? fault)
    {
        fault = null;
        if (!TryTime(query, "from", zone, out var from, ref fault) || !TryTime(query, "to", zone, out var to, ref fault)) return null;
        if (from >= to)
        {
            fault = ManagementError.Invalid("'from' must be before 'to'.", "from");
            return null;
        }

        return new UsageQuery { From = from, To = to, KeyId = Text(query, "key"), AccountId = Text(query, "account"), Provider = Text(query, "provider"), Model = Text(query, "model") };
    }

    /// <summary>The time zone of <c>tz</c>; UTC when left out.</summary>
    public static TimeZoneInfo? Zone(IQueryCollection query, out ManagementError? fault)
    {
        fault = null;
        if (Text(query, "tz") is not { } name) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        fault = ManagementError.Invalid($"The time zone '{name}' is not known; write an IANA name like Europe/Berlin.", "tz");
        return null;
    }

    private static bool TryTime(IQueryCollection query, string name, TimeZoneInfo zone, out DateTimeOffset? time, ref ManagementError? fault)
    {
        time = null;
        if (Text(query, name) is not { } text) return true;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out var moment))
        {
            fault = ManagementError.Invalid($"'{text}' is no time; write it like 2026-01-31 or 2026-01-31T12:00:00Z.", name);
            return false;
        }

        // A time without an offset is one of the zone asked for.
        time = moment.Kind == DateTimeKind.Utc ? new DateTimeOffset(moment) : new DateTimeOffset(moment, zone.GetUtcOffset(moment)).ToUniversalTime();
        return true;
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}

using System.Globalization;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Usage;

/// <summary>Which usage is meant, as people write it. What is given must all hold; null and empty are any.</summary>
public sealed record UsageFilter
{
    /// <summary>From when: <c>2026-01-31</c> or <c>2026-01-31T12:00:00Z</c>; a time without an offset is one of <see cref="TimeZone"/>.</summary>
    public string? From { get; init; }

    /// <summary>Until when, likewise.</summary>
    public string? To { get; init; }

    /// <summary>Whose days and times, as an IANA name; UTC when left out.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The client key's id.</summary>
    public string? Key { get; init; }

    /// <summary>The account's id.</summary>
    public string? Account { get; init; }

    /// <summary>The provider's id.</summary>
    public string? Provider { get; init; }

    /// <summary>The upstream's model.</summary>
    public string? Model { get; init; }

    /// <summary>The family of client programs, or <c>unknown</c>.</summary>
    public string? Client { get; init; }

    /// <summary>The query, or what is wrong with it; an error names the field as the API's query does.</summary>
    internal ManagementResult<UsageSelection> Read()
    {
        var zone = TimeZoneInfo.Utc;
        if (Given(TimeZone) is { } name && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone)) return ManagementError.Invalid($"The time zone '{name}' is not known; write an IANA name like Europe/Berlin.", "tz");
        if (!TryTime(From, zone, out var from)) return NoTime(From, "from");
        if (!TryTime(To, zone, out var to)) return NoTime(To, "to");
        if (from >= to) return ManagementError.Invalid("'from' must be before 'to'.", "from");
        return new UsageSelection(new UsageQuery { From = from, To = to, KeyId = Given(Key), AccountId = Given(Account), Provider = Given(Provider), Model = Given(Model), Client = Given(Client) is UsageRowView.Unknown ? "" : Given(Client) }, zone);
    }

    private static bool TryTime(string? given, TimeZoneInfo zone, out DateTimeOffset? time)
    {
        time = null;
        if (Given(given) is not { } text) return true;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out var moment)) return false;
        time = moment.Kind == DateTimeKind.Utc ? new DateTimeOffset(moment) : new DateTimeOffset(moment, zone.GetUtcOffset(moment)).ToUniversalTime();
        return true;
    }

    private static ManagementError NoTime(string? text, string field) => ManagementError.Invalid($"'{text}' is no time; write it like 2026-01-31 or 2026-01-31T12:00:00Z.", field);

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

/// <summary>A filter that was read.</summary>
/// <param name="Query">The query.</param>
/// <param name="Zone">Whose days are meant.</param>
internal sealed record UsageSelection(UsageQuery Query, TimeZoneInfo Zone);

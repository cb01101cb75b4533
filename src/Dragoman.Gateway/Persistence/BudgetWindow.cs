namespace Dragoman.Gateway.Persistence;

/// <summary>The days and months that budgets count by.</summary>
public static class BudgetWindow
{
    /// <summary>
    /// The window that <paramref name="now"/> falls in. Days and months begin at local midnight; where the clocks skip midnight, at the first
    /// moment after it; where midnight comes twice, at the first. So every moment is in exactly one window, and days of 23 and 25 hours are one each.
    /// </summary>
    /// <returns>Its start and end, or nulls for <see cref="BudgetPeriod.Total"/>. An unknown zone counts as UTC.</returns>
    public static (DateTimeOffset? Start, DateTimeOffset? End) At(BudgetPeriod period, string timeZone, DateTimeOffset now)
    {
        if (period == BudgetPeriod.Total) return (null, null);
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found) ? found : TimeZoneInfo.Utc;
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        if (period == BudgetPeriod.Month) date = new DateOnly(date.Year, date.Month, 1);
        var start = Midnight(date, zone);
        // In the hour after midnight comes for the second time, the local date is that of the day before.
        if (start > now)
        {
            date = period == BudgetPeriod.Month ? date.AddMonths(-1) : date.AddDays(-1);
            start = Midnight(date, zone);
        }

        var end = Midnight(Next(date, period), zone);
        if (end > now) return (start, end);
        return (end, Midnight(Next(Next(date, period), period), zone));
    }

    private static DateOnly Next(DateOnly date, BudgetPeriod period) => period == BudgetPeriod.Month ? date.AddMonths(1) : date.AddDays(1);

    private static DateTimeOffset Midnight(DateOnly date, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}

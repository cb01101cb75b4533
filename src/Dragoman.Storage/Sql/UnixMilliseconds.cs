namespace Dragoman.Storage.Sql;

/// <summary>How times and money are kept: milliseconds since 1970 in UTC, billionths of a dollar or of a credit.</summary>
internal static class UnixMilliseconds
{
    private const decimal Billion = 1_000_000_000m;

    public static long From(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static long? From(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static DateTimeOffset Read(long milliseconds)
        => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, -62_135_596_800_000, 253_402_300_799_999));

    public static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    public static TimeSpan Span(long micros) => TimeSpan.FromTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>Dollars as billionths; what lies between two is rounded up, so that nothing is free.</summary>
    public static long Nanos(decimal dollars) => (long)Math.Clamp(Math.Ceiling(dollars * Billion), long.MinValue / 4, long.MaxValue / 4);

    public static long? Nanos(decimal? dollars) => dollars is { } known ? Nanos(known) : null;

    public static decimal Dollars(long nanos) => nanos / Billion;

    public static decimal? Dollars(long? nanos) => nanos is { } known ? Dollars(known) : null;
}

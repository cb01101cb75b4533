namespace Dragoman.Storage.Sql;

/// <summary>Hours in milliseconds since 1970.</summary>
internal static class UsageHour
{
    public const long Length = 3_600_000;

    public static long Start(long at) => at - (((at % Length) + Length) % Length);

    public static long? Start(DateTimeOffset? at) => at is { } time ? Start(UnixMilliseconds.From(time)) : null;

    /// <summary>The end of the hour that an open end falls in; a whole hour is its own end.</summary>
    public static long? End(DateTimeOffset? at) => at is { } time ? Start(UnixMilliseconds.From(time) + Length - 1) : null;
}

namespace Dragoman.Management;

/// <summary>Times as the API tells them.</summary>
internal static class Milliseconds
{
    /// <summary>A time in milliseconds, to the microsecond.</summary>
    public static double From(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);
}

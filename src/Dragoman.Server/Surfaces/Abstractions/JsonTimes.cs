using System.Globalization;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Points in time as programs in JavaScript write them.</summary>
internal static class JsonTimes
{
    /// <summary>As <c>toISOString</c> does; null for null.</summary>
    public static string? Iso(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>As <c>toLocaleString</c> does in American English, in UTC: <c>1/7/2026, 3:04:05 PM</c>.</summary>
    public static string Local(DateTimeOffset at) => at.UtcDateTime.ToString("M/d/yyyy, h:mm:ss tt", CultureInfo.InvariantCulture);
}

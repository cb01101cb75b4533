using System.Globalization;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>Values as they would be written, for the defaults of described keys.</summary>
internal static class FieldText
{
    /// <summary>A number.</summary>
    public static string Of(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A duration in whole seconds, without a unit.</summary>
    public static string Seconds(TimeSpan duration) => Of(duration.TotalSeconds);

    /// <summary>A switch.</summary>
    public static string Of(bool value) => value ? "true" : "false";
}

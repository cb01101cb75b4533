using System.Globalization;

namespace Dragoman.Gateway.Text;

/// <summary>Durations as Go and CLIProxyAPI spell them: <c>1h30m</c>, <c>90s</c>, <c>250ms</c>; a bare number is seconds.</summary>
public static class DurationText
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("ms", 0.001), ("us", 0.000001), ("µs", 0.000001), ("ns", 0.000000001), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

    /// <summary>Reads a duration; false when it is none or absurdly long.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty) return false;
        if (double.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var bare)) return Set(bare, out duration);
        var total = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.')) digits++;
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            rest = rest[digits..];
            var found = false;
            foreach (var (unit, seconds) in Units)
            {
                if (!rest.StartsWith(unit, StringComparison.Ordinal)) continue;
                total += number * seconds;
                rest = rest[unit.Length..];
                found = true;
                break;
            }

            if (!found) return false;
        }

        return Set(total, out duration);
    }

    /// <summary>A duration for people and for <c>reset_time</c>: <c>1h0m34s</c>; fractions of a second are rounded up.</summary>
    public static string Format(TimeSpan duration)
    {
        var seconds = (long)Math.Ceiling(Math.Max(0, duration.TotalSeconds));
        var (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
        return hours > 0 ? $"{hours}h{minutes}m{seconds % 60}s" : minutes > 0 ? $"{minutes}m{seconds % 60}s" : $"{seconds}s";
    }

    private static bool Set(double seconds, out TimeSpan duration)
    {
        var ok = seconds is >= 0 and < 366 * 86_400.0;
        duration = ok ? TimeSpan.FromSeconds(seconds) : default;
        return ok;
    }
}

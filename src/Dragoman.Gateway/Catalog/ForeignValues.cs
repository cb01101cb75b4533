using System.Globalization;
using System.Text.Json;

namespace Dragoman.Gateway.Catalog;

/// <summary>Reads single values of foreign lists. These are long, and made by many hands: a value that cannot be is "not known".</summary>
internal static class ForeignValues
{
    public static JsonElement? Object(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    public static string? Text(JsonElement from, string name)
        => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 256 } text && !text.Any(char.IsControl) ? text : null;

    public static int? Tokens(JsonElement from, string name)
        => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is >= 1 and <= 1_000_000_000 ? (int)number : null;

    public static bool? GetBool(JsonElement from, string name)
        => from.TryGetProperty(name, out var value) ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null } : null;

    /// <summary>A price, brought to a million tokens.</summary>
    public static decimal? Rate(JsonElement from, string name, decimal times = 1)
        => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var rate) && rate >= 0 && rate * times <= 1_000_000 ? rate * times : null;

    public static DateOnly? Day(JsonElement from, string name)
        => DateOnly.TryParseExact(Text(from, name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public static long Seconds(DateOnly? day) => day is { } date ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds() : 0;
}

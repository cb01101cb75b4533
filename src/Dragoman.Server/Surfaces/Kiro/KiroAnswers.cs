using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>
/// The answers that all routes of this surface have in common (wire note A.0): <c>{"detail"}</c> for what is not there or cannot be read, and <c>200 {"ok":false,"error"}</c> for what did not work.
/// </summary>
internal static class KiroAnswers
{
    /// <summary>It worked.</summary>
    public static SurfaceAnswer Ok(params ReadOnlySpan<(string Name, JsonNode? Value)> more) => SurfaceAnswer.Json(Object(true, more));

    /// <summary>It did not work, told as a success of HTTP.</summary>
    public static SurfaceAnswer Failure(string error, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var body = Object(false, more);
        body["error"] = error;
        return SurfaceAnswer.Json(body);
    }

    /// <summary>An error of a use case, told as a success of HTTP.</summary>
    public static SurfaceAnswer Failure(ManagementError error) => Failure(error.Text);

    /// <summary>An account could not be added: that system's page reads why from another member here.</summary>
    public static SurfaceAnswer NotAdded(ManagementError error) => Failure(error.Text, ("detail", error.Text));

    /// <summary>An error with a status.</summary>
    public static SurfaceAnswer Detail(int status, string detail) => SurfaceAnswer.Json(status, new JsonObject { ["detail"] = detail });

    /// <summary>A text that the body has; null where it has none, or an empty one.</summary>
    public static string? Text(this JsonObject body, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (body[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Trim() is { Length: > 0 } trimmed) return trimmed;
        return null;
    }

    /// <summary>A flag that the body has; null where it has none.</summary>
    public static bool? Flag(this JsonObject body, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (body[name] is JsonValue value && value.TryGetValue<bool>(out var flag)) return flag;
        return null;
    }

    /// <summary>A number that the body has; null where it has none.</summary>
    public static double? Number(this JsonObject body, string name) => BodyMembers.Number(body, name);

    /// <summary>Seconds since 1970, as floating-point numbers.</summary>
    public static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>A share of a whole as <c>5.0%</c>.</summary>
    public static string Percent(long part, long whole) => (whole == 0 ? 0 : 100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + "%";

    /// <summary>A time as <c>2026-01-02T04:04:05Z</c>; null for none.</summary>
    public static string? Iso(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Object(bool ok, ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var body = new JsonObject { ["ok"] = ok };
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }
}

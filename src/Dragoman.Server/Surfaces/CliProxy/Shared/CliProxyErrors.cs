using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.CliProxy.Shared;

/// <summary>Errors as CLIProxyAPI's management says them: <c>{"error":"text"}</c> (wire notes cliproxyapi 1.4 and 1.5).</summary>
internal static class CliProxyErrors
{
    /// <summary>The answer to an error of a use case or of authorization.</summary>
    public static SurfaceAnswer AnswerOf(ManagementError error) => error.Kind switch
    {
        // Its management is not there at all before a secret is set.
        ManagementErrorKind.Forbidden when error.Code == "management_secret_not_set" => SurfaceAnswer.Empty(404),
        ManagementErrorKind.Unauthenticated => Flat(401, error.Code == "missing_management_key" ? "missing management key" : "invalid management key"),
        ManagementErrorKind.LockedOut => Flat(403, $"IP banned due to too many failed attempts. Try again in {Describe(error.RetryAfter ?? TimeSpan.Zero)}"),
        ManagementErrorKind.Forbidden when error.Code is "management_is_local" => Flat(403, "remote management disabled"),
        ManagementErrorKind.Forbidden => Flat(403, error.Text),
        ManagementErrorKind.NotFound => Flat(404, error.Text),
        ManagementErrorKind.Unavailable => Flat(503, error.Text),
        ManagementErrorKind.Conflict when error.Code is "configuration_not_writable" or "no_configuration_file" or "configuration_unreadable" => Flat(500, $"failed to save config: {error.Text}"),
        ManagementErrorKind.Conflict or ManagementErrorKind.ConfiguredInFile or ManagementErrorKind.VersionConflict => Flat(409, error.Text),
        ManagementErrorKind.Unusable => Flat(400, string.Join(' ', error.Findings.Where(static finding => !finding.IsWarning).Select(Describe).DefaultIfEmpty(error.Text))),
        _ => error.Code switch
        {
            "request_too_large" => Flat(413, error.Message),
            "invalid_request" => Flat(400, "invalid body"),
            _ => Flat(400, error.Text),
        },
    };

    /// <summary>An error with a text of its own.</summary>
    public static SurfaceAnswer Flat(int status, string message) => SurfaceAnswer.Json(status, new JsonObject { ["error"] = message });

    /// <summary>The error of a body that is not what it has to be.</summary>
    public static ManagementError InvalidBody { get; } = ManagementError.Invalid("invalid body", null, "invalid_request");

    private static string Describe(ManagementFinding finding) => $"{finding.Field}: {finding.Message}";

    /// <summary>A time as Go writes one: 29m59s.</summary>
    private static string Describe(TimeSpan left)
    {
        var seconds = (long)Math.Ceiling(left.TotalSeconds);
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return string.Create(CultureInfo.InvariantCulture, $"{(hours > 0 ? $"{hours}h" : "")}{(hours > 0 || minutes > 0 ? $"{minutes}m" : "")}{seconds % 60}s");
    }
}

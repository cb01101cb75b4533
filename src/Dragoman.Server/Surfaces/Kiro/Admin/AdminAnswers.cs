using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary>The answers of the admin API (wire note A.11): <c>{"success","message"}</c>, and errors as <c>{"error":{"type","message"}}</c>. Its names are in camelCase.</summary>
internal static class AdminAnswers
{
    /// <summary>It was done.</summary>
    public static SurfaceAnswer Done(string message, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var body = new JsonObject { ["success"] = true, ["message"] = message };
        foreach (var (name, value) in more) body[name] = value;
        return SurfaceAnswer.Json(body);
    }

    /// <summary>An error.</summary>
    public static SurfaceAnswer Error(int status, string type, string message) => SurfaceAnswer.Json(status, new JsonObject { ["error"] = new JsonObject { ["type"] = type, ["message"] = message } });

    /// <summary>What was asked for cannot be.</summary>
    public static SurfaceAnswer Invalid(string message) => Error(400, "invalid_request", message);

    /// <summary>There is no such thing.</summary>
    public static SurfaceAnswer Missing(string what, string id) => Error(404, "not_found", $"There is no {what} {id}.");

    /// <summary>An error of a use case.</summary>
    public static SurfaceAnswer From(ManagementError error)
    {
        var status = ErrorStatus.Of(error.Kind);
        return Error(status, status switch { 404 => "not_found", 400 or 409 => "invalid_request", 503 => "internal_error", _ => "api_error" }, error.Text);
    }
}

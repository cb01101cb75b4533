using System.Text.Json.Nodes;
using Dragoman.Server.Observability;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary><c>/api/logs</c>: the last lines of the log, and those to come (wire notes codex-and-antigravity §A.9).</summary>
internal sealed class CodexLogs(RecentLog log, LogStream stream)
{
    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/logs", "The last lines of the log.", _ => SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["logs"] = LogEntries.From(log) }));
        routes.Get("/api/logs/stream", "The log as it is written, with ?history=true the last lines first.", call => stream.Follow(call.Query("history") == "true", CodexSurface.Failed(409, "Too many listen already.")));
    }
}

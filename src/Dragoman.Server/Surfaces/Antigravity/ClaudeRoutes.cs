using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.UserFiles;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary><c>/api/claude/config</c> and <c>/api/claude/mode</c>: Claude Code's settings on the gateway's machine (wire notes codex-and-antigravity A.8, surface-clients §3).</summary>
internal sealed class ClaudeRoutes(ClaudeCodeSettings settings, PresetRoutes presets)
{
    private const string Environment = ClaudeCodeSettings.EnvironmentMember;

    private static readonly string[] Ours =
    [
        "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL", "ENABLE_EXPERIMENTAL_MCP_CLI",
    ];

    private static readonly string[] Near = ["localhost", "127.0.0.1", "::1", "0.0.0.0"];

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/claude/config", "Claude Code's settings; needs surfaces.write-user-files and a caller on the same machine.", ReadAsync);
        routes.Post("/api/claude/config", "Changes Claude Code's settings; likewise.", ChangeAsync);
        routes.Post("/api/claude/config/restore", "Takes what points Claude Code here out of its settings; likewise.", RestoreAsync);
        routes.Get("/api/claude/mode", "Whether Claude Code is pointed here (proxy) or not (paid); likewise.", ModeAsync);
        routes.Post("/api/claude/mode", "Points Claude Code here, or takes its variables away; likewise.", SetModeAsync);
    }

    private async Task<SurfaceAnswer> ReadAsync(SurfaceCall call)
    {
        var read = await settings.ReadAsync(call.IsLocal, call.CancellationToken);
        return read.Succeeded ? AntigravitySurface.Done(null, ("config", read.Value.Settings), ("path", read.Value.Path)) : Refused(read.Error);
    }

    private async Task<SurfaceAnswer> ChangeAsync(SurfaceCall call)
    {
        if (await call.JsonAsync() is not JsonObject updates) return AntigravitySurface.Failed(400, "Invalid config updates");
        return await ChangeAsync(call, file => ServerSettings.Merge(file, updates), "settings of Claude Code", "Claude configuration updated");
    }

    private Task<SurfaceAnswer> RestoreAsync(SurfaceCall call) => ChangeAsync(call, static file =>
    {
        if (file[Environment] is not JsonObject variables) return;
        foreach (var name in Ours) variables.Remove(name);
        if (variables.Count == 0) file.Remove(Environment);
    }, "takes the gateway out of Claude Code's settings", "Claude CLI configuration restored to defaults");

    private async Task<SurfaceAnswer> ModeAsync(SurfaceCall call)
    {
        var read = await settings.ReadAsync(call.IsLocal, call.CancellationToken);
        if (!read.Succeeded) return Refused(read.Error);
        var address = (read.Value.Settings[Environment] as JsonObject)?.Text("ANTHROPIC_BASE_URL") ?? "";
        return AntigravitySurface.Done(null, ("mode", Array.Exists(Near, name => address.Contains(name, StringComparison.OrdinalIgnoreCase)) ? "proxy" : "paid"));
    }

    private async Task<SurfaceAnswer> SetModeAsync(SurfaceCall call)
    {
        if ((await call.BodyAsync()).Text("mode") is not { } mode || mode is not ("proxy" or "paid")) return AntigravitySurface.Failed(400, "mode must be \"proxy\" or \"paid\"");
        var first = mode == "proxy" ? (await presets.ClaudeAsync(call)).OfType<JsonObject>().FirstOrDefault()?["config"] as JsonObject ?? [] : null;
        var words = mode == "proxy" ? "Proxy" : "Paid (Anthropic API)";
        var answer = await settings.ChangeAsync(file =>
        {
            // What else is in the environment is the owner's and stays.
            ClaudeCodeSettings.SetEnvironment(file, (first is null ? Ours.Select(static name => new KeyValuePair<string, string?>(name, null)) : first.Select(pair => new KeyValuePair<string, string?>(pair.Key, first.Text(pair.Key)))).ToList());
            if (file[Environment] is JsonObject { Count: 0 }) file.Remove(Environment);
        }, $"mode {mode}", call.IsLocal, call.Actor, call.CancellationToken);
        return answer.Succeeded ? AntigravitySurface.Done($"Switched to {words} mode. Restart Claude CLI to apply.", ("mode", mode), ("config", answer.Value.Settings)) : Refused(answer.Error);
    }

    private async Task<SurfaceAnswer> ChangeAsync(SurfaceCall call, Action<JsonObject> edit, string summary, string message)
    {
        var changed = await settings.ChangeAsync(edit, summary, call.IsLocal, call.Actor, call.CancellationToken);
        return changed.Succeeded ? AntigravitySurface.Done(message, ("config", changed.Value.Settings)) : Refused(changed.Error);
    }

    private static SurfaceAnswer Refused(ManagementError error) => AntigravitySurface.Failed(error.Kind == ManagementErrorKind.Forbidden ? 403 : 500, error.Text);
}

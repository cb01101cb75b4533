using System.Text.Json.Nodes;
using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>
/// As a proxy that puts ChatGPT plans behind Claude Code (codex-claude-proxy; wire notes codex-and-antigravity part A, surface-clients §2): accounts with one active among them, quotas, the
/// marketplace that answers for haiku models, Claude Code's settings and a log.
/// </summary>
internal sealed class CodexSurface(
    CodexAccounts accounts, CodexLogins logins, CodexQuotas quotas, CodexSettings settings, CodexClaudeSettings claude, CodexModels models, CodexLogs logs, CodexClientRules rules) : ISurface
{
    /// <inheritdoc/>
    public Surface Surface => Surface.Codex;

    /// <inheritdoc/>
    public string Title => "codex-claude-proxy";

    /// <inheritdoc/>
    public ISurfaceClientRules ClientRules => rules;

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        accounts.Map(routes);
        logins.Map(routes);
        quotas.Map(routes);
        settings.Map(routes);
        claude.Map(routes);
        models.Map(routes);
        logs.Map(routes);
    }

    /// <inheritdoc/>
    public SurfaceAnswer ErrorOf(ManagementError error) => Failed(ErrorStatus.Of(error.Kind), error.Text);

    /// <summary>An error of the routes that name it <c>error</c>.</summary>
    public static SurfaceAnswer Failed(int status, string error) => SurfaceAnswer.Json(status, new JsonObject { ["success"] = false, ["error"] = error });

    /// <summary>What the routes about accounts answer: 200 whatever came of it, and what came of it in words.</summary>
    public static SurfaceAnswer Outcome(bool succeeded, string message, int status = 200) => SurfaceAnswer.Json(status, new JsonObject { ["success"] = succeeded, ["message"] = message });
}

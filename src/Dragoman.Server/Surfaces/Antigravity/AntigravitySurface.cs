using System.Text.Json.Nodes;
using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>
/// As a gateway before Google Antigravity (antigravity-gateway, antigravity-claude-proxy; wire notes codex-and-antigravity D.1 to D.4, surface-clients §3): accounts with the quotas of their models, and
/// what the web page of those systems calls. The page's password is the management secret.
/// </summary>
internal sealed class AntigravitySurface(
    LimitRoutes limits, AccountRoutes accounts, LoginRoutes logins, ConfigRoutes configuration, PresetRoutes presets, ClaudeRoutes claude, OtherRoutes others, AntigravityClientRules rules) : ISurface
{
    /// <inheritdoc/>
    public Surface Surface => Surface.Antigravity;

    /// <inheritdoc/>
    public string Title => "Antigravity gateway";

    /// <inheritdoc/>
    public IReadOnlyList<string> SecretHeaders { get; } = ["x-webui-password"];

    /// <inheritdoc/>
    public ISurfaceClientRules ClientRules => rules;

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        limits.Map(routes);
        accounts.Map(routes);
        logins.Map(routes);
        configuration.Map(routes);
        presets.Map(routes);
        claude.Map(routes);
        others.Map(routes);
    }

    /// <inheritdoc/>
    public SurfaceAnswer ErrorOf(ManagementError error) => error.Kind == ManagementErrorKind.Unauthenticated ? Failed(401, "Unauthorized: Password required") : Failed(ErrorStatus.Of(error.Kind), error.Text);

    /// <summary>An error in the form of these systems.</summary>
    public static SurfaceAnswer Failed(int status, string error) => SurfaceAnswer.Json(status, new JsonObject { ["status"] = "error", ["error"] = error });

    /// <summary>A success with what belongs to it.</summary>
    public static SurfaceAnswer Done(string? message = null, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var answer = new JsonObject { ["status"] = "ok" };
        foreach (var (name, value) in members) answer[name] = value;
        if (message is not null) answer["message"] = message;
        return SurfaceAnswer.Json(answer);
    }
}

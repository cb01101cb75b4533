using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.UserFiles;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary><c>/claude/config</c>: points Claude Code on the gateway's machine at the gateway, at Anthropic, or elsewhere (wire notes codex-and-antigravity §A.8).</summary>
internal sealed class CodexClaudeSettings(ClaudeCodeSettings settings)
{
    private const string BaseUrl = "ANTHROPIC_BASE_URL";
    private const string ApiKey = "ANTHROPIC_API_KEY";
    private const string AuthToken = "ANTHROPIC_AUTH_TOKEN";
    private const string Model = "ANTHROPIC_MODEL";
    private const string Opus = "ANTHROPIC_DEFAULT_OPUS_MODEL";
    private const string Sonnet = "ANTHROPIC_DEFAULT_SONNET_MODEL";
    private const string Haiku = "ANTHROPIC_DEFAULT_HAIKU_MODEL";

    /// <summary>What stands for a key where none is asked for: clients insist on sending one.</summary>
    private const string Placeholder = "sk-ant-proxy";

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/claude/config", "Claude Code's settings; needs surfaces.write-user-files and a caller on the same machine.", ReadAsync);
        routes.Post("/claude/config/proxy", "Points Claude Code at this address; likewise.", UseGatewayAsync);
        routes.Post("/claude/config/direct", "Points Claude Code at Anthropic with a key; likewise.", UseVendorAsync);
        routes.Post("/claude/config/set", "Points Claude Code at an address with a key; likewise.", UseAddressAsync);
    }

    private async Task<SurfaceAnswer> ReadAsync(SurfaceCall call)
    {
        var read = await settings.ReadAsync(call.IsLocal, call.CancellationToken);
        if (!read.Succeeded) return Refused(read.Error);
        var (path, config) = read.Value;
        return SurfaceAnswer.Json(new JsonObject { ["success"] = true, ["configPath"] = path, ["config"] = config.Count > 0 ? config : new JsonObject { [ClaudeCodeSettings.EnvironmentMember] = new JsonObject() } });
    }

    private async Task<SurfaceAnswer> UseGatewayAsync(SurfaceCall call)
    {
        var address = $"{call.Gateway.Scheme}://localhost:{call.Context.Connection.LocalPort}";
        return await ChangeAsync(call, "points Claude Code at the gateway", $"Claude CLI configured to use proxy at {address}",
        [
            new(BaseUrl, address), new(ApiKey, Placeholder), new(AuthToken, null), new(Model, "claude-sonnet-4-6"), new(Opus, "claude-opus-4-6"), new(Sonnet, "claude-sonnet-4-6"), new(Haiku, "claude-haiku-4-5"),
        ]);
    }

    private async Task<SurfaceAnswer> UseVendorAsync(SurfaceCall call)
    {
        if ((await call.BodyAsync()).Text("apiKey") is not { Length: > 0 } key) return CodexSurface.Failed(400, "API key required");
        return await ChangeAsync(call, "points Claude Code at Anthropic", "Claude CLI configured to use direct Anthropic API",
            [new(ApiKey, key), new(AuthToken, null), new(BaseUrl, null), new(Model, null), new(Opus, null), new(Sonnet, null), new(Haiku, null)]);
    }

    private async Task<SurfaceAnswer> UseAddressAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("apiUrl")?.Trim() is not { Length: > 0 } address) return CodexSurface.Failed(400, "apiUrl is required");
        if (body.Text("apiKey")?.Trim() is not { Length: > 0 } key) return CodexSurface.Failed(400, "apiKey is required");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url)) return CodexSurface.Failed(400, "apiUrl must be a valid URL");
        if (url.Scheme is not ("http" or "https")) return CodexSurface.Failed(400, "apiUrl must use http or https");
        // Two variables for one thing make Claude Code ask which is meant.
        return await ChangeAsync(call, "points Claude Code at another address", "Claude CLI API endpoint updated", [new(BaseUrl, url.AbsoluteUri.TrimEnd('/')), new(ApiKey, key), new(AuthToken, null)]);
    }

    private async Task<SurfaceAnswer> ChangeAsync(SurfaceCall call, string summary, string message, KeyValuePair<string, string?>[] variables)
    {
        var changed = await settings.ChangeAsync(file => ClaudeCodeSettings.SetEnvironment(file, variables), summary, call.IsLocal, call.Actor, call.CancellationToken);
        return changed.Succeeded ? SurfaceAnswer.Json(new JsonObject { ["success"] = true, ["message"] = message, ["config"] = changed.Value.Settings }) : Refused(changed.Error);
    }

    private static SurfaceAnswer Refused(ManagementError error) => CodexSurface.Failed(error.Kind == ManagementErrorKind.Forbidden ? 403 : 500, error.Text);
}

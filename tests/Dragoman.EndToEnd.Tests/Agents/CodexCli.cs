using System.Text.Json;
using Dragoman.EndToEnd.Tests.Support;

namespace Dragoman.EndToEnd.Tests.Agents;

/// <summary>Codex CLI: speaks Responses, streamed, over HTTP or a WebSocket; writes files with a shell (<c>exec_command</c>).</summary>
internal sealed class CodexCli(bool overWebSocket) : Agent
{
    /// <inheritdoc/>
    public override string Name => overWebSocket ? "Codex over WebSocket" : "Codex";

    /// <inheritdoc/>
    public override string Model => "gpt-5.2";

    /// <inheritdoc/>
    public override Task<ProgramRun> AskAsync(Uri address, string prompt, TempWorkspace place, bool resume = false)
    {
        place.Settle(".codex/config.toml", $"""
            model = "{Model}"
            model_provider = "dragoman"
            approval_policy = "never"
            sandbox_mode = "danger-full-access"
            check_for_update_on_startup = false

            [model_providers.dragoman]
            name = "dragoman"
            base_url = "{address}v1"
            env_key = "GATEWAY_KEY"
            wire_api = "responses"
            supports_websockets = {(overWebSocket ? "true" : "false")}
            request_max_retries = 0
            stream_max_retries = 0

            [analytics]
            enabled = false

            [features]
            apps = false
            plugins = false
            """);
        return ProgramRun.StartAsync(
            ClientsFolder.Command("codex"),
            ["exec", .. resume ? ["resume", "--last"] : Array.Empty<string>(), "--skip-git-repo-check", "--json", prompt],
            place.Folder,
            new Dictionary<string, string> { ["HOME"] = place.Home, ["CODEX_HOME"] = Path.Combine(place.Home, ".codex"), ["GATEWAY_KEY"] = "client" });
    }

    /// <inheritdoc/>
    public override string WritingCall(string path, string content) => $"exec_command {JsonSerializer.Serialize(new { cmd = $"printf %s '{content}' > '{path}'" })}";

    /// <inheritdoc/>
    public override string LookingCall(string path) => $"view_image {JsonSerializer.Serialize(new { path })}";

    /// <inheritdoc/>
    public override string Answer(ProgramRun run)
    {
        var answer = "";
        foreach (var line in run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var told = JsonDocument.Parse(line);
            if (told.RootElement.GetProperty("type").ValueEquals("item.completed") && told.RootElement.GetProperty("item") is var item && item.GetProperty("type").ValueEquals("agent_message"))
                answer = item.GetProperty("text").GetString()!;
        }

        return answer;
    }
}

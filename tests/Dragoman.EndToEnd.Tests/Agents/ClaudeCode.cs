using System.Text.Json;
using Dragoman.EndToEnd.Tests.Support;

namespace Dragoman.EndToEnd.Tests.Agents;

/// <summary>Claude Code: speaks Anthropic Messages, streamed; writes files with its tool <c>Write</c>.</summary>
internal sealed class ClaudeCode : Agent
{
    /// <inheritdoc/>
    public override string Name => "Claude Code";

    /// <inheritdoc/>
    public override string Model => "claude-sonnet-4-5";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SideModels => ["claude-haiku-4-5"];

    /// <inheritdoc/>
    public override Task<ProgramRun> AskAsync(Uri address, string prompt, TempWorkspace place, bool resume = false)
        => StartAsync(address, place, ["-p", prompt, "--output-format", "json", "--allowedTools", "Write", "--permission-mode", "acceptEdits", .. resume ? ["--continue"] : Array.Empty<string>()], []);

    /// <summary>Asks one thing with the tools of an MCP server, which are deferred: they are declared as such, and the model finds them with <c>ToolSearch</c>.</summary>
    public Task<ProgramRun> AskDeferringAsync(Uri address, string prompt, TempWorkspace place, string servers)
        => StartAsync(
            address,
            place,
            ["-p", prompt, "--output-format", "json", "--mcp-config", servers, "--strict-mcp-config", "--dangerously-skip-permissions"],
            // The sandbox is that of the test's own empty home and folder; without the word root is refused the flag.
            new Dictionary<string, string> { ["ENABLE_TOOL_SEARCH"] = "true", ["IS_SANDBOX"] = "1" });

    /// <summary>Asks one thing with as many further tries as it makes by itself.</summary>
    public Task<ProgramRun> AskPatientlyAsync(Uri address, string prompt, TempWorkspace place)
        => StartAsync(address, place, ["-p", prompt, "--output-format", "json"], new Dictionary<string, string> { ["CLAUDE_CODE_MAX_RETRIES"] = "10" });

    /// <summary>Asks one thing in its Bedrock mode: it looks for the models that there are, then asks by InvokeModel's streams.</summary>
    public Task<ProgramRun> AskOnBedrockAsync(Uri address, string prompt, TempWorkspace place)
        => StartAsync(
            address,
            place,
            ["-p", prompt, "--output-format", "json", "--allowedTools", "Write", "--permission-mode", "acceptEdits"],
            new Dictionary<string, string> { ["CLAUDE_CODE_USE_BEDROCK"] = "1", ["ANTHROPIC_BEDROCK_BASE_URL"] = address.ToString().TrimEnd('/'), ["AWS_REGION"] = "us-east-1", ["AWS_BEARER_TOKEN_BEDROCK"] = "client" });

    private Task<ProgramRun> StartAsync(Uri address, TempWorkspace place, IReadOnlyList<string> arguments, Dictionary<string, string> more)
        => ProgramRun.StartAsync(
            ClientsFolder.Command("claude"),
            arguments,
            place.Folder,
            new Dictionary<string, string>
            {
                ["HOME"] = place.Home,
                ["CLAUDE_CONFIG_DIR"] = Path.Combine(place.Home, ".claude"),
                ["ANTHROPIC_BASE_URL"] = address.ToString().TrimEnd('/'),
                ["ANTHROPIC_AUTH_TOKEN"] = "client",
                ["ANTHROPIC_MODEL"] = Model,
                ["ANTHROPIC_SMALL_FAST_MODEL"] = SideModels[0],
                ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
                ["DISABLE_TELEMETRY"] = "1",
                ["DISABLE_ERROR_REPORTING"] = "1",
                ["DISABLE_AUTOUPDATER"] = "1",
                // A failure should be seen as it is, and soon.
                ["CLAUDE_CODE_MAX_RETRIES"] = "0",
            }.Concat(more));

    /// <inheritdoc/>
    public override string WritingCall(string path, string content) => $"Write {JsonSerializer.Serialize(new { file_path = path, content })}";

    /// <inheritdoc/>
    public override string LookingCall(string path) => $"Read {JsonSerializer.Serialize(new { file_path = path })}";

    /// <inheritdoc/>
    public override string Answer(ProgramRun run)
    {
        using var result = JsonDocument.Parse(run.Output);
        return result.RootElement.GetProperty("result").GetString()!;
    }
}

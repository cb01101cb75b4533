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
    public override bool Resumes => true;

    /// <inheritdoc/>
    public override Task<ProgramRun> AskAsync(Uri address, string prompt, Workplace place, bool resume = false)
        => ProgramRun.StartAsync(
            ClientsFolder.Command("claude"),
            ["-p", prompt, "--output-format", "json", "--allowedTools", "Write", "--permission-mode", "acceptEdits", .. resume ? ["--continue"] : Array.Empty<string>()],
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
            });

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

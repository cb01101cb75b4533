using System.Text.Json;
using Dragoman.EndToEnd.Tests.Support;

namespace Dragoman.EndToEnd.Tests.Agents;

/// <summary>OpenCode: speaks Chat or Messages by the package that its provider names, streamed; writes files with a tool of its own. It stands where surfaces are tried, not in every matrix.</summary>
/// <param name="package">The package of the AI SDK.</param>
internal sealed class OpenCodeCli(string package) : Agent
{
    /// <inheritdoc/>
    public override string Name => "OpenCode";

    /// <summary>Models named like OpenAI's get a tool for patches in place of the one that writes files.</summary>
    public override string Model => "claude-sonnet-4-5";

    /// <inheritdoc/>
    public override Task<ProgramRun> AskAsync(Uri address, string prompt, TempWorkspace place, bool resume = false)
    {
        place.Settle(".config/opencode/opencode.json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["autoupdate"] = false,
            ["share"] = "disabled",
            ["model"] = $"gateway/{Model}",
            ["small_model"] = $"gateway/{Model}",
            ["provider"] = new { gateway = new { npm = package, name = "Gateway", options = new { baseURL = $"{address}v1", apiKey = "client" }, models = new Dictionary<string, object> { [Model] = new { name = Model } } } },
        }));
        // Words that come in one argument are passed on in quotes.
        return ProgramRun.StartAsync(
            ClientsFolder.Command("opencode"), ["run", .. resume ? ["--continue"] : Array.Empty<string>(), .. prompt.Split(' ')], place.Folder,
            new Dictionary<string, string> { ["HOME"] = place.Home, ["OPENCODE_DISABLE_MODELS_FETCH"] = "1" });
    }

    /// <inheritdoc/>
    public override string WritingCall(string path, string content) => $"write {JsonSerializer.Serialize(new { filePath = path, content })}";

    /// <inheritdoc/>
    public override string LookingCall(string path) => $"read {JsonSerializer.Serialize(new { filePath = path })}";

    /// <inheritdoc/>
    public override string Answer(ProgramRun run) => run.Output;
}

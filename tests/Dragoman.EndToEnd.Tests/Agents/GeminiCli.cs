using System.Text.Json;
using Dragoman.EndToEnd.Tests.Support;

namespace Dragoman.EndToEnd.Tests.Agents;

/// <summary>Gemini CLI: speaks Gemini, streamed; writes files with its tool <c>write_file</c>. Signed in, it speaks to Code Assist (<c>/v1internal</c>) and takes the gateway's key as its Google token.</summary>
internal sealed class GeminiCli(bool signedIn) : Agent
{
    /// <inheritdoc/>
    public override string Name => signedIn ? "Gemini CLI signed in" : "Gemini CLI";

    /// <inheritdoc/>
    public override string Model => "gemini-2.5-pro";

    /// <inheritdoc/>
    public override IReadOnlyList<string> SideModels => ["gemini-2.5-flash", "gemini-2.5-flash-lite"];

    /// <inheritdoc/>
    public override Task<ProgramRun> AskAsync(Uri address, string prompt, TempWorkspace place, bool resume = false)
    {
        place.Settle(".gemini/settings.json", $$"""
            {
              "security": { "auth": { "selectedType": "{{(signedIn ? "oauth-personal" : "gemini-api-key")}}" }, "folderTrust": { "enabled": false } },
              "privacy": { "usageStatisticsEnabled": false },
              "telemetry": { "enabled": false },
              "general": { "enableAutoUpdate": false, "enableAutoUpdateNotification": false, "maxAttempts": 1 },
              "ide": { "enabled": false }
            }
            """);
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = place.Home,
            ["GEMINI_CLI_HOME"] = place.Home,
            ["GEMINI_CLI_TRUST_WORKSPACE"] = "true",
            ["NO_COLOR"] = "1",
        };
        var url = address.ToString().TrimEnd('/');
        if (signedIn)
        {
            environment["GOOGLE_GENAI_USE_GCA"] = "true";
            environment["GOOGLE_CLOUD_ACCESS_TOKEN"] = "client";
            environment["CODE_ASSIST_ENDPOINT"] = url;
        }
        else
        {
            environment["GOOGLE_GEMINI_BASE_URL"] = url;
            environment["GEMINI_API_KEY"] = "client";
        }

        return ProgramRun.StartAsync(ClientsFolder.Command("gemini"), ["-m", Model, "--yolo", "--output-format", "json", "-p", prompt], place.Folder, environment);
    }

    /// <inheritdoc/>
    public override string WritingCall(string path, string content) => $"write_file {JsonSerializer.Serialize(new { file_path = path, content })}";

    /// <inheritdoc/>
    public override string LookingCall(string path) => $"read_file {JsonSerializer.Serialize(new { file_path = path })}";

    /// <inheritdoc/>
    public override string Answer(ProgramRun run)
    {
        using var result = JsonDocument.Parse(run.Output[run.Output.IndexOf('{', StringComparison.Ordinal)..]);
        return result.RootElement.GetProperty("response").GetString()!.Trim();
    }
}

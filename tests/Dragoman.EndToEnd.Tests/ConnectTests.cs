using System.Text;
using Dragoman.Cli.Commands;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>The real clients after <c>dragoman connect</c>: they find the gateway with its key, do their work by it, and get back what they had.</summary>
public sealed class ConnectTests
{
    private const string Key = "dg-end-to-end-0123456789";

    [Fact]
    public Task ClaudeCode() => CheckAsync(
        "claude-code", "claude", "gpt-5.2",
        new() { [".claude/settings.json"] = "{\n    \"cleanupPeriodDays\": 20,\n    \"env\": { \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:9\" }\n}" },
        prompt => ["-p", prompt, "--allowedTools", "Write", "--permission-mode", "acceptEdits"]);

    [Fact]
    public Task CodexCli() => CheckAsync(
        "codex", "codex", "claude-sonnet-4-5",
        new() { [".codex/config.toml"] = "# mine\nmodel = \"other\" # by day\ncheck_for_update_on_startup = false\n\n[analytics]\nenabled = false\n" },
        prompt => ["exec", "--skip-git-repo-check", "-s", "danger-full-access", prompt]);

    [Fact]
    public Task GeminiCli() => CheckAsync(
        "gemini", "gemini", "claude-sonnet-4-5",
        new() { [".gemini/settings.json"] = "{\n  // no statistics\n  \"privacy\": { \"usageStatisticsEnabled\": false },\n  \"general\": { \"enableAutoUpdate\": false }\n}\n", [".gemini/.env"] = "GEMINI_API_KEY=mine" },
        prompt => ["--yolo", "--skip-trust", "-p", prompt]);

    [Fact]
    public Task OpenCode() => CheckAsync(
        "opencode", "opencode", "gemini-2.5-pro",
        new() { [".config/opencode/opencode.jsonc"] = "{\n\t\"$schema\": \"https://opencode.ai/config.json\",\n\t// stays here\n\t\"autoupdate\": false,\n\t\"share\": \"disabled\",\n}\n" },
        // Words that come in one argument are passed on in quotes.
        prompt => ["run", .. prompt.Split(' ')]);

    [Fact]
    public Task QwenCode() => CheckAsync(
        "qwen", "qwen", "nova-pro",
        new() { [".qwen/settings.json"] = "{\n  \"privacy\": { \"usageStatisticsEnabled\": false },\n  \"general\": { \"enableAutoUpdate\": false },\n  \"$version\": 4\n}" },
        prompt => ["--yolo", "-p", prompt]);

    private static async Task CheckAsync(string client, string command, string model, Dictionary<string, string> files, Func<string, string[]> arguments)
    {
        var program = ClientsFolder.Command(command);
        await using var demo = await Demo.StartAsync(TestContext.Current.CancellationToken);
        var options = demo.Configure(new StartOptions { Port = 0, LogLevel = LogLevel.None });
        await using var gateway = await GatewayHost.StartAsync(options with { ConfigText = $"api-keys: [ {Key} ]\n{options.ConfigText}" });
        using var place = new TempWorkspace();
        foreach (var (name, text) in files) place.Settle(name, text);
        await DragomanAsync(place, "connect", client, "--home", place.Home, "--url", gateway.Address.ToString(), "--model", model, "--small-model", "gpt-5-mini", "--yes");
        var note = Path.Combine(place.Folder, "note.txt");

        var run = await ProgramRun.StartAsync(program, arguments($"create file {note} with Connected"), place.Folder, new Dictionary<string, string>
        {
            ["HOME"] = place.Home,
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
            ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
        });

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        run.ExitCode.ShouldBe(0);
        (run.Output + run.Errors).ShouldContain("is written");
        File.ReadAllText(note).TrimEnd().ShouldBe("Connected");
        await DragomanAsync(place, "connect", client, "--home", place.Home, "--undo", "--yes");
        foreach (var (name, text) in files) Encoding.UTF8.GetString(await File.ReadAllBytesAsync(Path.Combine(place.Home, name))).ShouldBe(text);
    }

    private static async Task DragomanAsync(TempWorkspace place, params string[] arguments)
    {
        var run = await ProgramRun.StartAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "dragoman.dll"), .. arguments], place.Folder, new Dictionary<string, string> { ["HOME"] = place.Home, ["DRAGOMAN_KEY"] = Key });
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        run.ExitCode.ShouldBe(0);
    }
}

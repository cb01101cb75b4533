using Dragoman.Cli.Commands;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>What <c>serve --demo</c> prints is copied, pasted and works.</summary>
public sealed class DemoTests
{
    private const string Prompt = "create file hello.txt with Hello from the demo";

    [Fact]
    public Task ClaudeCode() => WritesAFileAsync("claude", "-mini claude", line => $"{line} -p '{Prompt}' --allowedTools Write --permission-mode acceptEdits");

    [Fact]
    public Task CodexCli() => WritesAFileAsync("codex", "codex -c", line => $"{line.Replace("codex -c", "codex exec --skip-git-repo-check -s danger-full-access -c", StringComparison.Ordinal)} '{Prompt}'");

    [Fact]
    public Task GeminiCli() => WritesAFileAsync("gemini", "gemini -m", line => $"{line} --yolo --skip-trust -p '{Prompt}'");

    [Fact]
    public async Task Curl()
    {
        ClientsFolder.OnPath("curl");
        await using var demo = await Demo.StartAsync(TestContext.Current.CancellationToken);
        await using var gateway = await StartAsync(demo);
        using var place = new TempWorkspace();
        var lines = Lines(demo, gateway).Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToList();
        lines.Count.ShouldBe(2);
        foreach (var line in lines)
        {
            var run = await PasteAsync(line, place);

            run.ExitCode.ShouldBe(0, run.ToString());
            run.Output.ShouldContain("You said");
        }
    }

    private static async Task WritesAFileAsync(string command, string mark, Func<string, string> complete)
    {
        ClientsFolder.Command(command);
        await using var demo = await Demo.StartAsync(TestContext.Current.CancellationToken);
        await using var gateway = await StartAsync(demo);
        using var place = new TempWorkspace();
        // The line that has the command in it, after what is put into the environment.
        var line = Lines(demo, gateway).Single(line => line.Contains(mark, StringComparison.Ordinal));

        var run = await PasteAsync(complete(line), place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("is written");
        File.ReadAllText(Path.Combine(place.Folder, "hello.txt")).TrimEnd().ShouldBe("Hello from the demo");
    }

    private static Task<GatewayHost> StartAsync(Demo demo) => GatewayHost.StartAsync(demo.Configure(new StartOptions { Port = 0, LogLevel = LogLevel.None }));

    private static IEnumerable<string> Lines(Demo demo, GatewayHost gateway) => demo.Instructions(gateway.Address).Split('\n').Select(line => line.Trim());

    private static Task<ProgramRun> PasteAsync(string line, TempWorkspace place)
    {
        var commands = Path.Combine(Path.GetDirectoryName(ClientsFolder.File("package.json"))!, "node_modules", ".bin");
        return ProgramRun.StartAsync("bash", ["-c", line], place.Folder, new Dictionary<string, string>
        {
            ["HOME"] = place.Home,
            ["PATH"] = $"{commands}:{Environment.GetEnvironmentVariable("PATH")}",
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
        });
    }
}

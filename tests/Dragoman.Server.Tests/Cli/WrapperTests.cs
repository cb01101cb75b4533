using System.Diagnostics;
using Dragoman.Server.Tests.Forwarding;

namespace Dragoman.Server.Tests.Cli;

/// <summary>The script <c>./dragoman</c>, with a stand-in for the SDK that writes down what it is asked.</summary>
public sealed class WrapperTests : IDisposable
{
    private const string Sdk = """
        #!/bin/bash
        if [ "$1" = build ]; then
          echo "build in $PWD" >> "$SEEN"
          if [ -n "${BROKEN:-}" ]; then echo "error CS1002: ; expected"; exit 1; fi
          echo "  Determining projects to restore..."
          echo "  Dragoman.Protocols -> $PWD/src/Dragoman.Protocols/bin/Release/net10.0/Dragoman.Protocols.dll"
          mkdir -p src/Dragoman.Cli/bin/Release/net10.0 src/Dragoman.Cli/obj
          touch src/Dragoman.Cli/bin/Release/net10.0/dragoman.dll
        else
          echo "ran $(basename "$1") ${*:2} in $PWD"
        fi
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-wrapper-").FullName;

    public WrapperTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "root", "src", "Dragoman.Cli"));
        foreach (var name in (string[])["Directory.Build.props", "Directory.Packages.props", ".editorconfig"]) File.WriteAllText(Path.Combine(_folder, "root", name), "");
        Write(Path.Combine(_folder, "root", "dragoman"), File.ReadAllText(RepositoryFiles.File("dragoman")));
        Write(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName, "dotnet"), Sdk);
        Directory.CreateDirectory(Path.Combine(_folder, "elsewhere"));
        // A link to a link, one of them relative.
        File.CreateSymbolicLink(Path.Combine(_folder, "bin", "dragoman"), "../link");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), Path.Combine(_folder, "root", "dragoman"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_works_through_links_and_from_any_folder_and_says_what_the_first_build_does()
    {
        var first = await RunAsync("dragoman explain 'a b'");
        first.Code.ShouldBe(0, first.Error);
        first.Out.ShouldBe($"ran dragoman.dll explain a b in {_folder}/elsewhere\n");
        first.Error.ShouldContain("the first time");
        first.Error.ShouldContain("built Dragoman.Protocols");
        // The SDK is chosen by the repository's own global.json.
        File.ReadAllText(Path.Combine(_folder, "seen")).ShouldBe($"build in {_folder}/root\n");

        var second = await RunAsync("dragoman models");
        (second.Code, second.Error).ShouldBe((0, ""));
        File.ReadAllLines(Path.Combine(_folder, "seen")).Length.ShouldBe(1, "nothing has changed, so nothing is built");
    }

    [Fact]
    public async Task The_panel_is_built_before_the_gateway_and_again_when_it_has_changed()
    {
        var panel = Directory.CreateDirectory(Path.Combine(_folder, "root", "panel")).FullName;
        Write(Path.Combine(panel, "build.sh"), File.ReadAllText(RepositoryFiles.File("panel", "build.sh")));
        File.WriteAllText(Path.Combine(panel, "package.json"), "{}");
        File.WriteAllText(Path.Combine(panel, "package-lock.json"), "{}");
        Write(Path.Combine(_folder, "bin", "node"), "#!/bin/bash\nexit ${OLD_NODE:-0}\n");
        Write(Path.Combine(_folder, "bin", "npm"), """
            #!/bin/bash
            echo "npm $* in $PWD" >> "$SEEN"
            if [ -n "${BROKEN_PANEL:-}" ] && [ "$1" = run ]; then echo "error TS1005"; exit 1; fi
            case "$1" in ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;; run) mkdir -p dist && touch dist/index.html ;; esac
            """);
        var seen = Path.Combine(_folder, "seen");

        var old = await RunAsync("OLD_NODE=1 dragoman models");
        (old.Code, old.Out).ShouldBe((0, $"ran dragoman.dll models in {_folder}/elsewhere\n"));
        old.Error.Split('\n').Where(line => line.Contains("Node.js", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("left out");
        File.ReadAllText(seen).ShouldBe($"build in {_folder}/root\n");
        (await RunAsync("OLD_NODE=1 dragoman models")).Error.ShouldBe("", "it is said once, not with every command");

        Directory.Delete(Path.Combine(_folder, "root", "src", "Dragoman.Cli", "obj"), recursive: true);
        (await RunAsync("BROKEN_PANEL=1 dragoman models")).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0, "a gateway without a panel is better than none"), run => run.Error.ShouldContain("TS1005"));
        File.Delete(seen);
        File.SetLastWriteTimeUtc(Path.Combine(panel, "package.json"), DateTime.UtcNow.AddSeconds(2));
        (await RunAsync("dragoman models")).Code.ShouldBe(0);
        File.ReadAllLines(seen).ShouldBe([$"npm ci --no-audit --no-fund in {panel}", $"npm run --silent build in {panel}", $"build in {_folder}/root"]);
    }

    [Fact]
    public async Task A_build_that_fails_shows_why()
    {
        var run = await RunAsync("BROKEN=1 dragoman models");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("CS1002");
        run.Error.ShouldContain("the build failed");
        run.Out.ShouldBeEmpty();
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(string line)
    {
        var start = new ProcessStartInfo("bash", ["-c", line]) { WorkingDirectory = Path.Combine(_folder, "elsewhere"), UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SEEN"] = Path.Combine(_folder, "seen");
        start.Environment["CDPATH"] = _folder;
        using var shell = Process.Start(start)!;
        var error = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, output, await error);
    }

    private static void Write(string file, string text)
    {
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

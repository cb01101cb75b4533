using System.Diagnostics;
using Dragoman.EndToEnd.Tests.Support;

namespace Dragoman.EndToEnd.Tests;

/// <summary>
/// The command of docs/guide/operations.md for a machine without the SDK: one file comes of it, which needs neither SQLite nor zstd nor .NET of the system. It is
/// published from a copy of the sources, so that the tree that is tested stays as it is.
/// </summary>
public sealed class PublishTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-publish-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task One_file_runs_without_libraries_of_the_system()
    {
        if (!OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64) Assert.Skip("the command is for linux-x64");
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ClientsFolder.File("package.json"))!, "..", ".."));
        foreach (var name in (string[])["Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", "global.json", "LICENSE", "README.md"])
            if (File.Exists(Path.Combine(root, name))) File.Copy(Path.Combine(root, name), Path.Combine(_folder, name));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "src"), "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(root, file);
            if (relative.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, relative))!);
            File.Copy(file, Path.Combine(_folder, relative));
        }

        // The documented command; analyzers were run when the tree was built, and compiling ahead of time takes minutes and changes nothing that is looked at here.
        var (code, text) = await RunAsync("dotnet", "publish src/Dragoman.Cli -c Release -r linux-x64 -o out --nologo -v quiet -p:RunAnalyzers=false -p:PublishReadyToRun=false");
        if (code != 0 && text.Contains("NU1101", StringComparison.Ordinal)) Assert.Skip("the runtime packs could not be fetched");
        code.ShouldBe(0, text);
        var output = Path.Combine(_folder, "out");
        Directory.GetFiles(output, "*.so", SearchOption.AllDirectories).ShouldBeEmpty();
        Directory.GetFiles(output, "*.dll", SearchOption.AllDirectories).ShouldBeEmpty();

        // Alone in a folder, with nothing of .NET to be found: what else was put out is not needed.
        var alone = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "alone")).FullName, "dragoman");
        File.Move(Path.Combine(output, "dragoman"), alone);
        var start = new ProcessStartInfo(alone, ["serve", "--port", "0", "--data", Path.Combine(_folder, "data")]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Clear();
        start.Environment["PATH"] = "/nonexistent";
        start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Path.Combine(_folder, "unpacked");
        using var gateway = Process.Start(start)!;
        try
        {
            var line = await gateway.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            if (line is null) Assert.Fail(await gateway.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            line.ShouldContain("listens on");
            var mapped = await File.ReadAllLinesAsync($"/proc/{gateway.Id}/maps", TestContext.Current.CancellationToken);
            mapped.ShouldContain(part => part.EndsWith("/libe_sqlite3.so", StringComparison.Ordinal) && part.Contains(_folder, StringComparison.Ordinal));
            foreach (var system in (string[])["libsqlite3.so", "libzstd.so", "libcoreclr.so"]) mapped.ShouldNotContain(part => part.Contains(system, StringComparison.Ordinal), system);
        }
        finally
        {
            gateway.Kill();
            await gateway.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task<(int Code, string Said)> RunAsync(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await error);
    }
}

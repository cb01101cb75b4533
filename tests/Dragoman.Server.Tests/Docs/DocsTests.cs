using System.Text.Json;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Providers;

namespace Dragoman.Server.Tests.Docs;

/// <summary>
/// What the documentation shows works: every command block is run as it stands, every configuration is read, every JSON is JSON. A block that no test runs
/// says why, in a comment before it: <c>&lt;!-- not run: reason --&gt;</c>.
/// </summary>
[Trait("speed", "fast")]
public sealed class DocsTests
{
    /// <summary>Pages with commands to run.</summary>
    public static TheoryData<string> PagesWithCommands => [.. DocBlock.Pages.Where(page => DocBlock.Of(page).Any(block => block.NotRun is null && block.Commands.Count > 0))];

    [Theory]
    [Trait("speed", "slow")]
    [MemberData(nameof(PagesWithCommands))]
    public async Task Every_command_runs(string page)
    {
        await using var stage = await DocFixture.OpenAsync();
        var failed = new List<string>();
        foreach (var block in DocBlock.Of(page).Where(block => block.NotRun is null))
        {
            foreach (var command in block.Commands)
            {
                var (code, text) = await stage.RunAsync(command);
                if (code != 0 || text.Contains("   at ", StringComparison.Ordinal)) failed.Add($"{page}:{block.Line}: {command}\nended with {code}:\n{text}");
            }
        }

        failed.ShouldBeEmpty(string.Join("\n\n", failed));
    }

    [Fact]
    public void Every_configuration_can_be_used_and_every_json_is_json()
    {
        var failed = new List<string>();
        foreach (var block in DocBlock.Pages.SelectMany(DocBlock.Of))
        {
            if (block.Language == "json")
            {
                try
                {
                    using var parsed = JsonDocument.Parse(block.Text);
                }
                catch (JsonException ex)
                {
                    failed.Add($"{block.Page}:{block.Line}: {ex.Message}");
                }
            }

            if (block.Language != "yaml") continue;
            var result = new ConfigLoader(ProviderModules.CreateRegistry(TimeProvider.System), static _ => "a-value-of-the-environment").Load(block.Text, block.Page);
            if (!result.IsUsable) failed.Add($"{block.Page}:{block.Line}: {string.Join('\n', result.Problems)}");
        }

        failed.ShouldBeEmpty(string.Join('\n', failed));
    }

    [Fact]
    public void Every_program_is_run_or_says_why_not()
    {
        // C# is what SnippetTests compiles and runs; the rest needs other tools.
        var unsaid = DocBlock.Pages.SelectMany(DocBlock.Of).Where(block => block.Language is "python" or "js" or "toml" or "ini" && block.NotRun is null).Select(block => $"{block.Page}:{block.Line}");
        unsaid.ShouldBeEmpty();
        DocBlock.Pages.SelectMany(DocBlock.Of).Where(block => block.NotRun is not null).ShouldAllBe(block => block.NotRun!.Length > 10);
    }

    /// <summary>With the first account of README's "Use it" alone the gateway has what it needs; the others are only added.</summary>
    [Fact]
    public void One_account_is_enough_to_begin_with()
    {
        var text = File.ReadAllText(RepositoryFiles.File("README.md"));
        var first = text[text.IndexOf("       claude-api-key:", StringComparison.Ordinal)..text.IndexOf("2. Check it", StringComparison.Ordinal)];
        var result = new ConfigLoader(ProviderModules.CreateRegistry(TimeProvider.System), name => name == "ANTHROPIC_API_KEY" ? "sk-ant-one" : null).Load(Left(first, 7), "config.yaml");
        result.Problems.ShouldBeEmpty();
        result.Config!.Accounts.Count.ShouldBe(1);
        var second = text[text.IndexOf("    gemini-api-key:", StringComparison.Ordinal)..text.IndexOf("Or add them while the gateway runs", StringComparison.Ordinal)];
        new ConfigLoader(ProviderModules.CreateRegistry(TimeProvider.System), _ => "a-key-of-some-length").Load(Left(first, 7) + Left(second, 4), "config.yaml").Problems.ShouldBeEmpty();

        static string Left(string block, int indent) => string.Concat(block.Split('\n').Select(line => (line.Length >= indent ? line[indent..] : line.Trim()) + "\n"));
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task The_service_file_is_one_that_systemd_takes()
    {
        if (!File.Exists("/usr/bin/systemd-analyze")) Assert.Skip("systemd-analyze is not on this machine");
        var folder = Directory.CreateTempSubdirectory("dragoman-unit-");
        try
        {
            var unit = Path.Combine(folder.FullName, "dragoman.service");
            // The program and its user are not on this machine; what else is said is checked.
            await File.WriteAllTextAsync(unit, (await File.ReadAllTextAsync(RepositoryFiles.File("deploy", "dragoman.service"))).Replace("/opt/dragoman/dragoman", "/bin/true", StringComparison.Ordinal).Replace("=dragoman\nGroup=dragoman", "=root\nGroup=root", StringComparison.Ordinal));
            using var analyze = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("systemd-analyze", ["verify", "--man=no", unit]) { UseShellExecute = false, RedirectStandardError = true })!;
            var text = await analyze.StandardError.ReadToEndAsync();
            await analyze.WaitForExitAsync();
            text.Split('\n').ShouldNotContain(line => line.Contains("dragoman.service", StringComparison.Ordinal), text);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

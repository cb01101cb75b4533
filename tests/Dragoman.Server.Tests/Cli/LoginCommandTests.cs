using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Cli;

/// <summary><c>dragoman login</c> against a running gateway and an emulated OpenRouter.</summary>
public sealed class LoginCommandTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_login_on_the_command_line(bool json)
    {
        await using var rig = await StartAsync();
        await using var program = Program.Start(["login", "openrouter", "--yes", "--no-browser", "--label", "mine", "--url", rig.Gateway.Address.ToString(), .. json ? (string[])["--json"] : []]);
        var line = (await program.OutputAsync(json ? "{\"id\"" : rig.Upstream.Address + "openrouter/auth?")).Split('\n')[0];
        var address = json ? JsonNode.Parse(line)!["address"]!.GetValue<string>() : line.Trim();
        using (var browser = new HttpClient()) (await browser.GetStringAsync(new Uri(address))).ShouldContain("Signed in to OpenRouter");
        await program.EndAsync(TimeSpan.FromSeconds(60));
        program.ExitCode.ShouldBe(0, program.Out + program.Error);
        if (json) JsonNode.Parse(program.Out.Trim().Split('\n')[^1])!["status"]!.GetValue<string>().ShouldBe("saved");
        else program.Out.ShouldContain("Added 'mine' (openrouter-");
        (program.Out + program.Error).ShouldNotContain("sk-or-");
    }

    [Fact]
    public async Task The_vendors_position_is_listed_and_mistakes_are_explained()
    {
        await using var rig = await StartAsync();
        var url = rig.Gateway.Address.ToString();
        var list = await Program.RunAsync("login", "--list", "--url", url);
        (list.Code, list.Out.Contains("openrouter: OpenRouter (browser)", StringComparison.Ordinal), list.Out.Contains("The vendor's position (2026-11-29): allowed.", StringComparison.Ordinal)).ShouldBe((0, true, true), list.Out + list.Error);
        var none = await Program.RunAsync("login", "--url", url);
        (none.Code, none.Error.Contains("login --list", StringComparison.Ordinal)).ShouldBe((1, true));
        var unknown = await Program.RunAsync("login", "nobody", "--url", url);
        (unknown.Code, unknown.Error.Contains("openrouter", StringComparison.Ordinal)).ShouldBe((1, true));
    }

    [Fact]
    public async Task A_login_is_imported_with_the_file_beside_it_that_belongs_to_it()
    {
        await using var rig = await StartAsync();
        var url = rig.Gateway.Address.ToString();
        using var folder = new TempFolder();
        const string hash = "e909a0580879b06ece1202964fbe9dda95ea4ce3";
        var token = Path.Combine(folder.Path, "kiro-auth-token.json");
        await File.WriteAllTextAsync(token, $$"""{"accessToken":"aoa-of-a-file","refreshToken":"aor1","authMethod":"IdC","provider":"BuilderId","clientIdHash":"{{hash}}"}""");
        var alone = await Program.RunAsync("login", "kiro", "--yes", "--acknowledge", "--import", token, "--url", url);
        (alone.Code, (alone.Out + alone.Error).Contains(hash + ".json", StringComparison.Ordinal)).ShouldBe((1, true), alone.Out + alone.Error);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, hash + ".json"), """{"clientId":"c1","clientSecret":"secret-of-a-file"}""");
        var both = await Program.RunAsync("login", "kiro", "--yes", "--acknowledge", "--label", "editor", "--import", token, "--url", url);
        (both.Code, both.Out.Contains("Added 'editor'", StringComparison.Ordinal)).ShouldBe((0, true), both.Out + both.Error);
        (both.Out + both.Error).ShouldNotContain("of-a-file");
    }

    private static Task<GatewayFixture> StartAsync() => GatewayFixture.StartWithAsync(static address => $$"""
        providers:
          openrouter: { authorize-url: "{{address}}/openrouter/auth", base-url: "{{address}}/openrouter/api/v1" }
          kiro: { service-url: "{{address}}/kiro/service", management-url: "{{address}}/kiro/service" }

        """);
}

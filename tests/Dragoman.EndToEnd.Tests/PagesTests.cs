using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Web pages that were made for other systems, opened in Chromium on the surfaces that stand for those.</summary>
public sealed class PagesTests
{
    [Fact]
    public async Task The_page_of_antigravity_claude_proxy_opens_all_its_tabs_and_shows_the_log_as_it_comes()
    {
        var chromium = ClientsFolder.OnPath("chromium");
        ClientsFolder.File("node_modules", "antigravity-claude-proxy", "public", "index.html");
        var script = ClientsFolder.File("pages", "antigravity.mjs");
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"listeners:\n  - {{ surface: antigravity, port: 0 }}\n{UpstreamProtocol.All["messages"].Configuration(vendor.Address, ["a-model-of-the-page"])}", Port = 0, LogLevel = LogLevel.Information, HomeFolder = Path.Combine(Path.GetTempPath(), "dragoman-nobodys-home"),
        });
        using var place = new TempWorkspace();

        var run = await ProgramRun.StartAsync(
            ClientsFolder.LaterNode(), [script, gateway.Addresses[^1].ToString().TrimEnd('/')], place.Folder, new Dictionary<string, string> { ["HOME"] = place.Home, ["CHROMIUM"] = chromium });

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        run.ExitCode.ShouldBe(0, run.Errors);
        var seen = JsonNode.Parse(run.Output)!;
        seen["failed"]!.AsArray().ShouldBeEmpty();
        seen["log"]!.GetValue<bool>().ShouldBeTrue();
        seen["calls"]!.AsArray().Select(call => call!.GetValue<string>()).Distinct().ShouldBe(["GET /api/config", "GET /account-limits", "GET /api/logs/stream"], ignoreOrder: true);
        seen["tabs"]!.AsObject().Count.ShouldBe(5);
    }
}

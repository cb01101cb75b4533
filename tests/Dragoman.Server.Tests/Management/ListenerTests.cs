using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>Listeners over the management API: where they are, what their surfaces serve, who used them.</summary>
[Trait("speed", "fast")]
public sealed class ListenerTests
{
    [Fact]
    public async Task Every_listener_is_listed_with_its_surface_and_its_use()
    {
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = "host: 127.0.0.1\nport: 0\napi-keys: [ key-of-a-client ]\nlisteners: [ { port: 0, surface: kiro } ]\n", DataFolder = null, LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        });
        using var http = new HttpClient();
        var before = await ListAsync(http, gateway);
        var kiro = before["listeners"]![1]!;
        (kiro["surface"]!.GetValue<string>(), kiro["requests"]!.GetValue<int>(), kiro["last_used_at"], kiro["loopback"]!.GetValue<bool>(), kiro["requires_key"]!.GetValue<bool>(), kiro["scheme"]!.GetValue<string>()).ShouldBe(("kiro", 0, null, true, true, "http"));
        kiro["url"]!.GetValue<string>().ShouldBe(gateway.Addresses[1].ToString());
        kiro["address"]!.GetValue<string>().ShouldBe($"127.0.0.1:{gateway.Addresses[1].Port}");
        kiro["example"]!.GetValue<string>().ShouldBe($"curl -H \"Authorization: Bearer $DRAGOMAN_KEY\" {gateway.Addresses[1]}v1/models");

        using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Addresses[1], "/v1/models")))
        {
            request.Headers.TryAddWithoutValidation("user-agent", "a-program/1.0");
            using var answer = await http.SendAsync(request);
        }

        var after = await ListAsync(http, gateway);
        (after["listeners"]![1]!["requests"]!.GetValue<int>(), after["listeners"]![1]!["last_user_agent"]!.GetValue<string>()).ShouldBe((1, "a-program/1.0"));
        after["listeners"]![1]!["last_used_at"].ShouldNotBeNull();
        after["listeners"]![0]!["requests"]!.GetValue<int>().ShouldBe(2, "the two questions of this test");
        after["listeners"]![0]!["routes"]!.GetValue<int>().ShouldBeGreaterThan(after["listeners"]![1]!["routes"]!.GetValue<int>());
    }

    [Fact]
    public async Task Every_surface_is_listed_with_its_routes_whether_or_not_it_is_on()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.GetAsync("/api/v1/listeners");
        var surfaces = (await answer.JsonAsync())["surfaces"]!.AsArray().ToDictionary(surface => surface!["id"]!.GetValue<string>(), surface => surface!);
        surfaces.Keys.Order().ShouldBe(["antigravity", "bedrock", "cliproxy", "codex", "dragoman", "kiro"]);
        (surfaces["dragoman"]["on"]!.GetValue<bool>(), surfaces["kiro"]["on"]!.GetValue<bool>(), surfaces["codex"]["default_address"]!.GetValue<string>()).ShouldBe((true, false, "127.0.0.1:8081"));
        Routes(surfaces["dragoman"]).ShouldContain("GET /api/v1/listeners");
        // The same routes as the page of the documentation.
        var page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "reference", "surfaces.md"));
        foreach (var route in surfaces["kiro"]["routes"]!.AsArray()) page.ShouldContain(route!["path"]!.GetValue<string>());
        surfaces.Values.ShouldAllBe(surface => surface["routes"]!.AsArray().Count > 0);
    }

    private static IEnumerable<string> Routes(JsonNode surface) => surface["routes"]!.AsArray().Select(route => $"{route!["method"]} {route["path"]}");

    private static async Task<JsonNode> ListAsync(HttpClient http, GatewayHost gateway) => JsonNode.Parse(await http.GetStringAsync(new Uri(gateway.Address, "/api/v1/listeners")))!;
}

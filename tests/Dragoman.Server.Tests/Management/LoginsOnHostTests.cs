using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>Logins that vendors' own programs have left on the gateway's machine, over the management API.</summary>
public sealed class LoginsOnHostTests
{
    [Fact]
    public async Task Files_at_the_usual_places_are_listed_and_taken_over()
    {
        var home = Directory.CreateTempSubdirectory("dragoman-home-");
        var folder = home.CreateSubdirectory(".claude");
        var file = Path.Combine(folder.FullName, ".credentials.json");
        await File.WriteAllTextAsync(file, """{"claudeAiOauth":{"accessToken":"sk-ant-oat01-of-the-file","refreshToken":"sk-ant-ort01-of-the-file","expiresAt":4102444800000,"scopes":["user:inference"],"subscriptionType":"max"}}""");
        await File.WriteAllTextAsync(Path.Combine(home.CreateSubdirectory(".codex").FullName, "auth.json"), "not json");
        await using var rig = await GatewayFixture.StartWithAsync(GatewayFixture.Everything, home: home.FullName);
        var files = (await ListAsync(rig))["files"]!.AsArray();
        var found = files.Single(one => one!["path"]!.GetValue<string>() == file)!;
        (found["provider"]!.GetValue<string>(), found["readable"]!.GetValue<bool>(), found["account"]).ShouldBe(("claude-subscription", true, null));
        found["modified_at"].ShouldNotBeNull();
        var broken = files.Single(one => one!["path"]!.GetValue<string>().EndsWith("auth.json", StringComparison.Ordinal))!;
        (broken["readable"]!.GetValue<bool>(), broken["problem"]!.GetValue<string>().Length > 0).ShouldBe((false, true));
        files.ToJsonString().ShouldNotContain("of-the-file");

        await StartAsync(rig, 400, new { provider = "claude-subscription", flow = "import", path = "/etc/passwd", acknowledged = true }, "file_not_allowed");
        await StartAsync(rig, 400, new { provider = "kiro", path = file, acknowledged = true }, "file_not_allowed");
        await StartAsync(rig, 409, new { provider = "claude-subscription", path = file }, "acknowledgement_required");
    }

    [Fact]
    public async Task Callers_elsewhere_are_shown_no_files()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.GetAsync("/api/v1/logins/found", ("x-forwarded-for", "192.0.2.1"));
        if ((int)answer.StatusCode == 403) return;
        var view = await answer.JsonAsync();
        (view["files"]!.AsArray().Count, view["reason"] is not null).ShouldBe((0, true));
    }

    private static async Task<JsonNode> ListAsync(GatewayFixture rig)
    {
        using var answer = await rig.GetAsync("/api/v1/logins/found");
        ((int)answer.StatusCode).ShouldBe(200);
        return await answer.JsonAsync();
    }

    private static async Task StartAsync(GatewayFixture rig, int status, object body, string code)
    {
        using var answer = await rig.SendAsync(HttpMethod.Post, "/api/v1/logins", JsonContent.Create(body));
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        JsonNode.Parse(text)!["error"]!["code"]!.GetValue<string>().ShouldBe(code);
    }
}

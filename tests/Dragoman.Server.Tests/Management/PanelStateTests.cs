using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>What the panel's pages remember.</summary>
[Trait("speed", "fast")]
public sealed class PanelStateTests
{
    [Fact]
    public async Task It_is_kept_and_changed_from_what_was_read()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, empty) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "panel/state");
        status.ShouldBe(200);
        (empty.Text("version"), empty!["state"]!.AsObject().Count).ShouldBe(("0", 0));
        var first = await PutAsync(rig, """{"state":{"views":[{"name":"failures","filter":"status=5xx"}],"theme":"dark"}}""", "0");
        first.Status.ShouldBe(200);
        var (_, kept) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "panel/state");
        kept!["state"].Text("theme").ShouldBe("dark");
        kept.Text("version").ShouldBe(first.Json.Text("version"));
        (await PutAsync(rig, """{"state":{}}""", "0")).Status.ShouldBe(412, "another page was faster");
        (await PutAsync(rig, """{"state":{}}""", null)).Json!["error"].Text("code").ShouldBe("precondition_required");
        (await PutAsync(rig, """{"state":{}}""", "x")).Status.ShouldBe(400);
        var second = await PutAsync(rig, """{"state":{"theme":"light"}}""", $"\"{first.Json.Text("version")}\"");
        second.Status.ShouldBe(200);
        (await PutAsync(rig, """{"state":{"theme":"any"}}""", "*")).Status.ShouldBe(200);
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "panel/state")).Json!["state"].Text("theme").ShouldBe("any");
    }

    [Fact]
    public async Task It_lasts_and_is_bounded()
    {
        var data = Directory.CreateTempSubdirectory("dragoman-panel-").FullName;
        try
        {
            await using (var rig = await GatewayFixture.StartWithAsync(GatewayFixture.Everything, data: data))
            {
                (await PutAsync(rig, $"{{\"state\":{{\"x\":\"{new string('x', 256 << 10)}\"}}}}", "0")).Json!["error"].Text("code").ShouldBe("too_large");
                (await PutAsync(rig, """{"state":[1]}""", "0")).Status.ShouldBe(400);
                (await PutAsync(rig, """{"state":{"columns":["at","model"]}}""", "0")).Status.ShouldBe(200);
            }

            await using var again = await GatewayFixture.StartWithAsync(GatewayFixture.Everything, data: data);
            (await FlowFixture.AskAsync(again.Http, HttpMethod.Get, "panel/state")).Json!["state"]!["columns"]!.AsArray().Count.ShouldBe(2);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(int Status, JsonNode? Json)> PutAsync(GatewayFixture rig, string body, string? version)
    {
        using var answer = await rig.SendAsync(HttpMethod.Put, "/api/v1/panel/state", new StringContent(body, Encoding.UTF8, "application/json"), version is null ? [] : [("If-Match", version)]);
        return ((int)answer.StatusCode, await answer.JsonAsync());
    }
}

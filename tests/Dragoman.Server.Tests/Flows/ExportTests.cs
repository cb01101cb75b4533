using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>Flows to take away, in each format.</summary>
public sealed class ExportTests
{
    private const string Agent = """{"model":"claude-1","max_tokens":200,"stream":true,"system":"You are careful.","tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}],"messages":[{"role":"user","content":"first question"},{"role":"assistant","content":[{"type":"text","text":"I look."},{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Bern"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"Rain, 7 degrees"},{"type":"text","text":"call:get_weather {\"city\":\"Basel\"}"}]}]}""";

    [Fact]
    public async Task Json_and_its_lines_hold_the_flows_that_fit()
    {
        await using var rig = await StartAsync();
        var all = JsonNode.Parse(await GetAsync(rig, "flows/export"))!.AsArray();
        all.Count.ShouldBe(3);
        all.ShouldAllBe(entry => entry!["bodies"] == null);
        var lines = (await GetAsync(rig, "flows/export?format=jsonl&bodies=true&model=claude*")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var one = JsonNode.Parse(lines.ShouldHaveSingleItem())!;
        one["flow"]!.Text("requested_model").ShouldBe("claude-1");
        one["bodies"]!.AsArray().Select(body => body!["body"]!.Text("kind")).ShouldBe(["client-request", "upstream-request", "upstream-answer", "client-answer"]);
        one["bodies"]!.AsArray()[0]!.Text("text").ShouldBe(Agent);
        (await GetAsync(rig, "flows/export?format=jsonl&limit=2")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "flows/export?format=xml")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Har_has_the_shape_of_version_1_2()
    {
        await using var rig = await StartAsync();
        var har = JsonNode.Parse(await GetAsync(rig, "flows/export?format=har"))!;
        HarShape.Check(har);
        var entries = har["log"]!["entries"]!.AsArray();
        entries.Count.ShouldBe(3);
        var agent = entries.Single(entry => entry!["request"]!.Text("url").EndsWith("/v1/messages", StringComparison.Ordinal))!;
        agent["request"]!["postData"]!.Text("text").ShouldBe(Agent);
        agent["response"]!["content"]!.Text("mimeType").ShouldStartWith("text/event-stream");
        agent["response"]!["content"]!.Text("text").ShouldContain("message_stop");
        agent["_upstream"]!.AsArray().Count.ShouldBe(2);
        entries.Count(entry => entry!["response"]!.Number("status") == 400).ShouldBe(1);
    }

    [Fact]
    public async Task Markdown_is_a_transcript_with_the_facts_on_top()
    {
        await using var rig = await StartAsync();
        var flow = (await FlowFixture.ListAsync(rig.Http, "model=claude*"))[0];
        var text = await GetAsync(rig, $"flows/{flow.Text("id")}/export?format=markdown");
        string[] parts =
        [
            $"# Flow {flow.Text("id")}", "| Model | claude-1 → claude-sonnet-4-5 |", "| Account | claude (claude) |", "| Status | 200 |", "| Attempt 1 | claude, claude-sonnet-4-5: answered",
            "## System", "You are careful.", "Tools: `get_weather`", "## User", "first question", "## Assistant", "I look.", "Calls `get_weather` (toolu_1):", "\"city\":\"Bern\"", "Result of toolu_1:", "Rain, 7 degrees",
            "## Answer", "get_weather answered: Rain, 7 degrees", "Ended: Stop",
        ];
        var at = 0;
        foreach (var part in parts)
        {
            var next = text.IndexOf(part, at, StringComparison.Ordinal);
            next.ShouldBeGreaterThanOrEqualTo(at, $"'{part}' in its place in\n{text}");
            at = next;
        }
    }

    [Fact]
    public async Task Without_bodies_there_are_the_facts()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        HarShape.Check(JsonNode.Parse(await GetAsync(rig, $"flows/{flow.Text("id")}/export?format=har"))!);
        (await GetAsync(rig, $"flows/{flow.Text("id")}/export?format=markdown")).ShouldContain("Bodies were not recorded");
    }

    private static async Task<GatewayFixture> StartAsync()
    {
        var rig = await GatewayFixture.StartAsync(FlowFixture.Full);
        foreach (var (path, body) in ((string, string)[])[("/v1/messages", Agent), ("/v1/chat/completions", Talk.Chat("chat-1", "say:plain")), ("/v1/chat/completions", Talk.Chat("chat-1", "fault:status=400"))])
        {
            using var answer = await rig.PostAsync(path, body);
            await answer.TextAsync();
            await FlowFixture.OfAsync(rig.Http, answer);
        }

        return rig;
    }

    private static Task<string> GetAsync(GatewayFixture rig, string path) => rig.Http.GetStringAsync(new Uri($"/api/v1/{path}", UriKind.Relative));
}

using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>
/// Claude Code's way with many tools, through the whole host: they are declared with <c>defer_loading</c>, its tool <c>ToolSearch</c> finds some, and
/// its results refer to them (<c>tool_reference</c>). Behind it stand upstreams that know nothing of it.
/// </summary>
public sealed class DeferredToolsTests
{
    private const string Tools = """
        [{"name":"ToolSearch","description":"Finds tools","input_schema":{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}},
        {"name":"mail_send","description":"Sends","input_schema":{"type":"object","properties":{"to":{"type":"string"}}},"defer_loading":true},
        {"name":"Read","description":"Reads","input_schema":{"type":"object","properties":{"path":{"type":"string"}}}},
        {"name":"cal_list","description":"Lists","input_schema":{"type":"object","properties":{"day":{"type":"string"}},"required":["day"]},"defer_loading":true}]
        """;

    public static TheoryData<string> Upstreams => ["chat", "responses", "gemini", "nova", "bedrock-claude", "glm"];

    [Theory, MemberData(nameof(Upstreams))]
    public async Task A_tool_is_called_from_the_moment_it_is_found(string model)
    {
        await using var rig = await GatewayFixture.StartWithAsync(Configuration);
        var messages = new JsonArray(User("""call:ToolSearch {"query":"calendar"}""" + "\nthen\n" + """call:cal_list {"day":"today"}"""));
        var search = await CallAsync(rig, model, messages, "ToolSearch");
        rig.Upstream.Requests[^1].Text.ShouldNotContain("cal_list\"");
        messages.Add(Result(search, new JsonArray(new JsonObject { ["type"] = "tool_reference", ["tool_name"] = "cal_list" })));
        var call = await CallAsync(rig, model, messages, "cal_list");
        call["input"]!.ToJsonString().ShouldBe("""{"day":"today"}""");
        messages.Add(Result(call, new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "09:00 Stand-up" })));
        var end = await AskAsync(rig, model, messages);
        end["stop_reason"]!.GetValue<string>().ShouldBe("end_turn", end.ToJsonString());

        var bodies = rig.Upstream.Requests.Select(static request => request.Text).ToList();
        rig.Upstream.Requests.ShouldAllBe(static request => request.Refused == null);
        bodies.ShouldAllBe(static body => !body.Contains("defer_loading", StringComparison.Ordinal) && !body.Contains("tool_reference", StringComparison.Ordinal) && !body.Contains("mail_send", StringComparison.Ordinal));
        bodies[1].ShouldContain("These tools are loaded and can be called now: cal_list.");
        // What was said before a tool was found stays as it was; what is declared changes only by the find.
        Extends(Turns(bodies[0]), Turns(bodies[1]));
        Extends(Turns(bodies[1]), Turns(bodies[2]));
        Declared(bodies[2]).ShouldBe(Declared(bodies[1]));
        var (before, after) = (Declared(bodies[0]), Declared(bodies[1]));
        after.ShouldStartWith(before[..before.LastIndexOf('}')][..^1]);
    }

    [Fact]
    public async Task Claude_behind_its_own_protocol_gets_what_its_client_said()
    {
        await using var rig = await GatewayFixture.StartWithAsync(Configuration);
        using var response = await rig.PostAsync("/v1/messages", Body("claude", new JsonArray(User("hi"))).ToJsonString(), ("anthropic-beta", "advanced-tool-use-2025-11-20"));
        (await response.TextAsync()).ShouldNotContain("error");
        rig.Upstream.Requests[^1].Text.ShouldContain("\"defer_loading\":true");
    }

    private static string Configuration(string address) => $$"""
        openai-compatibility:
          - name: chat
            base-url: {{address}}/v1
            api-key-entries: [ { api-key: k1 } ]
            models: [ { name: deepseek-chat, alias: chat } ]
          - name: responses
            base-url: {{address}}/v1
            wire-api: responses
            api-key-entries: [ { api-key: k2 } ]
            models: [ { name: gpt-5.2, alias: responses } ]
        claude-api-key:
          - { name: claude, api-key: k3, base-url: "{{address}}", models: [ { name: claude-sonnet-4-5, alias: claude } ] }
          - { name: glm, api-key: k4, base-url: "{{address}}", models: [ { name: glm-5, alias: glm } ] }
        gemini-api-key:
          - { name: gemini, api-key: k5, base-url: "{{address}}", models: [ { name: gemini-2.5-pro, alias: gemini } ] }
        bedrock:
          - { name: bedrock, region: us-east-1, endpoint: "{{address}}", api-key: k6, models: [ { name: "amazon.nova-pro-v1:0", alias: nova }, { name: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", alias: bedrock-claude } ] }
        """;

    private static JsonObject Body(string model, JsonArray messages)
        => new() { ["model"] = model, ["max_tokens"] = 400, ["tools"] = JsonNode.Parse(Tools), ["messages"] = messages.DeepClone() };

    private static JsonObject User(string text) => new() { ["role"] = "user", ["content"] = text };

    private static JsonObject Result(JsonNode call, JsonArray content)
        => new() { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = call["id"]!.GetValue<string>(), ["content"] = content }) };

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, string model, JsonArray messages)
    {
        using var response = await rig.PostAsync("/v1/messages", Body(model, messages).ToJsonString());
        var answer = await response.JsonAsync();
        ((int)response.StatusCode).ShouldBe(200, answer.ToJsonString());
        messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = answer["content"]!.DeepClone() });
        return answer;
    }

    private static async Task<JsonNode> CallAsync(GatewayFixture rig, string model, JsonArray messages, string tool)
    {
        var answer = await AskAsync(rig, model, messages);
        var call = answer["content"]!.AsArray().Single(static block => block!["type"]!.GetValue<string>() == "tool_use")!;
        call["name"]!.GetValue<string>().ShouldBe(tool, answer.ToJsonString());
        return call;
    }

    private static string Turns(string body) => Member(body, "messages", "input", "contents");

    private static string Declared(string body) => Member(body, "tools", "toolConfig");

    private static string Member(string body, params string[] names)
    {
        using var document = System.Text.Json.JsonDocument.Parse(body);
        return names.Select(name => document.RootElement.TryGetProperty(name, out var value) ? value.GetRawText() : null).First(static text => text is not null)!;
    }

    private static void Extends(string earlier, string later)
    {
        later.Length.ShouldBeGreaterThan(earlier.Length);
        later.ShouldStartWith(earlier[..^1]);
    }
}

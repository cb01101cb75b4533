using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Api;

/// <summary><c>/v1internal</c>, as Gemini CLI speaks it when it is signed in with Google: wire notes cliproxyapi 9.1, codex-and-antigravity D.6, surface-clients 1.4.</summary>
[Trait("speed", "fast")]
public sealed class CodeAssistRoutesTests
{
    public static TheoryData<string> Models => ["gemini-1", "claude-1", "chat-1", "resp-1", "nova-1"];

    [Theory, MemberData(nameof(Models))]
    public async Task An_answer_is_wrapped(string model)
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, body) = await PostAsync(rig, "generateContent", Body(model));
        status.ShouldBe(200, body);
        var answer = JsonNode.Parse(body)!.AsObject();
        answer.Select(member => member.Key).ShouldBe(["response", "traceId"]);
        answer["response"]!["candidates"]![0]!["content"]!["parts"]![0]!["text"]!.GetValue<string>().ShouldNotBeEmpty();
        answer["response"]!["usageMetadata"].ShouldNotBeNull();
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Every_event_of_a_stream_is_wrapped(string model)
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, body) = await PostAsync(rig, "streamGenerateContent?alt=sse", Body(model));
        status.ShouldBe(200, body);
        var events = body.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[5..])!).ToList();
        events.ShouldNotBeEmpty();
        events.ShouldAllBe(one => one["response"]!["candidates"] != null && one["traceId"] != null);
        string.Concat(events.SelectMany(one => one["response"]!["candidates"]![0]!["content"]?["parts"]?.AsArray() ?? []).Select(part => part!["text"]?.GetValue<string>())).ShouldNotBeEmpty();
        events[^1]["response"]!["candidates"]![0]!["finishReason"]!.GetValue<string>().ShouldBe("STOP");
    }

    [Fact]
    public async Task What_only_Code_Assist_knows_does_not_reach_an_upstream()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, body) = await PostAsync(rig, "generateContent", Body("gemini-1"));
        status.ShouldBe(200, body);
        var sent = JsonNode.Parse(rig.Upstream.Requests.Single(request => request.Target.Contains("generateContent", StringComparison.Ordinal)).Body.Span)!.AsObject();
        sent.Select(member => member.Key).ShouldBe(["contents", "generationConfig"], ignoreOrder: true);
    }

    [Fact]
    public async Task Tokens_are_counted_and_not_wrapped()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, body) = await PostAsync(rig, "countTokens", """{"request":{"model":"models/chat-1","contents":[{"role":"user","parts":[{"text":"Hello there"}]}]}}""");
        status.ShouldBe(200, body);
        JsonNode.Parse(body)!["totalTokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("""{"model":"none","request":{"contents":[{"parts":[{"text":"Hello"}]}]}}""", 400)]
    [InlineData("""{"model":"gemini-1"}""", 400)]
    [InlineData("""{"request":{"contents":[]}}""", 400)]
    [InlineData("""{"model":"gemini-1","request":[]}""", 400)]
    [InlineData("""{"model":""", 400)]
    [InlineData("", 400)]
    public async Task Errors_are_Googles_and_not_wrapped(string request, int expected)
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var method in (string[])["generateContent", "streamGenerateContent?alt=sse"])
        {
            var (status, body) = await PostAsync(rig, method, request);
            status.ShouldBe(expected, body);
            JsonNode.Parse(body)!["error"]!["status"]!.GetValue<string>().ShouldBe("INVALID_ARGUMENT");
        }
    }

    [Theory]
    [InlineData("loadCodeAssist", """{"metadata":{"ideType":"IDE_UNSPECIFIED","duetProject":"p"}}""", "currentTier")]
    [InlineData("onboardUser", """{"tierId":"standard-tier"}""", "done")]
    [InlineData("retrieveUserQuota", """{"project":"p"}""", "buckets")]
    [InlineData("listExperiments", "{}", "flags")]
    public async Task What_the_command_line_asks_beside_is_answered_here(string method, string request, string member)
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, body) = await PostAsync(rig, method, request);
        status.ShouldBe(200, body);
        JsonNode.Parse(body)!.AsObject().ContainsKey(member).ShouldBeTrue();
        rig.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_method_is_told()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, body) = await PostAsync(rig, "makeCoffee", "{}");
        status.ShouldBe(404);
        JsonNode.Parse(body)!["error"]!["message"]!.GetValue<string>().ShouldContain("makeCoffee");
    }

    [Fact]
    public async Task With_keys_one_is_asked_for_everywhere()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ sk-of-a-client ]\n");
        foreach (var method in (string[])["generateContent", "countTokens", "loadCodeAssist", "listExperiments"])
        {
            (await PostAsync(rig, method, Body("gemini-1"))).Status.ShouldBe(401);
            (await PostAsync(rig, method, method == "countTokens" ? """{"request":{"model":"models/chat-1","contents":[{"parts":[{"text":"Hi"}]}]}}""" : Body("gemini-1"), ("Authorization", "Bearer sk-of-a-client"))).Status.ShouldBe(200);
        }
    }

    private static string Body(string model)
        => $$$"""{"model":"{{{model}}}","project":"p","user_prompt_id":"u","request":{"contents":[{"role":"user","parts":[{"text":"Hello"}]}],"generationConfig":{"temperature":0.5},"session_id":"s"}}""";

    private static async Task<(int Status, string Body)> PostAsync(GatewayFixture rig, string method, string body, params (string Name, string Value)[] headers)
    {
        using var answer = await rig.SendAsync(HttpMethod.Post, "/v1internal:" + method, new StringContent(body, Encoding.UTF8, "application/json"), headers);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

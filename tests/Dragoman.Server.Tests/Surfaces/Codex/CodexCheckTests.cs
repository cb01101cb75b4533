using System.Text.Json.Nodes;
using Dragoman.Gateway.Routing;
using Dragoman.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>What clients of this surface count on from ChatGPT's backend and back, before an upstream that says exactly what a check wants: wire note codex-and-antigravity.md G.1, checks 28 to 36.</summary>
public sealed class CodexCheckTests
{
    private const string Fine = """data: {"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5.2","output":[]}}""" + "\n\n"
        + """data: {"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}""" + "\n\n"
        + """data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"msg_1","delta":"fine"}""" + "\n\n"
        + """data: {"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"fine","annotations":[]}]}}""" + "\n\n"
        + Completed;

    private const string Completed = """data: {"type":"response.completed","response":{"id":"resp_1","object":"response","status":"completed","model":"gpt-5.2","output":[],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}}""" + "\n\n";

    [Fact]
    [Trait("check", "codex 28")]
    [Trait("check", "codex 29")]
    [Trait("check", "codex 31")]
    public async Task The_backend_gets_what_it_takes_and_nothing_else()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => context.SayAsync(200, Fine, "text/event-stream"));
        const string picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        var answer = await rig.AskAsync($$"""
            {"model":"claude-sonnet-4-6","max_tokens":99,"temperature":0.5,"top_p":0.9,"top_k":3,"metadata":{"user_id":"u"},
            "system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.0; cch=1a2b3;"},{"type":"text","text":"Be brief."}],
            "tools":[{"name":"look","description":"Looks.","input_schema":{"type":"object","properties":{"at":{"type":"string"} } } }],
            "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":{"at":"x"} }]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"seen"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{picture}}"} }] }] }] }
            """);
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["content"]![0]!["text"]!.GetValue<string>().ShouldBe("fine");
        var sent = rig.Sent(0).AsObject();
        (sent["store"]!.GetValue<bool>(), sent["stream"]!.GetValue<bool>()).ShouldBe((false, true));
        foreach (var name in (string[])["max_output_tokens", "max_tokens", "temperature", "top_p", "top_k", "metadata", "messages", "system"]) sent.ContainsKey(name).ShouldBeFalse(name);
        var tool = sent["tools"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        (tool["type"]!.GetValue<string>(), tool["name"]!.GetValue<string>(), tool.ContainsKey("function"), tool.ContainsKey("input_schema"), tool["parameters"]!["type"]!.GetValue<string>()).ShouldBe(("function", "look", false, false, "object"));
        var input = sent["input"]!.AsArray();
        input.ShouldNotContain(item => (string?)item!["role"] == "system");
        rig.Raw.Bodies[0].ShouldNotContain("billing-header");
        rig.Raw.Bodies[0].ShouldContain("Be brief.");
        var output = input.Single(item => (string?)item!["type"] == "function_call_output")!;
        output["call_id"]!.GetValue<string>().ShouldBe(input.Single(item => (string?)item!["type"] == "function_call")!["call_id"]!.GetValue<string>());
        output["output"]!.AsArray().Select(part => part!["type"]!.GetValue<string>()).ShouldBe(["input_text", "input_image"]);
        output["output"]![1]!["image_url"]!.GetValue<string>().ShouldBe($"data:image/png;base64,{picture}");
    }

    [Theory]
    [Trait("check", "codex 30")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_long_name_of_a_tool_is_short_there_and_whole_here(bool stream)
    {
        var name = $"mcp__{new string('a', 60)}__{new string('b', 23)}";
        name.Length.ShouldBe(90);
        await using var rig = await Rig.StartAsync((context, _) =>
        {
            var declared = JsonNode.Parse((string)context.Items[RawUpstream.BodyItem]!)!["tools"]![0]!["name"]!.GetValue<string>();
            var call = $$"""{"id":"fc_1","type":"function_call","call_id":"call_1","name":"{{declared}}","arguments":"{\"x\":1}"}""";
            return context.SayAsync(200,
                """data: {"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5.2","output":[]}}""" + "\n\n"
                + $$"""data: {"type":"response.output_item.added","output_index":0,"item":{{call.Replace("{\\\"x\\\":1}", "", StringComparison.Ordinal)}}}""" + "\n\n"
                + """data: {"type":"response.function_call_arguments.delta","output_index":0,"item_id":"fc_1","delta":"{\"x\":1}"}""" + "\n\n"
                + $$"""data: {"type":"response.output_item.done","output_index":0,"item":{{call}}}""" + "\n\n" + Completed, "text/event-stream");
        });
        var answer = await rig.AskAsync($$$"""{"model":"claude-sonnet-4-6","max_tokens":99,"stream":{{{(stream ? "true" : "false")}}},"messages":[{"role":"user","content":"go"}],"tools":[{"name":"{{{name}}}","description":"d","input_schema":{"type":"object","properties":{"x":{"type":"integer"} } } }]}""");
        answer.Status.ShouldBe(200, answer.Body);
        rig.Sent(0)["tools"]![0]!["name"]!.GetValue<string>().Length.ShouldBeLessThanOrEqualTo(64);
        answer.Body.ShouldContain($"\"name\":\"{name}\"");
        answer.Body.ShouldContain("tool_use");
    }

    [Theory]
    [Trait("check", "codex 32")]
    [Trait("check", "cliproxy 30")]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/responses", false)]
    [InlineData("/v1/responses", true)]
    public async Task An_end_without_the_output_loses_nothing(string path, bool stream)
    {
        await using var rig = await Rig.StartAsync(static (context, _) => context.SayAsync(200, Fine, "text/event-stream"));
        var answer = await rig.SendAsync(path, $$"""{"model":"claude-sonnet-4-6","max_tokens":99,"stream":{{(stream ? "true" : "false")}},"{{(path == "/v1/responses" ? "input" : "messages")}}":[{"role":"user","content":"hi"}]}""");
        (answer.Status, answer.Body.Contains("fine", StringComparison.Ordinal)).ShouldBe((200, true), answer.Body);
        if (path == "/v1/responses" && !stream) answer.Json["output"]![0]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("fine");
    }

    [Fact]
    [Trait("check", "codex 33")]
    public async Task A_used_up_account_is_followed_by_another_and_rests_until_its_reset()
    {
        var reset = DateTimeOffset.UtcNow.AddMinutes(42);
        await using var rig = await Rig.StartAsync((context, _) => context.Request.Headers.Authorization == "Bearer token-of-a" ? Limit(context, reset) : context.SayAsync(200, Fine, "text/event-stream"), accounts: 2);
        for (var turn = 0; turn < 4; turn++) (await rig.AskAsync(Say)).Status.ShouldBe(200);
        rig.Raw.Calls.ShouldBe(5, "who is used up is asked once");
        var state = rig.Host.Services.GetRequiredService<Router>().Cooldowns.Find(rig.Host.Config.Accounts[0], "gpt-5.2");
        state.ShouldNotBeNull().Until.ShouldBe(reset, TimeSpan.FromSeconds(5));
    }

    [Fact]
    [Trait("check", "codex 34")]
    public async Task With_everybody_used_up_the_wait_is_told()
    {
        await using var rig = await Rig.StartAsync((context, _) => Limit(context, DateTimeOffset.UtcNow.AddMinutes(10)), accounts: 2);
        var refused = await rig.AskAsync(Say);
        refused.Status.ShouldBe(429, refused.Body);
        (refused.Json["type"]!.GetValue<string>(), refused.Json["error"]!["type"]!.GetValue<string>()).ShouldBe(("error", "rate_limit_error"));
        refused.Json["error"]!["message"]!.GetValue<string>().ShouldStartWith("RESOURCE_EXHAUSTED:");
        int.Parse(refused.Headers["retry-after"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(570, 605);
        rig.Raw.Calls.ShouldBe(2);
        (await rig.AskAsync(Say)).Status.ShouldBe(429);
        rig.Raw.Calls.ShouldBe(2, "nobody is asked before the reset");
    }

    [Theory]
    [Trait("check", "codex 36")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prompt_that_is_too_long_is_told_in_the_words_that_make_Claude_Code_compact(bool inStream)
    {
        await using var rig = await Rig.StartAsync((context, _) => inStream
            ? context.SayAsync(200, """data: {"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5.2","output":[]}}""" + "\n\n"
                + """data: {"type":"response.failed","response":{"id":"resp_1","object":"response","status":"failed","error":{"code":"context_length_exceeded","message":"Your input exceeds the context window of this model. Please adjust your input and try again."},"output":[]}}""" + "\n\n", "text/event-stream")
            : context.SayAsync(400, """{"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}"""));
        var refused = await rig.AskAsync(Say);
        refused.Status.ShouldBe(400, refused.Body);
        (refused.Json["type"]!.GetValue<string>(), refused.Json["error"]!["type"]!.GetValue<string>()).ShouldBe(("error", "invalid_request_error"));
        refused.Json["error"]!["message"]!.GetValue<string>().ShouldContain("prompt is too long");
        rig.Raw.Calls.ShouldBe(1, "no other account would take it");
    }

    private const string Say = """{"model":"claude-sonnet-4-6","max_tokens":99,"messages":[{"role":"user","content":"hi"}]}""";

    private static Task Limit(HttpContext context, DateTimeOffset reset)
        => context.SayAsync(429, $$$"""{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":{{{reset.ToUnixTimeSeconds()}}},"resets_in_seconds":{{{(long)(reset - DateTimeOffset.UtcNow).TotalSeconds}}}}}""");

    /// <summary>A gateway with this surface and accounts before a backend that says what a check wants.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        private readonly HttpClient _http = new();

        public RawUpstream Raw { get; private set; } = null!;

        public GatewayHost Host { get; private set; } = null!;

        public static async Task<Rig> StartAsync(Func<HttpContext, int, Task> handle, int accounts = 1)
        {
            var rig = new Rig { Raw = await RawUpstream.StartAsync(handle) };
            var entries = string.Join(", ", Enumerable.Range(0, accounts).Select(number => $"{{ name: {(char)('a' + number)}, access-token: token-of-{(char)('a' + number)}, account-id: user-{number}, base-url: '{rig.Raw.Address}' }}"));
            rig.Host = await GatewayHost.StartAsync(new StartOptions { ConfigText = $"listeners:\n  - {{ surface: dragoman, port: 0 }}\n  - {{ surface: codex, port: 0 }}\nrequest-retry: 0\nchatgpt: [ {entries} ]\n", Port = 0, LogLevel = LogLevel.None });
            return rig;
        }

        public JsonNode Sent(int call) => JsonNode.Parse(Raw.Bodies[call])!;

        public Task<SurfaceReply> AskAsync(string body) => SendAsync("/v1/messages", body);

        public async Task<SurfaceReply> SendAsync(string path, string body)
        {
            using var answer = await _http.PostAsync(new Uri(Host.Addresses[1], path), new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            return new SurfaceReply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Concat(answer.Content.Headers).ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => string.Join(", ", pair.Value)));
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await Host.DisposeAsync();
            await Raw.DisposeAsync();
        }
    }
}

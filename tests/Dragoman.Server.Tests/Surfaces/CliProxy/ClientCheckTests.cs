using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>What clients of this surface count on, before upstreams that say exactly what a check wants: wire note cliproxyapi 10.2.</summary>
public sealed class ClientCheckTests
{
    private const string Chat = """{"model":"m","messages":[{"role":"user","content":"hi"}]}""";
    private const string Messages = """{"model":"m","max_tokens":50,"messages":[{"role":"user","content":"hi"}]}""";
    private const string Rate = """{"error":{"message":"Slow down.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}""";

    [Fact]
    [Trait("check", "cliproxy 2")]
    public async Task Pages_are_told_that_they_may_call_without_a_key()
    {
        await using var rig = await CliProxyFixture.StartAsync("api-keys: [ k ]\n");
        var told = await rig.AskAsync("OPTIONS", "/v1/chat/completions", null, ("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST"));
        told.ShouldBe(204, "");
        told.Headers["Access-Control-Allow-Origin"].ShouldBe("*");
    }

    [Fact]
    [Trait("check", "cliproxy 7")]
    public async Task Without_client_keys_any_request_of_this_machine_passes()
    {
        await using var raw = await SaysAsync(RawAnswers.ChatWhole);
        await using var rig = await CliProxyFixture.StartAsync("api-keys: []\n" + Upstream(raw));
        (await PostAsync(rig, "/v1/chat/completions", Chat)).Status.ShouldBe(200);
        (await rig.AskAsync("GET", "/v1/models", null, ("Authorization", "Bearer whatever"))).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("check", "cliproxy 9")]
    public async Task A_key_of_the_sample_file_opens_nothing()
    {
        await using var raw = await SaysAsync(RawAnswers.ChatWhole);
        await using var rig = await CliProxyFixture.StartAsync("api-keys: [ your-api-key-1, sk-own ]\n" + Upstream(raw));
        var refused = await rig.AskAsync("POST", "/v1/chat/completions", new StringContent(Chat, Encoding.UTF8, "application/json"), ("Authorization", "Bearer your-api-key-1"));
        (refused.Status, refused.Json["error"]!["code"]!.GetValue<string>(), raw.Calls).ShouldBe((403, "unsafe_example_api_key", 0));
        (await rig.SendAsync("GET", "/config")).Status.ShouldBe(200);
        (await rig.AskAsync("POST", "/v1/chat/completions", new StringContent(Chat, Encoding.UTF8, "application/json"), ("Authorization", "Bearer sk-own"))).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("check", "cliproxy 12")]
    [Trait("check", "cliproxy 18")]
    public async Task Lists_have_the_form_of_who_asks_and_leave_out_what_is_excluded()
    {
        await using var raw = await SaysAsync("{}");
        await using var rig = await CliProxyFixture.StartAsync($"codex-api-key: [ {{ api-key: k, base-url: '{raw.Address}/v1', models: [ gpt-5, gpt-5-mini ], excluded-models: [ 'gpt-5-*' ] }} ]\n");
        (await ModelsAsync(rig)).ShouldBe(["gpt-5"]);
        var list = (await rig.AskAsync("GET", "/v1/models", null, ("User-Agent", "claude-cli/2.0"))).Json.AsObject();
        list.ContainsKey("object").ShouldBeFalse();
        foreach (var name in (string[])["data", "has_more", "first_id", "last_id"]) list.ContainsKey(name).ShouldBeTrue(name);
    }

    [Fact]
    [Trait("check", "cliproxy 17")]
    public async Task Only_the_alias_is_listed_and_the_upstream_gets_its_own_name()
    {
        await using var raw = await SaysAsync(RawAnswers.ChatWhole);
        await using var rig = await CliProxyFixture.StartAsync($"openai-compatibility: [ {{ name: raw, base-url: '{raw.Address}/v1', api-key-entries: [ {{ api-key: k }} ], models: [ {{ name: u, alias: a, force-mapping: true }} ] }} ]\n");
        (await ModelsAsync(rig)).ShouldBe(["a"]);
        var answer = await PostAsync(rig, "/v1/chat/completions", Chat.Replace("\"m\"", "\"a\"", StringComparison.Ordinal));
        (answer.Status, answer.Json["model"]!.GetValue<string>(), JsonNode.Parse(raw.Bodies[0])!["model"]!.GetValue<string>()).ShouldBe((200, "a", "u"));
    }

    [Theory]
    [Trait("check", "cliproxy 19")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prefix_is_a_further_name_or_where_that_is_wanted_the_only_one(bool isForced)
    {
        await using var raw = await SaysAsync(RawAnswers.ChatWhole);
        await using var rig = await CliProxyFixture.StartAsync((isForced ? "force-model-prefix: true\n" : "") + Upstream(raw, "prefix: lab"));
        (await ModelsAsync(rig)).Order(StringComparer.Ordinal).ShouldBe(isForced ? ["lab/m"] : ["lab/m", "m"]);
        (await PostAsync(rig, "/v1/chat/completions", Chat.Replace("\"m\"", "\"lab/m\"", StringComparison.Ordinal))).Status.ShouldBe(200);
        JsonNode.Parse(raw.Bodies[0])!["model"]!.GetValue<string>().ShouldBe("m");
        (await PostAsync(rig, "/v1/chat/completions", Chat)).Status.ShouldBe(isForced ? 404 : 200);
    }

    [Fact]
    [Trait("check", "cliproxy 20")]
    public async Task An_unknown_model_is_told_and_its_name_changes_nothing_of_the_answer()
    {
        await using var raw = await SaysAsync(RawAnswers.ChatWhole);
        await using var rig = await CliProxyFixture.StartAsync(Upstream(raw));
        var answer = await PostAsync(rig, "/v1/chat/completions", """{"model":"x\",\"code\":\"evil","messages":[{"role":"user","content":"hi"}]}""");
        (answer.Status, answer.Json["error"]!["code"]!.GetValue<string>(), raw.Calls).ShouldBe((404, "model_not_found", 0));
        answer.Json["error"]!["message"]!.GetValue<string>().ShouldContain("x\",\"code\":\"evil");
    }

    [Theory]
    [Trait("check", "cliproxy 25")]
    [Trait("check", "cliproxy 27")]
    [InlineData(429, "/v1/chat/completions", 429, "rate_limit_error")]
    [InlineData(429, "/v1/messages", 429, "rate_limit_error")]
    [InlineData(529, "/v1/messages", 529, "overloaded_error")]
    [InlineData(413, "/v1/messages", 413, "request_too_large")]
    public async Task What_fails_before_the_first_piece_has_its_status_and_its_protocols_word(int status, string path, int expected, string type)
    {
        await using var raw = await RawUpstream.StartAsync((context, _) => context.SayAsync(status, status == 429 ? Rate : """{"error":{"message":"No.","type":"server_error","param":null,"code":null}}""", headers: ("Retry-After", "100")));
        await using var rig = await CliProxyFixture.StartAsync("request-retry: 0\n" + Upstream(raw));
        foreach (var stream in (bool[])[true, false])
        {
            var answer = await PostAsync(rig, path, (path == "/v1/messages" ? Messages : Chat).Replace("{\"model\"", $"{{\"stream\":{(stream ? "true" : "false")},\"model\"", StringComparison.Ordinal));
            (answer.Status, answer.Json["error"]!["type"]!.GetValue<string>()).ShouldBe((expected, type), answer.Body);
        }
    }

    [Fact]
    [Trait("check", "cliproxy 31")]
    public async Task A_compaction_is_no_stream()
    {
        await using var raw = await SaysAsync(RawAnswers.ChatWhole);
        await using var rig = await CliProxyFixture.StartAsync(Upstream(raw));
        var refused = await PostAsync(rig, "/v1/responses/compact", """{"model":"m","stream":true,"input":[{"role":"user","content":"hi"}]}""");
        (refused.Status, refused.Json["error"]!["param"]!.GetValue<string>(), raw.Calls).ShouldBe((400, "stream", 0), refused.Body);
        (await PostAsync(rig, "/v1/responses/compact", """{"model":"m","stream":false,"input":[{"role":"user","content":"hi"}]}""")).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("check", "cliproxy 33")]
    public async Task A_whole_answer_that_is_awaited_may_begin_with_empty_lines()
    {
        var go = new TaskCompletionSource();
        await using var raw = await RawUpstream.StartAsync(async (context, _) =>
        {
            await go.Task.WaitAsync(context.RequestAborted);
            await context.SayAsync(200, RawAnswers.ChatWhole);
        });
        var clock = new ShiftedTimeProvider();
        await using var rig = await CliProxyFixture.StartWithAsync(_ => "nonstream-keepalive-interval: 3600\nstreaming: { first-byte-timeout-seconds: 0, idle-timeout-seconds: 0 }\n" + Upstream(raw), time: clock);
        using var http = new HttpClient { BaseAddress = rig.Gateway.Addresses[^1] };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Chat, Encoding.UTF8, "application/json") };
        var asked = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await Poll.UntilAsync(() => raw.Calls > 0);
        clock.Turn(TimeSpan.FromHours(1));
        using var answer = await asked;
        await using var body = await answer.Content.ReadAsStreamAsync();
        var first = new byte[1];
        (await body.ReadAsync(first), first[0]).ShouldBe((1, (byte)'\n'));
        go.SetResult();
        using var reader = new StreamReader(body);
        JsonNode.Parse(await reader.ReadToEndAsync())!["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("fine");
    }

    [Fact]
    [Trait("check", "cliproxy 37")]
    public async Task With_all_keys_at_their_limit_the_wait_is_told()
    {
        await using var raw = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("Retry-After", "100")));
        await using var rig = await CliProxyFixture.StartAsync("request-retry: 0\n" + Upstream(raw, keys: "{ api-key: a }, { api-key: b }"));
        (await PostAsync(rig, "/v1/chat/completions", Chat)).Status.ShouldBe(429);
        var told = await PostAsync(rig, "/v1/chat/completions", Chat);
        (told.Status, told.Json["error"]!["code"]!.GetValue<string>(), raw.Calls).ShouldBe((429, "model_cooldown", 2));
        int.Parse(told.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 100);
    }

    [Fact]
    [Trait("check", "cliproxy 43")]
    public async Task A_limit_that_a_suffix_ran_into_is_the_models()
    {
        await using var raw = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("Retry-After", "100")));
        await using var rig = await CliProxyFixture.StartAsync("request-retry: 0\n" + Upstream(raw));
        (await PostAsync(rig, "/v1/chat/completions", Chat.Replace("\"m\"", "\"m(high)\"", StringComparison.Ordinal))).Status.ShouldBe(429);
        (await PostAsync(rig, "/v1/chat/completions", Chat)).Status.ShouldBe(429);
        raw.Calls.ShouldBe(1);
    }

    [Fact]
    [Trait("check", "cliproxy 44")]
    public async Task A_session_stays_with_its_key_until_that_fails()
    {
        var (keys, refused) = (new List<string>(), "");
        await using var raw = await RawUpstream.StartAsync((context, _) =>
        {
            var key = context.Request.Headers.Authorization.ToString();
            lock (keys) keys.Add(key);
            return key == refused ? context.SayAsync(429, Rate, headers: ("Retry-After", "100")) : context.SayAsync(200, RawAnswers.ChatWhole);
        });
        await using var rig = await CliProxyFixture.StartAsync("request-retry: 0\nrouting: { strategy: round-robin, session-affinity: true }\n" + Upstream(raw, keys: "{ api-key: a }, { api-key: b }, { api-key: c }"));
        async Task AskAsync() => (await rig.AskAsync("POST", "/v1/chat/completions", new StringContent(Chat, Encoding.UTF8, "application/json"), ("X-Session-ID", "one"))).Status.ShouldBe(200);
        for (var turn = 0; turn < 4; turn++) await AskAsync();
        keys.Distinct().Count().ShouldBe(1);
        refused = keys[0];
        for (var turn = 0; turn < 3; turn++) await AskAsync();
        keys[5..].Distinct().ShouldHaveSingleItem().ShouldNotBe(refused);
    }

    [Fact]
    [Trait("check", "cliproxy 48")]
    public async Task Behind_the_first_piece_nobody_else_is_asked()
    {
        var seen = new TaskCompletionSource();
        await using var first = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await seen.Task.WaitAsync(context.RequestAborted);
            await context.SendAsync("data: {\"error\":{\"message\":\"Too busy.\",\"code\":503}}\n\n");
        });
        await using var second = await SaysAsync(RawAnswers.ChatWhole);
        await using var rig = await CliProxyFixture.StartAsync("routing: { strategy: fill-first }\n" + Upstream(first, "priority: 1") + Upstream(second).Replace("openai-compatibility:\n", "", StringComparison.Ordinal).Replace("name: raw", "name: other", StringComparison.Ordinal));
        using var http = new HttpClient { BaseAddress = rig.Gateway.Addresses[^1] };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Chat.Replace("{\"model\"", "{\"stream\":true,\"model\"", StringComparison.Ordinal), Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe(RawAnswers.ChatDelta.TrimEnd());
        seen.SetResult();
        var rest = await reader.ReadToEndAsync();
        ((int)answer.StatusCode, first.Calls, second.Calls).ShouldBe((200, 1, 0));
        rest.ShouldContain("Too busy.");
        rest.ShouldNotContain("[DONE]");
    }

    [Fact]
    [Trait("check", "cliproxy 75")]
    public async Task What_the_cache_gave_is_no_input_of_Claudes()
    {
        await using var raw = await SaysAsync(RawAnswers.ChatWhole.Replace("\"prompt_tokens\":1,", "\"prompt_tokens\":100,\"prompt_tokens_details\":{\"cached_tokens\":30},", StringComparison.Ordinal));
        await using var rig = await CliProxyFixture.StartAsync(Upstream(raw));
        var usage = (await PostAsync(rig, "/v1/messages", Messages)).Json["usage"]!;
        (usage["input_tokens"]!.GetValue<int>(), usage["cache_read_input_tokens"]!.GetValue<int>()).ShouldBe((70, 30));
    }

    [Fact]
    [Trait("check", "cliproxy 76")]
    public async Task Of_two_results_for_one_call_none_is_lost()
    {
        await using var raw = await SaysAsync("""{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"fine"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}""");
        await using var rig = await CliProxyFixture.StartAsync($"claude-api-key: [ {{ api-key: k, base-url: '{raw.Address}', models: [ {{ name: claude-sonnet-4-5, alias: m }} ] }} ]\n");
        var answer = await PostAsync(rig, "/v1/chat/completions", """
            {"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{}"} }] },
            {"role":"tool","tool_call_id":"c1","content":"FIRST"},{"role":"tool","tool_call_id":"c1","content":"LAST"}],
            "tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{} } } }] }
            """);
        answer.Status.ShouldBe(200, answer.Body);
        var results = JsonNode.Parse(raw.Bodies[0])!["messages"]!.AsArray().Where(message => message!["content"] is JsonArray).SelectMany(message => message!["content"]!.AsArray()).Where(block => (string?)block!["type"] == "tool_result").Select(block => block!.ToJsonString()).ToList();
        results.ShouldHaveSingleItem(raw.Bodies[0]).ShouldContain("FIRST");
        raw.Bodies[0].ShouldContain("LAST", customMessage: "as the user's words");
    }

    [Fact]
    [Trait("check", "cliproxy 77")]
    public async Task A_turn_of_calls_alone_is_no_empty_message()
    {
        await using var raw = await SaysAsync("""{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"fine","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""");
        await using var rig = await CliProxyFixture.StartAsync(Upstream(raw, "wire-api: responses"));
        var answer = await PostAsync(rig, "/v1/chat/completions", """
            {"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{}"} }] },{"role":"tool","tool_call_id":"c1","content":"seen"}],
            "tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{} } } }] }
            """);
        answer.Status.ShouldBe(200, answer.Body);
        JsonNode.Parse(raw.Bodies[0])!["input"]!.AsArray().Select(item => item!["type"]?.GetValue<string>() ?? "message").ShouldBe(["message", "function_call", "function_call_output"]);
    }

    [Theory]
    [Trait("check", "cliproxy 73")]
    [InlineData("/v1/messages", "gpt-5-mini(8192)", "reasoning_effort", "\"medium\"")]
    [InlineData("/v1/messages", "gpt-5-mini(64000)", "reasoning_effort", "\"high\"")]
    [InlineData("/v1/messages", "gpt-5-mini(0)", "reasoning_effort", "\"minimal\"")]
    // Nothing said is medium there.
    [InlineData("/v1/messages", "gpt-5-mini(-1)", "reasoning_effort", null)]
    [InlineData("/v1beta/models/gpt-5-mini(8192):generateContent", "", "reasoning_effort", "\"medium\"")]
    [InlineData("/v1/chat/completions", "gemini-2.5-pro(xhigh)", "thinkingBudget", "32768")]
    [InlineData("/v1/chat/completions", "gemini-2.5-pro(none)", "thinkingBudget", "128")]
    [InlineData("/v1/chat/completions", "gemini-2.5-pro(auto)", "thinkingBudget", "-1")]
    [InlineData("/v1/chat/completions", "gemini-3-pro-preview(xhigh)", "thinkingLevel", "\"high\"")]
    public async Task A_suffix_becomes_what_the_model_knows(string path, string model, string member, string? expected)
    {
        await using var raw = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, context.Request.Path.Value!.Contains("generateContent", StringComparison.Ordinal)
            ? """{"candidates":[{"content":{"role":"model","parts":[{"text":"fine"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}""" : RawAnswers.ChatWhole));
        await using var rig = await CliProxyFixture.StartAsync($"openai-compatibility: [ {{ name: raw, base-url: '{raw.Address}/v1', api-key-entries: [ {{ api-key: k }} ], models: [ gpt-5-mini ] }} ]\ngemini-api-key: [ {{ api-key: k, base-url: '{raw.Address}', models: [ gemini-2.5-pro, gemini-3-pro-preview ] }} ]\n");
        var answer = await PostAsync(rig, path, path.StartsWith("/v1beta", StringComparison.Ordinal) ? """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""" : Messages.Replace("\"m\"", $"\"{model}\"", StringComparison.Ordinal).Replace("50", "50000", StringComparison.Ordinal));
        answer.Status.ShouldBe(200, answer.Body);
        var sent = JsonNode.Parse(raw.Bodies[0])!;
        var found = member == "reasoning_effort" ? sent[member] : sent["generationConfig"]?["thinkingConfig"]?[member];
        (found?.ToJsonString().ToLowerInvariant()).ShouldBe(expected, raw.Bodies[0]);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "chat", false)]
    [InlineData("/v1/chat/completions", "chat", true)]
    [InlineData("/v1/messages", "chat", false)]
    [InlineData("/v1/messages", "messages", false)]
    [InlineData("/v1/messages", "messages", true)]
    [InlineData("/v1/chat/completions", "messages", true)]
    [InlineData("/v1/responses", "responses", false)]
    [InlineData("/v1/messages", "responses", false)]
    public async Task A_record_of_usage_says_which_tier_has_answered(string path, string upstream, bool stream)
    {
        const string chunk = """{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","service_tier":"flex","choices":[{"index":0,"delta":{"content":"fine"},"finish_reason":"stop"}]}""";
        const string start = """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1,"service_tier":"flex"}}}""";
        var body = (upstream, stream) switch
        {
            ("chat", false) => RawAnswers.ChatWhole.Replace("\"created\":1,", "\"created\":1,\"service_tier\":\"flex\",", StringComparison.Ordinal),
            ("chat", true) => $"data: {chunk}\n\ndata: {chunk.Replace("[{\"index\":0,\"delta\":{\"content\":\"fine\"},\"finish_reason\":\"stop\"}]", "[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}", StringComparison.Ordinal)}\n\ndata: [DONE]\n\n",
            ("messages", false) => """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"fine"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1,"service_tier":"flex"}}""",
            ("messages", true) => $"event: message_start\ndata: {start}\n\n" + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"fine\"}}\n\nevent: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":3}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
            _ => """{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m","service_tier":"flex","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"fine","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""",
        };
        await using var raw = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, body, stream ? "text/event-stream" : "application/json"));
        await using var rig = await CliProxyFixture.StartAsync(upstream == "messages"
            ? $"claude-api-key: [ {{ api-key: k, base-url: '{raw.Address}', models: [ {{ name: claude-sonnet-4-5, alias: m }} ] }} ]\n" : Upstream(raw, upstream == "responses" ? "wire-api: responses" : ""));
        var asked = path == "/v1/responses" ? """{"model":"m","input":"hi"}""" : Messages;
        var answer = await PostAsync(rig, path, stream ? asked.Replace("{\"model\"", "{\"stream\":true,\"model\"", StringComparison.Ordinal) : asked);
        answer.Body.ShouldContain("fine");
        var record = (await rig.SendAsync("GET", "/usage-queue")).Json.AsArray().ShouldHaveSingleItem()!;
        ((string?)record["response_service_tier"]).ShouldBe("flex", answer.Body);
    }

    private static Task<RawUpstream> SaysAsync(string body) => RawUpstream.StartAsync((context, _) => context.SayAsync(200, body));

    private static string Upstream(RawUpstream raw, string more = "", string keys = "{ api-key: k }")
        => $"openai-compatibility:\n  - {{ name: raw, base-url: '{raw.Address}/v1', api-key-entries: [ {keys} ], models: [ m ]{(more.Length > 0 ? ", " + more : "")} }}\n";

    private static Task<CliProxyAnswer> PostAsync(CliProxyFixture rig, string path, string body) => rig.AskAsync("POST", path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<List<string>> ModelsAsync(CliProxyFixture rig) => [.. (await rig.AskAsync("GET", "/v1/models", null)).Json["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>())];
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>A ChatGPT account that is asked over WebSockets, in the whole gateway: the clients see what they see over HTTP, whatever the connection does.</summary>
[Trait("speed", "slow")]
public sealed class ChatGptSocketTests
{
    [Theory]
    [InlineData("/v1/responses", false)]
    [InlineData("/v1/responses", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1beta/models/gpt-5.5:streamGenerateContent?alt=sse", true)]
    public async Task Every_client_is_answered_over_the_socket(string path, bool stream)
    {
        await using var rig = await Rig.StartAsync();
        using var answer = await rig.AskAsync(path, Body(path, stream, "say:hello"));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("hello");
        text.ShouldNotContain("rate_limits");
        (answer.Content.Headers.ContentType!.MediaType == "text/event-stream").ShouldBe(stream);
        answer.Headers.GetValues("x-codex-primary-used-percent").Single().ShouldBe("12");
        answer.Headers.GetValues("openai-model").Single().ShouldBe("emulated");
        answer.Headers.GetValues("x-codex-turn-state").Single().ShouldStartWith("turn_");
        rig.Sockets.Count.ShouldBe(1);
        var asked = rig.Asked.ShouldHaveSingleItem();
        (asked.Method, asked.Refused, asked.Json!["type"]!.GetValue<string>(), asked.Json["store"]!.GetValue<bool>()).ShouldBe(("WEBSOCKET", null, "response.create", false));
        asked.Json.AsObject().ContainsKey("stream").ShouldBeFalse();
        asked.Headers["openai-beta"].ShouldBe("responses_websockets=2026-02-06");
    }

    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task Calls_of_tools_come_whole_however_the_bytes_are_torn(string path)
    {
        await using var rig = await Rig.StartAsync();
        using var answer = await rig.AskAsync(path, Body(path, stream: true, "call:look {\\\"where\\\":\\\"up ü there\\\"}\\nfault:tear", tools: true));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("look");
        text.ShouldContain(path == "/v1/messages" ? "tool_use" : path == "/v1/responses" ? "response.completed" : "tool_calls");
        text.ShouldNotContain("\"type\":\"error\"");
        text.ShouldNotContain("response.failed");
        rig.Sockets.Count.ShouldBe(1);
        rig.Asked.ShouldHaveSingleItem().Completed.ShouldBeTrue();
    }

    [Fact]
    public async Task The_turns_of_a_conversation_go_over_one_connection_and_another_conversation_has_its_own()
    {
        await using var rig = await Rig.StartAsync();
        await rig.SayAsync("one", """{"role":"user","content":"say:one"}""");
        await rig.SayAsync("two", """{"role":"user","content":"say:one"},{"role":"assistant","content":"one"},{"role":"user","content":"say:two"}""");
        await rig.SayAsync("three", """{"role":"user","content":"say:one"},{"role":"assistant","content":"one"},{"role":"user","content":"say:two"},{"role":"assistant","content":"two"},{"role":"user","content":"say:three"}""");
        (rig.Sockets.Count, rig.Asked.Count, await rig.TransportsAsync()).ShouldBe((1, 3, "websocket websocket websocket"));
        rig.Asked[2].Json!["input"]!.AsArray().Count.ShouldBe(5, "the whole conversation travels");
        await rig.SayAsync("other", """{"role":"user","content":"say:other"}""");
        (rig.Sockets.Count, rig.Asked.Count).ShouldBe((2, 4));
        rig.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task Codex_names_its_turn_and_goes_on_where_the_backend_sent_it()
    {
        await using var rig = await Rig.StartAsync();
        using var first = await rig.CodexAsync("m-1", state: null);
        var state = first.Headers.GetValues("x-codex-turn-state").Single();
        (await first.Content.ReadAsStringAsync()).ShouldContain("event: codex.rate_limits\n");
        using var second = await rig.CodexAsync("m-2", state);
        using var next = await rig.CodexAsync("m-3", state: null);
        rig.Sockets.Count.ShouldBe(1, "the turn's metadata is about one request");
        rig.Asked.Select(asked => asked.Json!["client_metadata"]!["x-codex-turn-metadata"]!.GetValue<string>()).ShouldBe(["{\"turn\":\"m-1\"}", "{\"turn\":\"m-2\"}", "{\"turn\":\"m-3\"}"]);
        rig.Asked.ShouldAllBe(asked => asked.Json!["client_metadata"]!["ws_request_header_x_openai_internal_codex_responses_lite"]!.GetValue<string>() == "true" && asked.Json["client_metadata"]!["thread_id"]!.GetValue<string>() == "t");
        using var elsewhere = await rig.CodexAsync("m-4", "turn_of_another_connection");
        rig.Sockets.Count.ShouldBe(2);
        rig.Sockets[1].Headers["x-codex-turn-state"].ShouldBe("turn_of_another_connection");
    }

    [Theory]
    [InlineData(426)]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(503)]
    public async Task Where_the_upgrade_is_refused_HTTP_is_used_for_a_while(int status)
    {
        await using var rig = await Rig.StartAsync($"refuse={status}");
        await rig.SayAsync("one", """{"role":"user","content":"say:one"}""");
        await rig.SayAsync("two", """{"role":"user","content":"say:two"}""");
        (rig.Handshakes, rig.Sockets.Count, rig.Posts, await rig.TransportsAsync()).ShouldBe((1, 0, 2, "http-fallback http-fallback"));
    }

    [Fact]
    public async Task A_connection_that_ends_before_it_says_anything_costs_no_answer()
    {
        await using var rig = await Rig.StartAsync();
        await rig.SayAsync("one", """{"role":"user","content":"say:one"}""");
        await rig.TellAsync("hangups=1");
        await rig.SayAsync("two", """{"role":"user","content":"say:one"},{"role":"assistant","content":"one"},{"role":"user","content":"say:two"}""");
        (rig.Sockets.Count, rig.Posts).ShouldBe((2, 0), "an idle one is replaced");
        await rig.TellAsync("hangups=1");
        await rig.SayAsync("new", """{"role":"user","content":"say:new"}""");
        (rig.Sockets.Count, rig.Posts).ShouldBe((3, 1), "one that was new is none");
    }

    [Theory]
    [InlineData("farewell=1")]
    [InlineData("most=1")]
    public async Task A_connection_that_can_serve_no_more_is_followed_by_another(string behaviour)
    {
        await using var rig = await Rig.StartAsync(behaviour);
        await rig.SayAsync("one", """{"role":"user","content":"say:one"}""");
        await rig.SayAsync("two", """{"role":"user","content":"say:one"},{"role":"assistant","content":"one"},{"role":"user","content":"say:two"}""");
        (rig.Sockets.Count, rig.Posts).ShouldBe((2, 0));
    }

    [Fact]
    public async Task What_comes_behind_an_answer_is_no_part_of_the_next()
    {
        await using var rig = await Rig.StartAsync("late=1");
        await rig.SayAsync("one", "{\"role\":\"user\",\"content\":\"say:one\"}");
        await rig.SayAsync("two", "{\"role\":\"user\",\"content\":\"say:one\"},{\"role\":\"assistant\",\"content\":\"one\"},{\"role\":\"user\",\"content\":\"say:two\"}");
        // It may come before the next request or behind it.
        rig.Sockets.Count.ShouldBeInRange(1, 2);
        rig.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task The_old_name_of_the_end_and_documents_on_many_lines_are_understood()
    {
        await using var rig = await Rig.StartAsync("old=1");
        using var answer = await rig.AskAsync("/v1/responses", """{"model":"gpt-5.5","input":"say:hello","stream":true}""");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("event: response.completed\n");
        var last = JsonNode.Parse(text.Split('\n').Last(line => line.StartsWith("data: {", StringComparison.Ordinal))[6..])!;
        (last["type"]!.GetValue<string>(), last["response"]!["status"]!.GetValue<string>()).ShouldBe(("response.completed", "completed"));
        last["response"]!["output"]!.ToJsonString().ShouldContain("hello");
    }

    [Fact]
    public async Task A_used_up_plan_is_heard_and_passed_over_until_its_reset()
    {
        await using var rig = await Rig.StartAsync();
        await rig.TellAsync("account=acct-ada&primary=100", "usage");
        using var refused = await rig.AskAsync("/v1/responses", """{"model":"gpt-5.5","input":"hi","stream":true}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("usage_limit_reached");
        refused.Headers.GetValues("x-codex-primary-used-percent").Single().ShouldBe("100");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        using var again = await rig.AskAsync("/v1/messages", Body("/v1/messages", stream: false, "say:hello"));
        again.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        rig.Asked.Count.ShouldBe(1, "the backend has said when the account may be asked again");
        rig.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task What_the_backend_says_of_a_model_reaches_the_client()
    {
        await using var rig = await Rig.StartAsync();
        using var answer = await rig.AskAsync("/v1/chat/completions", """{"model":"gpt-4.1","messages":[{"role":"user","content":"hi"}]}""");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("is not supported when using Codex with a ChatGPT account");
        answer.IsSuccessStatusCode.ShouldBeFalse();
        await rig.SayAsync("one", """{"role":"user","content":"say:one"}""");
        rig.Posts.ShouldBe(0);
    }

    [Theory]
    [InlineData("/v1/responses", "fault:truncate=7")]
    [InlineData("/v1/responses", "fault:disconnect=2600")]
    [InlineData("/v1/responses", "fault:error-in-stream=7")]
    [InlineData("/v1/chat/completions", "fault:truncate=7")]
    [InlineData("/v1/chat/completions", "fault:error-in-stream=7")]
    [InlineData("/v1/messages", "fault:disconnect=2600")]
    [InlineData("/v1/messages", "fault:error-in-stream=7")]
    public async Task An_answer_that_breaks_off_is_reported_as_broken_in_the_clients_protocol(string path, string fault)
    {
        await using var rig = await Rig.StartAsync();
        using var answer = await rig.AskAsync(path, Body(path, stream: true, $"say:{string.Join(' ', Enumerable.Repeat("hello", 60))}\\n{fault}"));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("hello");
        text.ShouldContain("error");
        text.ShouldNotContain("response.completed");
        text.ShouldNotContain("message_stop");
        text.ShouldNotContain("[DONE]");
    }

    [Theory]
    [InlineData("fault:truncate=2")]
    [InlineData("fault:truncate=3")]
    [InlineData("fault:disconnect=300")]
    [InlineData("fault:error-in-stream=2")]
    public async Task What_fails_before_the_first_content_is_answered_by_another_account(string fault)
    {
        await using var rig = await Rig.StartAsync(others: "eve");
        using var answer = await rig.AskAsync("/v1/chat/completions", $$"""{"model":"gpt-5.5","stream":true,"messages":[{"role":"user","content":"say:hello\n{{fault}};count=2"}]}""");
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("hello");
        text.ShouldContain("[DONE]");
        rig.Asked.Select(asked => asked.Headers["chatgpt-account-id"]).ShouldBe(["acct-ada", "acct-ada", "acct-eve"]);
        rig.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task A_handshake_that_nobody_answers_is_given_up_and_HTTP_is_used()
    {
        await using var rig = await Rig.StartAsync("mute=1", isTimeManual: true);
        var asking = rig.SayAsync("one", """{"role":"user","content":"say:one"}""");
        await Poll.UntilAsync(() => rig.Handshakes == 1);
        rig.Time.Advance(TimeSpan.FromSeconds(15.1));
        await asking;
        await rig.SayAsync("two", """{"role":"user","content":"say:two"}""");
        (rig.Handshakes, rig.Posts).ShouldBe((1, 2));
        await rig.TellAsync("");
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        await rig.SayAsync("three", """{"role":"user","content":"say:three"}""");
        (rig.Handshakes, rig.Posts, rig.Asked.Count).ShouldBe((2, 2, 1), "it is tried again after a while");
    }

    [Fact]
    public async Task A_connection_is_idle_for_minutes_at_most_and_is_replaced_before_the_backend_ends_it()
    {
        await using var rig = await Rig.StartAsync(isTimeManual: true);
        const string turn = """{"role":"user","content":"say:one"}""";
        await rig.SayAsync("one", turn);
        rig.Time.Advance(TimeSpan.FromMinutes(5.6));
        await rig.SayAsync("one", turn);
        rig.Sockets.Count.ShouldBe(2, "the first was idle for too long");
        for (var passed = 0; passed < 52; passed += 4)
        {
            rig.Time.Advance(TimeSpan.FromMinutes(4));
            await rig.SayAsync("one", turn);
        }

        (rig.Sockets.Count, rig.Posts).ShouldBe((3, 0), "the second was fifty minutes old");
    }

    [Fact]
    public async Task A_binary_message_is_what_the_protocol_does_not_allow()
    {
        await using var rig = await Rig.StartAsync("binary=1");
        using var answer = await rig.AskAsync("/v1/chat/completions", """{"model":"gpt-5.5","messages":[{"role":"user","content":"hi"}]}""");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("a binary message on its WebSocket");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task Large_requests_and_answers_travel_and_what_is_too_large_for_a_message_goes_over_HTTP()
    {
        await using var rig = await Rig.StartAsync();
        var words = string.Join(' ', Enumerable.Repeat("wörds", 200_000));
        using var answer = await rig.AskAsync("/v1/responses", $$"""{"model":"gpt-5.5","input":"say:{{words}}"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["output"]!.AsArray().Single(item => item!["type"]!.GetValue<string>() == "message")!["content"]![0]!["text"]!.GetValue<string>().ShouldBe(words);
        (rig.Sockets.Count, rig.Posts).ShouldBe((1, 0));
        await rig.TellAsync("largest=20000");
        using var tooLarge = await rig.AskAsync("/v1/responses", $$"""{"model":"gpt-5.5","instructions":"{{new string('x', 100_000)}}","input":"say:hello"}""");
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.OK, await tooLarge.Content.ReadAsStringAsync());
        rig.Posts.ShouldBe(1);
        var before = rig.Sockets.Count;
        await rig.SayAsync("small", """{"role":"user","content":"say:small"}""");
        (rig.Sockets.Count, rig.Posts).ShouldBe((before + 1, 1), "others go over sockets");
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_answer_at_the_backend()
    {
        await using var rig = await Rig.StartAsync();
        using var leaving = new CancellationTokenSource();
        using var answer = await rig.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Body("/v1/chat/completions", stream: true, $"say:{string.Join(' ', Enumerable.Repeat("hello", 60))}\\nfault:stall=8"), Encoding.UTF8, "application/json") },
            HttpCompletionOption.ResponseHeadersRead, leaving.Token);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        (await stream.ReadAtLeastAsync(new byte[16], 16)).ShouldBeGreaterThanOrEqualTo(16);
        answer.Dispose();
        await Poll.UntilAsync(() => rig.Asked is [{ Aborted: true }]);
        await rig.SayAsync("next", """{"role":"user","content":"say:next"}""");
    }

    [Fact]
    public async Task A_token_that_the_handshake_refuses_is_refused_as_over_HTTP()
    {
        await using var rig = await Rig.StartAsync();
        await rig.TellAsync("account=acct-ada", "expire");
        using var answer = await rig.AskAsync("/v1/chat/completions", """{"model":"gpt-5.5","messages":[{"role":"user","content":"hi"}]}""");
        answer.IsSuccessStatusCode.ShouldBeFalse();
        (rig.Sockets.Count, rig.Posts, rig.Asked.Count).ShouldBe((0, 0, 0), "the backend's word about a token is no reason to ask another way");
        rig.Handshakes.ShouldBeGreaterThan(0);
    }

    private static string Body(string path, bool stream, string prompt, bool tools = false)
    {
        const string schema = """{"type":"object","properties":{"where":{"type":"string"}}}""";
        var body = path switch
        {
            "/v1/responses" => """{"model":"gpt-5.5","input":"PROMPT"TOOLS,"stream":STREAMED}""".Replace("TOOLS", tools ? ",\"tools\":[{\"type\":\"function\",\"name\":\"look\",\"parameters\":" + schema + "}]" : "", StringComparison.Ordinal),
            "/v1/chat/completions" => """{"model":"gpt-5.5","messages":[{"role":"user","content":"PROMPT"}]TOOLS,"stream":STREAMED}""".Replace(
                "TOOLS", tools ? ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"parameters\":" + schema + "}}]" : "", StringComparison.Ordinal),
            "/v1/messages" => """{"model":"gpt-5.5","max_tokens":200,"messages":[{"role":"user","content":"PROMPT"}]TOOLS,"stream":STREAMED}""".Replace(
                "TOOLS", tools ? ",\"tools\":[{\"name\":\"look\",\"input_schema\":" + schema + "}]" : "", StringComparison.Ordinal),
            _ => """{"contents":[{"role":"user","parts":[{"text":"PROMPT"}]}]}""",
        };
        return body.Replace("PROMPT", prompt, StringComparison.Ordinal).Replace("STREAMED", stream ? "true" : "false", StringComparison.Ordinal);
    }

    /// <summary>The vendor, a gateway whose accounts there are asked over WebSockets, and a client of it.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        private readonly EmulatedVendor _vendor;
        private readonly GatewayHost _gateway;

        private Rig(EmulatedVendor vendor, GatewayHost gateway)
        {
            (_vendor, _gateway) = (vendor, gateway);
            Http = new HttpClient { BaseAddress = gateway.Address };
        }

        public HttpClient Http { get; }

        /// <summary>The vendor's clock, and the gateway's where that is manual.</summary>
        public ManualTime Time => _vendor.Time;

        /// <summary>The connections that were opened.</summary>
        public List<RecordedRequest> Sockets => [.. _vendor.Host.Requests.Where(request => request is { Method: "GET", Status: 101 })];

        /// <summary>How often a connection was asked for.</summary>
        public int Handshakes => _vendor.Host.Requests.Count(request => request.Method == "GET" && request.Target.EndsWith("/responses", StringComparison.Ordinal));

        /// <summary>The requests that came over connections.</summary>
        public List<RecordedRequest> Asked => [.. _vendor.Host.Requests.Where(request => request.Method == "WEBSOCKET" && request.Refused != "websocket_connection_limit_reached")];

        /// <summary>How many requests for answers came over HTTP.</summary>
        public int Posts => _vendor.Host.Requests.Count(request => request.Method == "POST" && request.Target.EndsWith("/responses", StringComparison.Ordinal));

        public static async Task<Rig> StartAsync(string? behaviour = null, string? others = null, bool isTimeManual = false)
        {
            var vendor = await EmulatedVendor.StartAsync();
            // The gateway takes the reset that the vendor states for a moment of its own clock.
            vendor.Time.Advance(TimeProvider.System.GetUtcNow() - vendor.Time.GetUtcNow());
            var entries = EntryOf(await SignInAsync(vendor)).Replace("{ name", "{ priority: 1, transport: websocket, name", StringComparison.Ordinal).TrimEnd('\n', ']', ' ');
            if (others is { } person) entries += EntryOf(await SignInAsync(vendor, person), person)["chatgpt: [".Length..].Replace("{ name", "{ transport: websocket, name", StringComparison.Ordinal).TrimEnd('\n', ']', ' ').Insert(0, ",");
            await EmulatedVendor.OpenAsync(new Uri($"{vendor.Address}/chatgpt/emulated/usage?account=acct-ada&primary=12&secondary=3"));
            var rig = new Rig(vendor, await GatewayHost.StartAsync(
                new StartOptions { Time = isTimeManual ? vendor.Time : TimeProvider.System, ConfigText = entries + " ]\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken));
            if (behaviour is not null) await rig.TellAsync(behaviour);
            return rig;
        }

        public Task TellAsync(string words, string what = "socket") => EmulatedVendor.OpenAsync(new Uri($"{_vendor.Address}/chatgpt/emulated/{what}?{words}"));

        public Task<HttpResponseMessage> AskAsync(string path, string body) => Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        /// <summary>A whole answer to a conversation.</summary>
        public async Task SayAsync(string expected, string messages)
        {
            using var answer = await AskAsync("/v1/chat/completions", $$"""{"model":"gpt-5.5","messages":[{{messages}}]}""");
            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            JsonNode.Parse(text)!["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe(expected);
        }

        /// <summary>By what each attempt reached the backend, as flows say it, the newest first.</summary>
        public async Task<string> TransportsAsync()
            => string.Join(' ', JsonNode.Parse(await Http.GetStringAsync("/api/v1/flows"))!["flows"]!.AsArray().SelectMany(flow => flow!["attempts"]!.AsArray()).Select(attempt => attempt!["transport"]?.GetValue<string>()));

        public async Task<HttpResponseMessage> CodexAsync(string turn, string? state)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
            {
                Content = new StringContent("""{"model":"gpt-5.6-terra","stream":true,"store":false,"client_metadata":{"thread_id":"t"},"input":[{"type":"message","role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"),
            };
            foreach (var (name, value) in ((string, string?)[])[("originator", "codex_exec"), ("x-openai-internal-codex-responses-lite", "true"), ("session-id", "s"), ("x-codex-turn-metadata", $$"""{"turn":"{{turn}}"}"""), ("x-codex-turn-state", state)])
                if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
            var answer = await Http.SendAsync(request);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("hello");
            return answer;
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await _gateway.DisposeAsync();
            await _vendor.DisposeAsync();
        }
    }
}

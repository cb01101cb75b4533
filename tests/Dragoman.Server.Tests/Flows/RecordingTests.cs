using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Api.Responses;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>Every request that ends leaves one flow with the right facts, whichever way it took.</summary>
[Trait("speed", "fast")]
public sealed class RecordingTests
{
    [Theory]
    [InlineData("/v1/chat/completions", "chat-1", false, "passthrough", "openai-chat", "openai-chat")]
    [InlineData("/v1/chat/completions", "chat-1", true, "passthrough", "openai-chat", "openai-chat")]
    [InlineData("/v1/messages", "claude-1", true, "passthrough", "anthropic-messages", "anthropic-messages")]
    [InlineData("/v1/messages", "chat-1", true, "translated", "anthropic-messages", "openai-chat")]
    [InlineData("/v1/messages", "nova-1", true, "translated", "anthropic-messages", "bedrock-converse")]
    [InlineData("/v1/chat/completions", "gemini-1", false, "translated", "openai-chat", "gemini")]
    [InlineData("/v1/responses", "claude-1", false, "translated", "openai-responses", "anthropic-messages")]
    [InlineData("/v1/responses", "resp-1", true, "passthrough", "openai-responses", "openai-responses")]
    public async Task Each_lane_and_form_has_its_facts(string path, string model, bool stream, string mode, string client, string upstream)
    {
        await using var rig = await GatewayFixture.StartAsync();
        var body = path == "/v1/responses" ? Talk.Responses(model, "say:hello", stream) : Talk.Messages(model, "say:hello", stream);
        using var answer = await rig.PostAsync(path, body, ("user-agent", "claude-cli/2.0 (external)"), ("x-session-id", "session-7"));
        (await answer.TextAsync()).ShouldContain("hello");
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        flow.Text("mode").ShouldBe(mode);
        flow.Text("client_protocol").ShouldBe(client);
        flow.Text("upstream_protocol").ShouldBe(upstream);
        flow.Text("requested_model").ShouldBe(model);
        flow.Text("model").ShouldBe(answer.Header("x-dragoman-model"));
        flow.Text("account").ShouldBe(answer.Header("x-dragoman-account"));
        flow.Text("provider").ShouldBe(answer.Header("x-dragoman-provider"));
        flow.Text("user_agent").ShouldBe("claude-cli/2.0 (external)");
        flow.Text("session").ShouldBe("h:session-7");
        flow.Text("surface").ShouldBe("dragoman");
        flow["stream"]!.GetValue<bool>().ShouldBe(stream);
        flow.Number("status").ShouldBe(200);
        flow["error"].ShouldBeNull();
        flow["usage"]!["input"]!.GetValue<long>().ShouldBeGreaterThan(0);
        flow["usage"]!["output"]!.GetValue<long>().ShouldBeGreaterThan(0);
        flow["first_byte_ms"]!.GetValue<double>().ShouldBeLessThanOrEqualTo(flow["duration_ms"]!.GetValue<double>());
        var attempt = flow["attempts"]!.AsArray().ShouldHaveSingleItem()!;
        attempt.Text("outcome").ShouldBe("answered");
        attempt.Text("reason").ShouldNotBeEmpty();
        flow.Text("preview").ShouldBeEmpty("nothing that was said is recorded by default");
        (await FlowFixture.BodiesAsync(rig.Http, flow.Text("id"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Losses_are_kept_whole()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("claude-1", more: ",\"logit_bias\":{\"50256\":-100},\"seed\":7"));
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        flow["losses"]!.AsArray().Select(loss => loss!.Text("path")).ShouldContain("logit_bias");
        flow["losses"]!.AsArray().ShouldAllBe(loss => loss!["kind"]!.GetValue<string>() == "dropped" || loss["kind"]!.GetValue<string>() == "approximated");
        (await FlowFixture.ListAsync(rig.Http, "has_losses=true")).Count.ShouldBe(1);
        (await FlowFixture.ListAsync(rig.Http, "has_losses=false")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Failing_over_is_told_attempt_by_attempt()
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, """{"error":{"message":"Slow down sk-secret-of-somebody1234.","type":"rate_limit_error"}}""", headers: ("retry-after", "60")));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.StartAsync(Two(first, second));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(200);
        var flow = await FlowFixture.OfAsync(http, answer);
        var attempts = flow["attempts"]!.AsArray();
        attempts.Count.ShouldBe(2);
        attempts[0]!.Text("account").ShouldBe("one");
        attempts[0]!.Text("outcome").ShouldBe("RateLimited: 429 Slow down [redacted].");
        attempts[1]!.Text("account").ShouldBe("two");
        attempts[1]!.Text("outcome").ShouldBe("answered");
        flow.Text("account").ShouldBe("two");
    }

    [Fact]
    public async Task A_failure_is_told_with_its_status_and_words()
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(400, """{"error":{"message":"Invalid value: 'x'.","type":"invalid_request_error","param":"messages","code":"invalid_value"}}"""));
        await using var gateway = await FailureTests.StartAsync(Two(upstream, upstream));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
        var flow = await FlowFixture.OfAsync(http, answer);
        flow.Number("status").ShouldBe(400);
        flow.Text("error").ShouldBe("Invalid value: 'x'.");
        flow.Text("account").ShouldBe("one", "whose answer it is");
        flow.Text("mode").ShouldBeEmpty();
        flow["usage"].ShouldBeNull();
        flow["cost"]!.GetValue<decimal>().ShouldBe(0, "nobody answered, so nothing was spent");
    }

    [Fact]
    public async Task A_client_that_leaves_is_seen()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using (var gone = new CancellationTokenSource())
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent(Talk.Messages("claude-1", "fault:stall=4 words:40", stream: true), Encoding.UTF8, "application/json") })
        using (var answer = await rig.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, gone.Token))
        {
            await gone.CancelAsync();
        }

        var flow = await FlowFixture.OnlyAsync(rig.Http);
        flow["client_left"]!.GetValue<bool>().ShouldBeTrue();
        flow.Number("status").ShouldBe(499);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_no_success()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1", "fault:truncate=6 words:40", stream: true));
        await answer.TextAsync();
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        flow.Text("error").ShouldContain("broke");
        flow["attempts"]!.AsArray()[0]!.Text("outcome").ShouldStartWith("interrupted: ");
    }

    [Fact]
    public async Task Turns_on_a_socket_and_background_responses_are_flows()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using (var socket = await Socket.OpenAsync(stage))
        {
            await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = "say:one" });
            await socket.TurnAsync();
            var turn = await FlowFixture.OnlyAsync(stage.Http);
            turn.Text("client_protocol").ShouldBe("openai-responses");
            turn.Number("status").ShouldBe(200);
            await socket.SendAsync("{\"type\":\"response.create\",\"input\":7}");
            await socket.ReceiveAsync();
        }

        var queued = await stage.CreateAsync(new { model = ResponsesFixture.Gpt, input = "say:done", background = true });
        await stage.EndOfAsync(ResponsesFixture.Text(queued, "id")!);
        var run = await FlowFixture.OnlyAsync(stage.Http, "model=" + ResponsesFixture.Gpt);
        run.Text("mode").ShouldBe("passthrough");
        run["stream"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Requests_that_never_reach_the_relay_are_flows_and_a_scanner_is_not_many()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ the-clients-key ]\n");
        using var wrong = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1"), ("x-api-key", "sk-not-known-123456"));
        var refused = await FlowFixture.OfAsync(rig.Http, wrong);
        refused.Number("status").ShouldBe(401);
        refused.Text("error").ShouldBe("The API key is not known to this gateway.");
        refused.Text("client_protocol").ShouldBe("anthropic-messages");
        using var broken = await rig.PostAsync("/v1/messages", "{nonsense", ("x-api-key", "the-clients-key"));
        (await FlowFixture.OfAsync(rig.Http, broken)).Number("status").ShouldBe(400);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var answer = await rig.PostAsync("/v1/messages", "{}");
        }));
        var (_, totals) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "flows/totals");
        var recorder = totals!["recorder"]!;
        (totals.Number("flows") + recorder.Number("refusals_unrecorded")).ShouldBe(202);
        recorder.Number("refusals_unrecorded").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Off_records_nothing_and_a_client_can_ask_for_less_only()
    {
        await using var off = await GatewayFixture.StartAsync("flows: { mode: off }\n");
        using var unseen = await off.PostAsync("/v1/messages", Talk.Messages("claude-1"), ("x-dragoman-flow-mode", "full"));
        (await FlowFixture.ListAsync(off.Http)).ShouldBeEmpty();

        await using var full = await GatewayFixture.StartAsync(FlowFixture.Full);
        using var hidden = await full.PostAsync("/v1/messages", Talk.Messages("claude-1", "say:hidden"), ("x-dragoman-flow-mode", "off"));
        using var bare = await full.PostAsync("/v1/messages", Talk.Messages("claude-1", "say:bare"), ("x-dragoman-flow-mode", "Metadata"));
        using var whole = await full.PostAsync("/v1/messages", Talk.Messages("claude-1", "say:whole"));
        (await FlowFixture.BodiesAsync(full.Http, (await FlowFixture.OfAsync(full.Http, bare)).Text("id"))).ShouldBeEmpty();
        (await FlowFixture.BodiesAsync(full.Http, (await FlowFixture.OfAsync(full.Http, whole)).Text("id"))).Count.ShouldBe(4);
        (await FlowFixture.ListAsync(full.Http)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_gateway_that_stops_writes_what_waits()
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-flows-").FullName;
        try
        {
            await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
            var options = new Dragoman.Server.Hosting.StartOptions { ConfigText = Two(upstream, upstream), Port = 0, DataFolder = folder, LogLevel = Microsoft.Extensions.Logging.LogLevel.None };
            string id;
            await using (var gateway = await Dragoman.Server.Hosting.GatewayHost.StartAsync(options))
            {
                using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
                id = answer.Header("x-dragoman-flow")!;
                await gateway.StopAsync();
            }

            await using var again = await Dragoman.Server.Hosting.GatewayHost.StartAsync(options);
            using var http = new HttpClient { BaseAddress = again.Address };
            (await FlowFixture.OnlyAsync(http)).Text("id").ShouldBe(id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Two(RawUpstream first, RawUpstream second) => $$"""
        openai-compatibility:
          - { name: one, base-url: "{{first.Address}}/v1", api-key-entries: [ { api-key: key-one } ], models: [ m ] }
          - { name: two, base-url: "{{second.Address}}/v1", api-key-entries: [ { api-key: key-two } ], models: [ m ] }
        routing: { strategy: fill-first }

        """;
}

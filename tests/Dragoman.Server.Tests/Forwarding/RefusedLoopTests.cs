using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>A client that repeats a refused request in a loop is slowed down; one whose requests are answered never is.</summary>
[Trait("speed", "fast")]
public sealed class RefusedLoopTests
{
    [Fact]
    public async Task Geminis_clients_hear_of_an_unknown_model_with_400_and_a_loop_of_them_with_429()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var statuses = new List<int>();
        for (var time = 0; time < 40; time++)
        {
            using var answer = await rig.PostAsync("/v1beta/models/gemini-9-flash-preview:streamGenerateContent?alt=sse", Talk.Gemini($"text {time}"));
            statuses.Add((int)answer.StatusCode);
            var error = (await answer.JsonAsync())["error"]!;
            error["code"]!.GetValue<int>().ShouldBe((int)answer.StatusCode);
            if ((int)answer.StatusCode != 429) continue;
            int.Parse(answer.Header("retry-after")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 2);
            error["status"]!.GetValue<string>().ShouldBe("RESOURCE_EXHAUSTED");
            error["details"]!.AsArray().ShouldContain(detail => detail!["retryDelay"] != null, "Gemini CLI waits as long as it reads here");
        }

        statuses.Take(20).ShouldAllBe(status => status == 400);
        statuses.Count(status => status == 429).ShouldBeGreaterThan(10);
        using var good = await rig.PostAsync("/v1beta/models/gemini-1:generateContent", Talk.Gemini());
        ((int)good.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_refused_request_is_slowed_down_in_every_protocol_and_the_upstream_is_spared()
    {
        const string bad = """{"error":{"message":"Invalid value.","type":"invalid_request_error","param":"messages","code":"invalid_value"}}""";
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(400, bad));
        await using var gateway = await FailureTests.OneAsync(upstream, "limits: { refused-burst: 3, refused-per-minute: 1 }\n");
        foreach (var (path, body) in ((string, string)[])[("/v1/chat/completions", Talk.Chat("m")), ("/v1/messages", Talk.Messages("m")), ("/v1/responses", Talk.Responses("m"))])
        {
            var before = upstream.Calls;
            for (var time = 0; time < 8; time++) using (await FailureTests.PostAsync(gateway, body, path))
            {
            }

            using var answer = await FailureTests.PostAsync(gateway, body, path);
            (await answer.TextAsync()).ShouldContain("Invalid value.");
            (upstream.Calls - before).ShouldBeLessThanOrEqualTo(3);
        }
    }

    [Fact]
    public async Task A_caller_whose_requests_are_answered_in_between_is_never_slowed_down()
    {
        await using var upstream = await RawUpstream.StartAsync((context, n) => n % 4 == 0 ? context.SayAsync(200, RawAnswers.ChatWhole) : context.SayAsync(400, """{"error":{"message":"Invalid value."}}"""));
        await using var gateway = await FailureTests.OneAsync(upstream, "limits: { refused-burst: 4 }\n");
        for (var time = 0; time < 60; time++)
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(time % 4 == 3 ? 200 : 400);
        }
    }

    [Fact]
    public async Task A_helper_model_that_nobody_serves_goes_to_the_one_that_stands_in_for_it()
    {
        await using var rig = await GatewayFixture.StartAsync("routing: { fallbacks: { gemini-3-flash-preview: chat-1 } }\n");
        using var answer = await rig.PostAsync("/v1beta/models/gemini-3-flash-preview:generateContent", Talk.Gemini());
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("x-dragoman-model").ShouldBe("chat-1");
    }

    [Fact]
    public async Task A_name_that_ends_in_thinking_is_asked_for_with_thinking_and_the_bodys_own_wish_counts_more()
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200,
            """{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-4-5","content":[{"type":"text","text":"fine"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""));
        await using var gateway = await FailureTests.StartAsync($"claude-api-key: [ {{ api-key: k, base-url: '{upstream.Address}' }} ]\n");
        const string own = ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1500}";
        foreach (var body in (string[])[Talk.Messages("claude-opus-4.5-thinking").Replace("200", "4000", StringComparison.Ordinal), Talk.Messages("claude-opus-4.5-thinking", more: own).Replace("200", "4000", StringComparison.Ordinal), Talk.Messages("claude-opus-4.5")])
            using (var answer = await FailureTests.PostAsync(gateway, body, "/v1/messages")) ((int)answer.StatusCode).ShouldBe(200);

        var sent = upstream.Bodies.Select(body => System.Text.Json.Nodes.JsonNode.Parse(body)!).ToList();
        sent.ShouldAllBe(body => body["model"]!.GetValue<string>() == "claude-opus-4-5");
        sent[0]["thinking"]!["type"]!.GetValue<string>().ShouldBe("enabled");
        sent[1]["thinking"]!["budget_tokens"]!.GetValue<int>().ShouldBe(1500);
        sent[2]["thinking"].ShouldBeNull();
    }
}

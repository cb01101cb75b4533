using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Http;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Api.Shared;

/// <summary>Counting tokens: by the upstream where it can, else here, and the header says which.</summary>
public sealed class CountTests
{
    [Theory]
    [InlineData("claude-1", "upstream")]
    [InlineData("gemini-1", "upstream")]
    [InlineData("resp-1", "upstream")]
    [InlineData("chat-1", "estimate")]
    [InlineData("nova-1", "estimate")]
    public async Task Every_language_that_counts_is_answered_for_every_upstream(string model, string how)
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var (path, body, field) in ((string, string, string)[])[
            ("/v1/messages/count_tokens?beta=true", Talk.Messages(model, "How many tokens is this?"), "input_tokens"),
            ("/v1/responses/input_tokens", Talk.Responses(model, "How many tokens is this?"), "input_tokens"),
            ($"/v1beta/models/{model}:countTokens", Talk.Gemini("How many tokens is this?"), "totalTokens"),
        ])
        {
            using var answer = await rig.PostAsync(path, body);
            var text = await answer.TextAsync();
            ((int)answer.StatusCode).ShouldBe(200, text);
            answer.Header("x-dragoman-token-count").ShouldBe(how, path);
            System.Text.Json.Nodes.JsonNode.Parse(text)![field]!.GetValue<long>().ShouldBeInRange(3, 40);
        }

        rig.Upstream.Requests.ShouldAllBe(request => request.Refused == null);
    }

    [Fact]
    public async Task A_count_that_is_refused_or_late_falls_back_and_rests_nobody()
    {
        await using var upstream = await RawUpstream.StartAsync((context, n) => context.Request.Path.Value!.EndsWith("count_tokens", StringComparison.Ordinal)
            ? n == 1 ? context.SayAsync(404, "{\"detail\":\"Not Found\"}") : Task.Delay(Timeout.Infinite, context.RequestAborted)
            : context.SayAsync(200, """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"fine"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}"""));
        await using var gateway = await StreamTests.ClaudeAsync(upstream);
        for (var i = 0; i < 2; i++)
        {
            using var count = await FailureTests.PostAsync(gateway, Talk.Messages("m"), "/v1/messages/count_tokens");
            ((int)count.StatusCode).ShouldBe(200);
            count.Header("x-dragoman-token-count").ShouldBe("estimate");
        }

        using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("m"), "/v1/messages");
        (await answer.TextAsync()).ShouldContain("fine");
    }

    [Fact]
    public async Task A_count_for_an_unknown_model_or_without_messages_is_an_error()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var unknown = await rig.PostAsync("/v1/messages/count_tokens", Talk.Messages("nothing"));
        ((int)unknown.StatusCode).ShouldBe(404);
        (await BodyTests.ErrorAsync(unknown, "anthropic")).Type.ShouldBe("not_found_error");
        using var empty = await rig.PostAsync("/v1/messages/count_tokens", """{"model":"chat-1"}""");
        ((int)empty.StatusCode).ShouldBe(400);
        using var broken = await rig.PostAsync("/v1/messages/count_tokens", """{"model":"chat-1","messages":[}]}""");
        (await BodyTests.ErrorAsync(broken, "anthropic")).Message.ShouldContain("line 1");
    }
}

using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>A recorded request once more, elsewhere.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData("/v1/messages", "claude-1", false, "chat-1", "translated")]
    [InlineData("/v1/messages", "claude-1", true, "nova-1", "translated")]
    [InlineData("/v1/chat/completions", "chat-1", true, "claude-1", "translated")]
    [InlineData("/v1/responses", "resp-1", false, "gemini-1", "translated")]
    [InlineData("/v1/chat/completions", "claude-1", false, "chat-1", "passthrough")]
    [InlineData("/v1beta/models/gemini-1:streamGenerateContent?alt=sse", "gemini-1", true, "claude-1", "translated")]
    public async Task Another_model_answers_the_same_request(string path, string model, bool stream, string other, string mode)
    {
        await using var rig = await GatewayFixture.StartAsync(FlowFixture.Full);
        var body = path.Contains("beta", StringComparison.Ordinal) ? Talk.Gemini("say:seven hills") : path == "/v1/responses" ? Talk.Responses(model, "say:seven hills", stream) : Talk.Messages(model, "say:seven hills", stream);
        using var answer = await rig.PostAsync(path, body);
        await answer.TextAsync();
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        var (status, replay) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"flows/{flow.Text("id")}/replay", $$"""{"model":"{{other}}"}""");
        status.ShouldBe(200, replay!.ToJsonString());
        replay["original"]!.Text("text").ShouldBe("seven hills");
        replay["replay"]!.Text("text").ShouldBe("seven hills");
        var fresh = replay["replay"]!["flow"]!;
        fresh.Text("requested_model").ShouldBe(other);
        fresh.Text("mode").ShouldBe(mode);
        fresh.Text("user_agent").ShouldBe("dragoman-replay");
        fresh["stream"]!.GetValue<bool>().ShouldBe(stream);
        fresh["tags"]!.AsArray()[0]!.GetValue<string>().ShouldBe($"replay:{flow.Text("id")}");
        replay["differences"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldContain("model");
        replay["differences"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldNotContain("text");
        (await FlowFixture.ListAsync(rig.Http, $"tag=replay:{flow.Text("id")}")).ShouldHaveSingleItem().Text("id").ShouldBe(fresh.Text("id"));
        rig.Upstream.Requests.ShouldAllBe(request => request.Refused == null);
    }

    [Fact]
    public async Task Streamed_becomes_whole_and_tools_are_compared()
    {
        await using var rig = await GatewayFixture.StartAsync(FlowFixture.Full);
        using var answer = await rig.PostAsync("/v1/chat/completions", """{"model":"chat-1","stream":true,"stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{"at":{"type":"string"}}}}}],"messages":[{"role":"user","content":"call:look {\"at\":\"this\"}"}]}""");
        await answer.TextAsync();
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        var (status, replay) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"flows/{flow.Text("id")}/replay", """{"stream":false}""");
        status.ShouldBe(200, replay!.ToJsonString());
        foreach (var side in (string[])["original", "replay"])
        {
            var call = replay[side]!["tool_calls"]!.AsArray().ShouldHaveSingleItem()!;
            call.Text("name").ShouldBe("look");
            JsonNode.Parse(call.Text("arguments"))!.Text("at").ShouldBe("this");
        }

        replay["replay"]!["flow"]!["stream"]!.GetValue<bool>().ShouldBeFalse();
        replay["differences"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldNotContain("tool_calls");
        rig.Upstream.Requests[^1].Refused.ShouldBeNull();
    }

    [Fact]
    public async Task The_account_can_be_chosen()
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole.Replace("fine", "other", StringComparison.Ordinal)));
        await using var gateway = await FailureTests.StartAsync($$"""
            openai-compatibility:
              - { name: one, base-url: "{{first.Address}}/v1", api-key-entries: [ { api-key: key-one } ], models: [ m ] }
              - { name: two, base-url: "{{second.Address}}/v1", api-key-entries: [ { api-key: key-two } ], models: [ m ] }
            routing: { strategy: fill-first }
            flows: { mode: full }
            """);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
        var id = (await FlowFixture.OfAsync(http, answer)).Text("id");
        var (_, replay) = await FlowFixture.AskAsync(http, HttpMethod.Post, $"flows/{id}/replay", """{"account":"two"}""");
        replay!["replay"]!["flow"]!.Text("account").ShouldBe("two");
        replay["replay"]!["flow"]!["attempts"]!.AsArray()[0]!.Text("reason").ShouldBe("asked for by name");
        replay["replay"]!.Text("text").ShouldBe("other");
        replay["differences"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldBe(["account", "text"]);
        second.Bodies.ShouldBe([Talk.Chat("m")]);
        var (status, missing) = await FlowFixture.AskAsync(http, HttpMethod.Post, $"flows/{id}/replay", """{"account":"three"}""");
        status.ShouldBe(200);
        missing!["replay"]!["flow"]!.Number("status").ShouldBe(404);
        missing["replay"]!["flow"]!.Text("error").ShouldContain("three");
    }

    [Fact]
    public async Task What_was_not_recorded_cannot_be_sent_again()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
        var id = (await FlowFixture.OfAsync(rig.Http, answer)).Text("id");
        var (status, fault) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"flows/{id}/replay", "{}");
        status.ShouldBe(409);
        fault!["error"]!.Text("code").ShouldBe("body_not_recorded");
        fault["error"]!.Text("message").ShouldContain("flows.mode: full");
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, "flows/nothing/replay", "{}")).Status.ShouldBe(404);
        (await FlowFixture.ListAsync(rig.Http)).Count.ShouldBe(1);
    }
}

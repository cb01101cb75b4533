using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Api.Responses;
using Dragoman.Server.Tests.Http;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>docs/guide/clients.md, "Silence and failures": for every client's protocol what a keep-alive is, and how a failure is told before the answer and in it.</summary>
public sealed class StreamFormTests
{
    private const string Busy = "data: {\"error\":{\"message\":\"Too busy.\",\"code\":503}}\n\n";

    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["/v1/chat/completions"] = Talk.Chat("m", stream: true),
        ["/v1/completions"] = """{"model":"m","prompt":"hi","stream":true}""",
        ["/v1/responses"] = Talk.Responses("m", stream: true),
        ["/v1/messages"] = Talk.Messages("m", stream: true),
    };

    [Theory]
    [InlineData("/v1/chat/completions", "comment", ": keep-alive\n\n", "data: {\"error\":", "[DONE]")]
    [InlineData("/v1/chat/completions", "ping", ": keep-alive\n\n", "data: {\"error\":", "[DONE]")]
    [InlineData("/v1/completions", "comment", ": keep-alive\n\n", "data: {\"error\":", "[DONE]")]
    [InlineData("/v1/responses", "comment", ": keep-alive\n\n", "event: response.failed\ndata: {\"type\":\"response.failed\"", "response.completed")]
    [InlineData("/v1/responses", "ping", ": keep-alive\n\n", "event: response.failed\ndata: {\"type\":\"response.failed\"", "response.completed")]
    [InlineData("/v1/messages", "comment", ": keep-alive\n\n", "event: error\ndata: {\"type\":\"error\"", "message_stop")]
    [InlineData("/v1/messages", "ping", "event: ping\ndata: {\"type\":\"ping\"}\n\n", "event: error\ndata: {\"type\":\"error\"", "message_stop")]
    [InlineData("/v1beta/models/m:streamGenerateContent?alt=sse", "comment", "\n\n", "{\"error\":{\"code\":503", "finishReason")]
    [Trait("check", "cliproxy 28")]
    public async Task In_a_stream(string path, string style, string keepAlive, string failure, string end)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (begin, broken) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await begin.Task;
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await broken.Task;
            await context.SendAsync(Busy);
        });
        var clock = new ShiftedTimeProvider();
        await using var gateway = await StartAsync(upstream, clock, style);
        var asked = PieceClient.PostAsync(gateway.Address, path, Bodies.GetValueOrDefault(path, Talk.Gemini()), limit.Token);
        await Poll.UntilAsync(() => upstream.Calls > 0);
        clock.Turn(TimeSpan.FromSeconds(16));
        await using var client = await asked;
        client.Head.ShouldContain("text/event-stream");
        (await client.NextAsync(limit.Token)).ShouldBe(keepAlive);
        begin.SetResult();
        var begun = await client.NextAsync(limit.Token);
        broken.SetResult();
        var rest = string.Concat([begun, .. await client.RestAsync(limit.Token)]);
        rest.ShouldContain("fi");
        rest.ShouldContain("Too busy.");
        var at = rest.IndexOf(failure, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, rest);
        rest[at..].TrimEnd('\n').ShouldNotContain("\n\n", Case.Sensitive, "nothing stands behind the failure");
        rest.ShouldNotContain(end);
    }

    [Fact]
    public async Task In_geminis_array_the_failure_is_its_last_element()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await context.SendAsync(Busy);
        });
        await using var gateway = await StartAsync(upstream, TimeProvider.System, "comment");
        using var answer = await FailureTests.PostAsync(gateway, Talk.Gemini(), "/v1beta/models/m:streamGenerateContent");
        answer.Header("content-type")!.ShouldStartWith("application/json");
        var elements = (await answer.JsonAsync()).AsArray();
        elements[0]!["candidates"].ShouldNotBeNull();
        elements[^1]!["error"]!["code"]!.GetValue<int>().ShouldBe(503);
        elements[^1]!["error"]!["message"]!.GetValue<string>().ShouldBe("Too busy.");
    }

    [Theory]
    [InlineData("/v1/chat/completions", "openai")]
    [InlineData("/v1/completions", "openai")]
    [InlineData("/v1/responses", "openai")]
    [InlineData("/v1/messages", "anthropic")]
    [InlineData("/v1beta/models/m:streamGenerateContent?alt=sse", "gemini")]
    [InlineData("/v1beta/models/m:streamGenerateContent", "gemini")]
    public async Task Before_the_answer(string path, string envelope)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(503, """{"error":{"message":"Too busy.","type":"server_error","param":null,"code":null}}"""));
        await using var gateway = await StartAsync(upstream, TimeProvider.System, "comment");
        using var answer = await FailureTests.PostAsync(gateway, Bodies.GetValueOrDefault(path, Talk.Gemini()), path);
        ((int)answer.StatusCode).ShouldBe(envelope == "anthropic" ? 529 : 503);
        (await BodyTests.ErrorAsync(answer, envelope)).Message.ShouldContain("Too busy.");
    }

    private static Task<GatewayHost> StartAsync(RawUpstream upstream, TimeProvider time, string style) => GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = FailureTests.Account("one", upstream.Address, "key-one") + $"request-retry: 0\nstreaming: {{ keepalive-style: {style} }}\n",
        Port = 0,
        LogLevel = LogLevel.None,
        Time = time,
    });
}

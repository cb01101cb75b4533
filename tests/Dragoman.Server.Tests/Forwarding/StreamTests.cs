using System.Diagnostics;
using System.Text;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>Streams on their way: unchanged where the language is the same, kept alive while they are silent, ended when somebody leaves.</summary>
public sealed class StreamTests
{
    private const string Odd = ": a comment\r\n\r\n"
        + "event: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"m\",\"stop_reason\":null,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\r\n\r\n"
        + "event: never_heard_of\ndata: {\"type\":\"never_heard_of\",\"x\" : [1,2]}\n\n"
        + "id: 7\nretry: 10\nevent: ping\ndata: {\"type\": \"ping\"}\n\n"
        + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
        + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Grüße\"}}\n\n"
        + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":3}}\n\n"
        + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task The_relay_lane_passes_every_byte(int piece)
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            var bytes = Encoding.UTF8.GetBytes(Odd);
            for (var at = 0; at < bytes.Length; at += piece)
            {
                await context.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
                await context.Response.Body.FlushAsync();
            }
        });
        await using var gateway = await ClaudeAsync(upstream);
        using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("m", stream: true), "/v1/messages");
        (await answer.TextAsync()).ShouldBe(Odd);
        answer.Header("x-dragoman-account").ShouldBe("claude");
    }

    [Fact]
    public async Task A_chat_stream_loses_nothing_but_the_usage_that_was_not_asked_for()
    {
        const string start = ": hello\r\n\r\ndata: {\"id\":\"c1\",\"odd\" :1,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":null}]}\r\n\r\ndata: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        const string usage = "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\n";
        const string end = "data: [DONE]\n\n";
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (var letter in start + usage + end) await context.SendAsync(letter.ToString());
        });
        await using var gateway = await FailureTests.OneAsync(upstream);
        using var plain = await FailureTests.PostAsync(gateway, Talk.Chat("m", stream: true));
        (await plain.TextAsync()).ShouldBe(start + end);
        upstream.Bodies[^1].ShouldContain("include_usage");
        using var asked = await FailureTests.PostAsync(gateway, Talk.Chat("m", stream: true, more: ",\"stream_options\":{\"include_usage\":true}"));
        (await asked.TextAsync()).ShouldBe(start + usage + end);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "comment", ": keep-alive\n\n")]
    [InlineData("/v1/messages", "comment", ": keep-alive\n\n")]
    [InlineData("/v1/messages", "ping", "event: ping\n")]
    [InlineData("/v1/responses", "ping", "\n\n")]
    [Trait("check", "cliproxy 32")]
    public async Task A_silent_stream_is_kept_alive_between_its_frames(string path, string style, string sign)
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            // Silent before the answer, and in the middle of a frame of it.
            await Task.Delay(2300, context.RequestAborted);
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta[..40]);
            await Task.Delay(2300, context.RequestAborted);
            await context.SendAsync(RawAnswers.ChatDelta[40..] + RawAnswers.ChatEnd);
        });
        await using var gateway = await FailureTests.OneAsync(upstream, $"streaming: {{ keepalive-seconds: 1, keepalive-style: {style} }}\n");
        using var answer = await FailureTests.PostAsync(gateway, Both(path), path);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(200);
        (text.Split(sign).Length - 1).ShouldBeGreaterThanOrEqualTo(2);
        text.ShouldContain("fi");
        if (path == "/v1/chat/completions") text.Replace(": keep-alive\n\n", "", StringComparison.Ordinal).ShouldBe(RawAnswers.ChatDelta + RawAnswers.ChatEnd);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    [InlineData("/v1/responses")]
    public async Task After_a_keep_alive_another_account_may_still_answer_and_a_failure_is_told_in_the_language(string path)
    {
        await using var first = await RawUpstream.StartAsync(async (context, _) =>
        {
            await Task.Delay(1500, context.RequestAborted);
            await context.SayAsync(429, """{"error":{"message":"Too busy today.","type":"rate_limit_error","param":null,"code":null}}""", headers: ("retry-after", "100"));
        });
        var broken = false;
        await using var second = await RawUpstream.StartAsync((context, _) => broken
            ? context.SayAsync(429, """{"error":{"message":"Too busy as well.","type":"rate_limit_error","param":null,"code":null}}""", headers: ("retry-after", "100"))
            : context.SayAsync(200, RawAnswers.ChatDelta + RawAnswers.ChatEnd, "text/event-stream"));
        await using var gateway = await FailureTests.TwoAsync(first, second, "routing: { strategy: fill-first }\nstreaming: { keepalive-seconds: 1 }\n");
        using (var answer = await FailureTests.PostAsync(gateway, Both(path), path))
        {
            var text = await answer.TextAsync();
            text.ShouldStartWith(": keep-alive\n\n");
            text.ShouldContain("fi");
            text.ShouldNotContain("busy");
        }

        broken = true;
        await using var again = await FailureTests.TwoAsync(first, second, "routing: { strategy: fill-first }\nstreaming: { keepalive-seconds: 1 }\n");
        using (var answer = await FailureTests.PostAsync(again, Both(path), path))
        {
            ((int)answer.StatusCode).ShouldBe(200);
            var text = await answer.TextAsync();
            text.ShouldContain("Too busy as well.");
            text.ShouldNotContain("[DONE]");
            text.ShouldNotContain("message_stop");
            if (path == "/v1/messages") text.ShouldContain("event: error\n");
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/messages", false)]
    public async Task A_client_that_leaves_ends_the_upstreams_work_within_a_second(string path, bool stream)
    {
        var came = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            if (stream)
            {
                await context.OpenStreamAsync();
                await context.SendAsync(RawAnswers.ChatDelta);
            }

            came.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var gateway = await FailureTests.OneAsync(upstream);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(Talk.Messages("m", stream: stream), Encoding.UTF8, "application/json") };
        var asked = http.SendAsync(request, HttpCompletionOption.ResponseContentRead, leaving.Token);
        await came.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var clock = Stopwatch.StartNew();
        await leaving.CancelAsync();
        await upstream.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<OperationCanceledException>(() => asked);
        upstream.Calls.ShouldBe(1, "nobody is asked again for a client that has gone");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task A_slow_client_holds_the_upstream_back(string path)
    {
        var sent = 0L;
        var chunk = RawAnswers.ChatDelta.Replace("\"fi\"", $"\"{new string('x', 60_000)}\"", StringComparison.Ordinal);
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            for (var i = 0; i < 2000; i++)
            {
                await context.SendAsync(chunk);
                Interlocked.Add(ref sent, chunk.Length);
            }

            await context.SendAsync(RawAnswers.ChatEnd);
        });
        await using var gateway = await FailureTests.OneAsync(upstream);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(Talk.Messages("m", stream: true), Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var before = -1L;
        // It goes on until the buffers on the way are full, and then waits.
        for (var i = 0; i < 50 && before != Interlocked.Read(ref sent); i++)
        {
            before = Interlocked.Read(ref sent);
            await Task.Delay(300);
        }

        before.ShouldBe(Interlocked.Read(ref sent));
        before.ShouldBeLessThan(60_000_000);
        var all = await answer.TextAsync();
        all.Length.ShouldBeGreaterThan(110_000_000);
    }

    [Theory]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/messages", false)]
    public async Task A_client_that_takes_nothing_is_cut_off_and_its_upstream_with_it(string path, bool keptAlive)
    {
        var chunk = RawAnswers.ChatDelta.Replace("\"fi\"", $"\"{new string('x', 60_000)}\"", StringComparison.Ordinal);
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            while (true) await context.SendAsync(chunk);
        });
        await using var gateway = await FailureTests.OneAsync(upstream, $"streaming: {{ client-write-timeout-seconds: 1, keepalive-seconds: {(keptAlive ? 15 : 0)} }}\n");
        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        var body = Talk.Messages("m", stream: true);
        await client.SendAsync(Encoding.UTF8.GetBytes($"POST {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        // It never reads; the upstream would go on for ever.
        await upstream.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Poll.UntilAsync(() => gateway.OpenRequests == 0);
        gateway.OpenRequests.ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?alt=sse")]
    public async Task Gemini_streams_come_as_an_array_unless_events_are_asked_for(string query)
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var model in (string[])["gemini-1", "claude-1"])
        {
            using var answer = await rig.PostAsync($"/v1beta/models/{model}:streamGenerateContent{query}", Talk.Gemini("words:5"));
            var text = await answer.TextAsync();
            text.ShouldContain("word");
            if (query.Length > 0) text.ShouldStartWith("data: ");
            else System.Text.Json.Nodes.JsonNode.Parse(text)!.AsArray().Count.ShouldBeGreaterThan(0);
        }
    }

    private static string Both(string path) => path == "/v1/responses" ? Talk.Responses("m", stream: true) : Talk.Messages("m", stream: true);

    internal static Task<GatewayHost> ClaudeAsync(RawUpstream upstream, string more = "")
        => FailureTests.StartAsync($"claude-api-key:\n  - {{ name: claude, api-key: key-of-claude, base-url: '{upstream.Address}', models: [ m ] }}\n{more}");
}

using System.Text;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Hosting;

/// <summary>What an upstream or a client sends without end is bounded, told in the client's language, and given back.</summary>
public sealed class MemoryBoundTests
{
    private const string Bounds = "limits: { max-frame-mb: 1, max-answer-mb: 2 }\nrouting: { strategy: fill-first }\nrequest-retry: 0\n";

    public static TheoryData<string, string> WaysAndFloods()
    {
        var data = new TheoryData<string, string>();
        foreach (var path in (string[])["/v1/chat/completions", "/v1/messages"])
        {
            // A comment without end, an event without end, an event of lines without end, and comments inside an event that does not end.
            foreach (var flood in (string[])["comment", "data", "lines", "inside"]) data.Add(path, flood);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(WaysAndFloods))]
    public async Task A_frame_without_end_is_a_failure_that_the_next_account_mends(string path, string flood)
    {
        await using var first = await RawUpstream.StartAsync((context, _) => FloodAsync(context, flood));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatDelta + RawAnswers.ChatEnd, "text/event-stream"));
        await using var gateway = await FailureTests.TwoAsync(first, second, Bounds);
        using var answer = await FailureTests.PostAsync(gateway, Ask(path), path);
        answer.Header("x-dragoman-account").ShouldBe("two");
        (await answer.TextAsync()).ShouldContain("ne");
        await Poll.UntilAsync(() => gateway.Memory.Used == 0);
    }

    [Theory]
    [MemberData(nameof(WaysAndFloods))]
    public async Task A_frame_without_end_behind_content_is_told_in_the_clients_language(string path, string flood)
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await FloodAsync(context, flood);
        });
        await using var gateway = await FailureTests.OneAsync(upstream, Bounds);
        using var answer = await FailureTests.PostAsync(gateway, Ask(path), path);
        var text = await answer.TextAsync();
        text.ShouldContain("fi");
        text.ShouldContain("limits.max-frame-mb");
        text.Length.ShouldBeLessThan(8_000);
        await Poll.UntilAsync(() => gateway.Memory.Used == 0);
    }

    [Fact]
    public async Task Comment_lines_without_end_pass_and_are_not_kept()
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            var lines = string.Concat(Enumerable.Repeat(": still here\n", 5_000));
            for (var i = 0; i < 60; i++) await context.SendAsync(lines);
            await context.SendAsync(RawAnswers.ChatEnd);
        });
        await using var gateway = await FailureTests.OneAsync(upstream, Bounds);
        using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m", stream: true));
        var text = await answer.TextAsync();
        text.Length.ShouldBeGreaterThan(3_000_000);
        text.ShouldEndWith("data: [DONE]\n\n");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task A_whole_answer_that_is_too_large_is_a_failure(string path)
    {
        var large = RawAnswers.ChatWhole.Replace("fine", new string('x', 3 << 20), StringComparison.Ordinal);
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, large));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using (var gateway = await FailureTests.TwoAsync(first, second, Bounds))
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("m"), path);
            answer.Header("x-dragoman-account").ShouldBe("two");
        }

        await using (var gateway = await FailureTests.OneAsync(first, Bounds))
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("m"), path);
            ((int)answer.StatusCode).ShouldBe(502);
            (await answer.TextAsync()).ShouldContain("limits.max-answer-mb");
            await Poll.UntilAsync(() => gateway.Memory.Used == 0);
        }
    }

    [Theory]
    [InlineData("/v1/responses", "\"content\":\"{0}\"")]
    [InlineData("/v1/responses", "\"reasoning_content\":\"{0}\"")]
    [InlineData("/v1/responses", "\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"function\":{\"name\":\"f\",\"arguments\":\"{0}\"}}]")]
    [InlineData("/v1/messages", "\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"function\":{\"name\":\"f\",\"arguments\":\"{0}\"}}]")]
    [InlineData("/v1beta/models/m:streamGenerateContent?alt=sse", "\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"function\":{\"name\":\"f\",\"arguments\":\"{0}\"}}]")]
    public async Task What_a_translated_stream_has_to_keep_is_bounded(string path, string content)
    {
        var delta = RawAnswers.ChatDelta.Replace("\"content\":\"fi\"", content.Replace("{0}", new string('x', 100_000), StringComparison.Ordinal), StringComparison.Ordinal);
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            while (!context.RequestAborted.IsCancellationRequested) await context.SendAsync(delta);
        });
        await using var gateway = await FailureTests.OneAsync(upstream, Bounds);
        using var answer = await FailureTests.PostAsync(gateway, Ask(path), path);
        (await answer.TextAsync()).ShouldContain("limits.max-answer-mb");
        await Poll.UntilAsync(() => gateway.Memory.Used == 0);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    [InlineData("/v1/responses")]
    [InlineData("/v1beta/models/m:generateContent")]
    public async Task Where_all_bodies_together_are_too_large_new_large_ones_are_refused_for_a_while(string path)
    {
        var release = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, n) =>
        {
            if (n == 1)
            {
                arrived.SetResult();
                await release.Task;
            }

            await context.SayAsync(200, RawAnswers.ChatWhole);
        });
        await using var gateway = await FailureTests.OneAsync(upstream, "limits: { max-memory-mb: 12 }\nrequest-retry: 0\n");
        var text = new string('x', 2 << 20);
        var held = FailureTests.PostAsync(gateway, Talk.Chat("m", text));
        await arrived.Task;
        using (var refused = await FailureTests.PostAsync(gateway, Body(path, new string('x', 9 << 20)), path))
        {
            // Messages has a status of its own for it.
            ((int)refused.StatusCode).ShouldBe(path == "/v1/messages" ? 529 : 503);
            refused.Header("retry-after").ShouldNotBeNull();
            (await refused.TextAsync()).ShouldContain("limits.max-memory-mb");
        }

        using (var small = await FailureTests.PostAsync(gateway, Body(path, "hi"), path)) ((int)small.StatusCode).ShouldBe(200);
        release.SetResult();
        using (var answer = await held) ((int)answer.StatusCode).ShouldBe(200);
        await Poll.UntilAsync(() => gateway.Memory.Used == 0);
        upstream.Calls.ShouldBe(2);
    }

    private static string Ask(string path) => Body(path, "hi", stream: true);

    private static string Body(string path, string text, bool stream = false) => path switch
    {
        "/v1/chat/completions" => Talk.Chat("m", text, stream),
        "/v1/messages" => Talk.Messages("m", text, stream),
        "/v1/responses" => Talk.Responses("m", text, stream),
        _ => Talk.Gemini(text),
    };

    /// <summary>Sends until the caller leaves, and a little less than would fill a test machine.</summary>
    private static async Task FloodAsync(HttpContext context, string flood)
    {
        if (!context.Response.HasStarted) await context.OpenStreamAsync();
        await context.SendAsync(flood switch { "comment" => ": ", "inside" => "data: {}\n", _ => "data: {\"x\":\"" });
        var piece = flood switch
        {
            "lines" => string.Concat(Enumerable.Repeat("\ndata: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1_000)),
            "inside" => string.Concat(Enumerable.Repeat(": xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", 1_000)),
            _ => new string('x', 64 * 1024),
        };
        for (var sent = 0; sent < 200 << 20; sent += piece.Length) await context.SendAsync(piece);
    }
}

using Dragoman.Server.Tests.ClientKeys;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>A stream that is open for long does not hold the request that it answers, where nothing borrows that.</summary>
public sealed class ReleasedBodyTests
{
    private static readonly string Long = string.Join(' ', Enumerable.Repeat("forty two words of a long prompt", 6_000));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_relayed_stream_gives_its_request_back_and_is_booked_as_if_it_had_not(bool emitted)
    {
        var goOn = new TaskCompletionSource();
        await using var rig = await KeyFixture.StartAsync((context, number) => number == 1 ? context.SayAsync(200, KeyFixture.Whole.Replace(",\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}", "", StringComparison.Ordinal)) : AnswerAsync(context, goOn.Task, emitted));
        var (_, key) = await rig.MakeAsync("one");
        (await rig.StatusAsync(key, Talk.Chat("m", Long))).ShouldBe(200);

        using var answer = await rig.AskAsync(key, Talk.Chat("m", Long, stream: true));
        await using var stream = await answer.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).ShouldNotBeNull().ShouldContain("\"fi\"");
        await Poll.UntilAsync(() => rig.Gateway.Memory.Used == 0);
        goOn.SetResult();
        (await reader.ReadToEndAsync()).ShouldContain("[DONE]");

        // Newest first: the stream, and the same prompt whole, whose body was there to its end.
        var entries = await rig.EntriesAsync(2);
        var counted = entries[1]!["input_tokens"]!.GetValue<long>();
        counted.ShouldBeGreaterThan(10_000);
        entries[0]!["input_tokens"]!.GetValue<long>().ShouldBe(emitted ? 77 : counted);
    }

    [Fact]
    public async Task A_translated_stream_keeps_what_it_borrows()
    {
        var goOn = new TaskCompletionSource();
        await using var rig = await KeyFixture.StartAsync((context, _) => AnswerAsync(context, goOn.Task, emitted: false));
        var (_, key) = await rig.MakeAsync("one");
        using var answer = await rig.AskAsync(key, Talk.Messages("m", Long, stream: true), "/v1/messages");
        await using var stream = await answer.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);
        while ((await reader.ReadLineAsync()).ShouldNotBeNull() is var line && !line.Contains("\"fi\"", StringComparison.Ordinal))
        {
        }

        rig.Gateway.Memory.Used.ShouldBeGreaterThan(Long.Length);
        goOn.SetResult();
        (await reader.ReadToEndAsync()).ShouldContain("message_stop");
        await Poll.UntilAsync(() => rig.Gateway.Memory.Used == 0);
        (await rig.EntriesAsync(1))[0]!["input_tokens"]!.GetValue<long>().ShouldBeGreaterThan(10_000);
    }

    private static async Task AnswerAsync(HttpContext context, Task goOn, bool emitted)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(RawAnswers.ChatDelta);
        await context.Response.Body.FlushAsync();
        await goOn;
        const string Usage = "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":77,\"completion_tokens\":5,\"total_tokens\":82}}\n\n";
        await context.Response.WriteAsync(emitted ? RawAnswers.ChatEnd.Replace("data: [DONE]", Usage + "data: [DONE]", StringComparison.Ordinal) : RawAnswers.ChatEnd);
    }
}

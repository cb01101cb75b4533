using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>Tool calls in Chat streams that are passed on: one that is torn is told as an error, and whatever servers do with whole ones passes as it is.</summary>
public sealed class PassedCallsTests
{
    private const string Done = "data: [DONE]\n\n";

    [Theory]
    [InlineData("tool_calls", "a new id", false)]
    [InlineData("tool_calls", "", false)]
    [InlineData("stop", "", false)]
    [InlineData("function_call", "", false)]
    [InlineData("some_new_reason", "", false)]
    [InlineData("length", "", true)]
    [InlineData("content_filter", "", true)]
    public async Task A_call_that_is_torn_is_an_error_unless_the_reason_says_that_it_was_cut(string reason, string how, bool passes)
    {
        var begin = FourProtocols.Begin("chat", "so") + Call(0, 0, "a", "rm", "{\\\"path\\\":\\\"/t") + Call(0, 0, "", "", "mp");
        if (how.Length > 0) begin += Call(0, 0, "b", "ls", "{}");
        var (text, sent) = await StreamAsync(begin, End(0, reason) + Done);
        if (passes)
        {
            text.ShouldBe(sent);
            return;
        }

        text.ShouldStartWith(begin);
        text.ShouldNotContain("[DONE]");
        text.ShouldNotContain($"\"finish_reason\":\"{reason}\"");
        text[begin.Length..].ShouldStartWith("data: {\"error\":{");
        text.ShouldContain("upstream_torn_tool_call");
    }

    [Fact]
    public async Task The_one_call_of_the_languages_beginnings_is_torn_alike()
    {
        static string Piece(string arguments) => $"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"function_call\":{{\"name\":\"rm\",\"arguments\":\"{arguments}\"}}}},\"finish_reason\":null}}]}}\n\n";
        var begin = FourProtocols.Begin("chat", "so") + Piece("{\\\"path\\\":");
        (await StreamAsync(begin, End(0, "function_call") + Done)).Text[begin.Length..].ShouldContain("upstream_torn_tool_call");
        var (text, sent) = await StreamAsync(begin, Piece("1}") + End(0, "function_call") + Done);
        text.ShouldBe(sent);
    }

    public static TheoryData<string> Whole =>
    [
        // In pieces, with braces and quotes in strings.
        Call(0, 0, "a", "f", "") + Call(0, 0, "", "", "{\\\"x\\\":\\\"}\\\\\\\"{") + Call(0, 0, "", "", "\\\"}") + End(0, "tool_calls"),
        // Every call whole and all of one number.
        Call(0, 0, "a", "f", "{}") + Call(0, 0, "b", "g", "{\\\"y\\\":[1]}") + End(0, "tool_calls"),
        // The id in every piece.
        Call(0, 0, "a", "f", "{\\\"x\\\":") + Call(0, 0, "a", "", "1}") + End(0, "tool_calls"),
        // Several at once, in turns.
        Call(0, 0, "a", "f", "{\\\"x\\\":") + Call(0, 1, "b", "g", "{\\\"y\\\":") + Call(0, 0, "", "", "1}") + Call(0, 1, "", "", "2}") + End(0, "tool_calls"),
        // Two answers: one ends while the other is in the middle of a call.
        Call(0, 0, "a", "f", "{\\\"x\\\":1}") + Call(1, 0, "b", "f", "{\\\"x\\\":") + End(0, "tool_calls") + Call(1, 0, "", "", "1}") + End(1, "tool_calls"),
        // No arguments, and arguments that are no object.
        Call(0, 0, "a", "f", "") + Call(0, 1, "b", "g", "null") + Call(0, 2, "c", "h", "[") + Call(0, 2, "", "", "]") + End(0, "stop"),
        // A custom tool's input is free text.
        """data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":"{ \"half"}}]},"index":0}]}""" + "\n\n" + End(0, "tool_calls"),
    ];

    [Theory, MemberData(nameof(Whole))]
    public async Task Whole_calls_pass_as_they_are(string calls)
    {
        var (text, sent) = await StreamAsync(FourProtocols.Begin("chat", "so"), calls + Done);
        text.ShouldBe(sent);
    }

    [Fact]
    public async Task Torn_before_anything_was_said_another_account_answers()
    {
        var torn = Call(0, 0, "a", "rm", "{\\\"path\\\":").Replace("\"finish_reason\":null", "\"finish_reason\":\"tool_calls\"", StringComparison.Ordinal) + Done;
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, torn, "text/event-stream"));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, FourProtocols.Begin("chat", "well") + FourProtocols.End("chat"), "text/event-stream"));
        await using var gateway = await FourProtocols.StartAsync("chat", "", first, second);
        using var answer = await FailureTests.PostAsync(gateway, FourProtocols.Request("chat", true), FourProtocols.Path("chat", true));
        (await answer.TextAsync()).ShouldContain("well");
        answer.Header("x-dragoman-account").ShouldBe("two");
    }

    private static string Call(int choice, int index, string id, string name, string arguments)
        => $"data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index},\"id\":\"{id}\",\"type\":\"function\",\"function\":{{\"name\":\"{name}\",\"arguments\":\"{arguments}\"}}}}]}},\"finish_reason\":null,\"index\":{choice}}}]}}\n\n";

    private static string End(int choice, string reason)
        => $"data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":{choice},\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n";

    private static async Task<(string Text, string Sent)> StreamAsync(string begin, string rest)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var begun = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(begin);
            await begun.Task;
            await context.SendAsync(rest);
        });
        await using var gateway = await FourProtocols.StartAsync("chat", "", upstream);
        await using var reader = await PieceClient.PostAsync(gateway.Address, FourProtocols.Path("chat", true), FourProtocols.Request("chat", true), limit.Token);
        var first = await reader.NextAsync(limit.Token);
        begun.SetResult();
        return (first + string.Concat(await reader.RestAsync(limit.Token)), begin + rest);
    }
}

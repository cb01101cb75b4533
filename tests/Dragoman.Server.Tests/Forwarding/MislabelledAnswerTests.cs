using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>What an upstream's answer is shows in its bytes: a label that says otherwise, or none, changes nothing.</summary>
public sealed class MislabelledAnswerTests
{
    public static MatrixTheoryData<string, string, bool, bool> Labels => new(
        ["/v1/chat/completions", "/v1/messages", "/v1/responses"],
        ["text/html", "text/html; charset=utf-8", "application/xhtml+xml", "text/plain", "application/octet-stream", ""],
        [false, true],
        [false, true]);

    [Theory, MemberData(nameof(Labels))]
    public async Task An_answer_counts_whatever_its_label_says(string path, string label, bool wanted, bool sent)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, sent ? RawAnswers.ChatDelta + RawAnswers.ChatEnd : RawAnswers.ChatWhole, label));
        await using var gateway = await FailureTests.OneAsync(upstream, "request-retry: 0\n");
        using var answer = await FailureTests.PostAsync(gateway, path == "/v1/responses" ? Talk.Responses("m", stream: wanted) : Talk.Messages("m", stream: wanted), path);
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("content-type").ShouldBe(wanted ? "text/event-stream" : "application/json");
        var text = await answer.TextAsync();
        if (!wanted) JsonNode.Parse(text).ShouldNotBeNull();
        text.ShouldContain(wanted && sent ? "\"fi\"" : "fine");
    }

    [Theory]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    public async Task A_page_is_no_answer_under_any_label(string path, bool stream)
    {
        foreach (var label in (string[])["text/html", "application/json", "text/event-stream", ""])
        {
            await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, "\n <!doctype html><html><body>Please log in</body></html>", label));
            await using var gateway = await FailureTests.OneAsync(upstream, "request-retry: 0\n");
            using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("m", stream: stream), path);
            ((int)answer.StatusCode).ShouldBe(502, label);
            var message = (await answer.JsonAsync())["error"]!["message"]!.GetValue<string>();
            message.ShouldContain("web page");
            message.ShouldContain("base-url");
        }
    }

    [Fact]
    public async Task A_refusal_in_json_passes_under_a_pages_label_and_plain_words_do_not()
    {
        const string refusal = """{"error":{"message":"Invalid value: 'x'.","type":"invalid_request_error","param":"messages","code":"invalid_value"}}""";
        await using var upstream = await RawUpstream.StartAsync((context, n) => context.SayAsync(400, n == 1 ? refusal : "You shall not pass.", n == 1 ? "text/html" : "application/json"));
        await using var gateway = await FailureTests.OneAsync(upstream, "request-retry: 0\n");
        using var json = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
        ((int)json.StatusCode).ShouldBe(400);
        (await json.TextAsync()).ShouldBe(refusal);
        using var words = await FailureTests.PostAsync(gateway, Talk.Chat("m", "other"));
        ((int)words.StatusCode).ShouldBe(400);
        (await words.JsonAsync())["error"]!["message"]!.GetValue<string>().ShouldContain("You shall not pass.");
    }
}

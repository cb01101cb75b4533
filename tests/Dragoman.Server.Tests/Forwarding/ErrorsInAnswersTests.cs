using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>
/// Errors that come where an answer should be: in a 200, in an event, outside any event, or under a wrong label. Before any content the next account
/// answers; behind content the client is told in its own language.
/// </summary>
public sealed class ErrorsInAnswersTests
{
    private static readonly string Padding = new('x', 100_000);

    private static readonly (string Language, string Body, int Status)[] Bodies =
    [
        ("chat", """{"error":{"message":"Busy now.","code":429}}""", 429),
        ("chat", """{"id":"c1","object":"chat.completion","pad":"PADDING","choices":[],"error":{"message":"Busy now.","code":429}}""", 429),
        ("chat", """{"error":{"message":"Busy now.","code":"429"}}""", 429),
        ("chat", """{"error":"Busy now."}""", 502),
        ("chat", """[{"error":{"code":429,"message":"Busy now.","status":"RESOURCE_EXHAUSTED"}}]""", 429),
        ("chat", """{"object":"error","message":"Busy now.","type":"BadRequestError","code":429}""", 429),
        ("chat", """{"detail":"Busy now."}""", 502),
        ("chat", """{"id":"c1","object":"chat.completion","choices":[],"usage":{"prompt_tokens":1}}""", 502),
        ("chat", """{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"error"}]}""", 502),
        ("chat", """{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"error","error":{"code":429,"message":"Busy now."}}]}""", 429),
        ("messages", """{"type":"error","error":{"type":"rate_limit_error","message":"Busy now."}}""", 429),
        ("messages", """{"id":"msg_1","type":"message","content":[],"pad":"PADDING","error":{"code":429,"message":"Busy now."}}""", 429),
        ("messages", """{"object":"error","message":"Busy now.","code":429}""", 429),
        ("messages", """{"detail":"Busy now."}""", 502),
        ("responses", """{"error":{"message":"Busy now.","code":429}}""", 429),
        ("responses", """{"id":"resp_1","object":"response","status":"completed","output":[],"pad":"PADDING","error":{"code":"rate_limit_exceeded","message":"Busy now."}}""", 429),
        ("responses", """{"object":"error","message":"Busy now.","code":429}""", 429),
        ("responses", """{"detail":"Busy now."}""", 502),
        ("gemini", """{"error":{"code":429,"message":"Busy now.","status":"RESOURCE_EXHAUSTED"}}""", 429),
        ("gemini", """[{"error":{"code":429,"message":"Busy now.","status":"RESOURCE_EXHAUSTED"}}]""", 429),
        ("gemini", """{"code":429,"message":"Busy now.","status":"RESOURCE_EXHAUSTED"}""", 429),
        ("gemini", """{"usageMetadata":{"promptTokenCount":3},"pad":"PADDING","error":{"message":"Busy now.","status":"RESOURCE_EXHAUSTED"}}""", 429),
        ("gemini", """{"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3},"modelVersion":"m"}""", 502),
        ("gemini", """{"candidates":[{"content":{"role":"model"},"finishReason":"MALFORMED_FUNCTION_CALL","index":0}]}""", 502),
        ("gemini", """{"candidates":[{"finishReason":"NO_IMAGE","index":0}]}""", 502),
    ];

    public static TheoryData<string, string, int, bool> Errors()
    {
        var data = new TheoryData<string, string, int, bool>();
        for (var index = 0; index < Bodies.Length; index++)
        {
            foreach (var client in (string[])[Bodies[index].Language, Bodies[index].Language == "messages" ? "gemini" : "messages"])
            {
                data.Add(Bodies[index].Language, client, index, false);
                data.Add(Bodies[index].Language, client, index, true);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Errors))]
    public async Task In_a_200_another_account_answers_or_the_client_hears_it(string upstreamProtocol, string client, int body, bool stream)
    {
        var (_, text, status) = Bodies[body];
        text = text.Replace("PADDING", Padding, StringComparison.Ordinal);
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, text));
        await using var second = await RawUpstream.StartAsync((context, _) => stream
            ? context.SayAsync(200, FourProtocols.Begin(upstreamProtocol, "well") + FourProtocols.End(upstreamProtocol), "text/event-stream")
            : context.SayAsync(200, FourProtocols.Whole(upstreamProtocol, "well")));
        await using var both = await FourProtocols.StartAsync(upstreamProtocol, "", first, second);
        using (var answer = await FailureTests.PostAsync(both, FourProtocols.Request(client, stream), FourProtocols.Path(client, stream)))
        {
            ((int)answer.StatusCode).ShouldBe(200);
            (await answer.TextAsync()).ShouldContain("well");
            answer.Header("x-dragoman-account").ShouldBe("two");
        }

        await using var alone = await FourProtocols.StartAsync(upstreamProtocol, "", first);
        using (var answer = await FailureTests.PostAsync(alone, FourProtocols.Request(client, stream), FourProtocols.Path(client, stream)))
        {
            ((int)answer.StatusCode).ShouldBe(status);
            var told = await answer.TextAsync();
            if (text.Contains("Busy now.", StringComparison.Ordinal)) told.ShouldContain("Busy now.");
            told.ShouldContain("\"error\"");
        }
    }

    public static TheoryData<string, string, string> Middle()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var upstream in FourProtocols.All)
        {
            foreach (var client in (string[])[upstream, upstream == "messages" ? "gemini" : "messages"])
            {
                foreach (var text in (string[])
                [
                    "data: {\"error\":{\"message\":\"Busy now.\",\"code\":429}}\n\n",
                    "data: {\"error\":\"Busy now.\"}\n\n",
                    "data: {\"object\":\"error\",\"message\":\"Busy now.\",\"code\":429}\n\n",
                    "data: {\"detail\":\"Busy now.\"}\n\n",
                    "event: error\ndata: {\"message\":\"Busy now.\",\"code\":429}\n\n",
                    "{\n  \"error\": {\n    \"code\": 429,\n    \"message\": \"Busy now.\",\n    \"status\": \"RESOURCE_EXHAUSTED\"\n  }\n}\n",
                    "[{\r\n  \"error\": {\r\n    \"code\": 429,\r\n    \"message\": \"Busy now.\"\r\n  }\r\n}\r\n]",
                    "{\"error\":{\"message\":\"Busy now.\"}}",
                ]) data.Add(upstream, client, text);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Middle))]
    public async Task In_the_middle_of_a_stream_the_client_is_told_in_its_own_language(string upstreamProtocol, string client, string told)
    {
        var text = await ReadAsync(upstreamProtocol, client, told + FourProtocols.End(upstreamProtocol));
        text.ShouldContain("half");
        text.ShouldNotContain(FourProtocols.EndMark(client), Case.Sensitive, text);
        var last = text[(text.TrimEnd('\n').LastIndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        last.ShouldContain("Busy now.");
        var node = JsonNode.Parse(last[last.IndexOf('{', StringComparison.Ordinal)..])!;
        switch (client)
        {
            case "chat":
                last.ShouldStartWith("data: ");
                node["error"].ShouldNotBeNull();
                break;
            case "messages":
                last.ShouldStartWith("event: error\ndata: ");
                node["type"]!.GetValue<string>().ShouldBe("error");
                node["error"]!["message"]!.GetValue<string>().ShouldBe("Busy now.");
                break;
            case "responses":
                if (!last.StartsWith("event: error\n", StringComparison.Ordinal)) node["response"]!["error"]!["message"]!.GetValue<string>().ShouldBe("Busy now.");
                break;
            default:
                last.ShouldStartWith("{\"error\":{");
                node["error"]!["code"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(400);
                break;
        }
    }

    /// <summary>What a client reads of a stream whose first word it had before the rest was sent.</summary>
    private static async Task<string> ReadAsync(string upstreamProtocol, string client, string rest)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var begun = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(FourProtocols.Begin(upstreamProtocol, "half"));
            await begun.Task;
            await context.SendAsync(rest);
        });
        await using var gateway = await FourProtocols.StartAsync(upstreamProtocol, "", upstream);
        await using var reader = await PieceClient.PostAsync(gateway.Address, FourProtocols.Path(client, true), FourProtocols.Request(client, true), limit.Token);
        var first = await reader.NextAsync(limit.Token);
        begun.SetResult();
        return first + string.Concat(await reader.RestAsync(limit.Token));
    }

    [Theory]
    [InlineData("chat", "chat")]
    [InlineData("chat", "messages")]
    public async Task A_finish_reason_that_is_an_error_is_told_as_one(string upstreamProtocol, string client)
    {
        foreach (var choice in (string[])
        [
            "{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}",
            "{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\",\"error\":{\"code\":429,\"message\":\"Busy now.\"}}",
            "{\"index\":0,\"delta\":{},\"finish_reason\":\"insufficient_system_resource\"}",
        ])
        {
            var end = $"data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{choice}]}}\n\ndata: [DONE]\n\n";
            var text = await ReadAsync(upstreamProtocol, client, end);
            text.ShouldContain("half");
            text.ShouldNotContain(FourProtocols.EndMark(client));
            text.ShouldContain("\"error\":{");
            if (choice.Contains("Busy", StringComparison.Ordinal)) text.ShouldContain("Busy now.");
        }
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    public async Task Done_without_a_reason_is_no_end(string client)
    {
        var text = await ReadAsync("chat", client, "data: [DONE]\n\n");
        text.ShouldContain("half");
        text.ShouldNotContain(FourProtocols.EndMark(client));
        text.ShouldContain("\"error\":{");
    }

    public static TheoryData<string, string, string> Labels()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var upstream in FourProtocols.All)
        {
            foreach (var client in (string[])[upstream, upstream == "messages" ? "gemini" : "messages"])
            {
                foreach (var label in (string[])["application/json", "text/event-stream", "Text/Event-Stream; Charset=UTF-8", "APPLICATION/JSON", "text/plain", ""]) data.Add(upstream, client, label);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Labels))]
    public async Task A_body_is_what_it_is_and_not_what_its_label_says(string upstreamProtocol, string client, string label)
    {
        var events = false;
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, events ? FourProtocols.Begin(upstreamProtocol, "well") + FourProtocols.End(upstreamProtocol) : FourProtocols.Whole(upstreamProtocol, "well"), label));
        await using var gateway = await FourProtocols.StartAsync(upstreamProtocol, "", upstream);
        foreach (var saysEvents in (bool[])[false, true])
        {
            events = saysEvents;
            foreach (var stream in (bool[])[false, true])
            {
                using var answer = await FailureTests.PostAsync(gateway, FourProtocols.Request(client, stream), FourProtocols.Path(client, stream));
                var text = await answer.TextAsync();
                ((int)answer.StatusCode).ShouldBe(200, text);
                text.ShouldContain("well");
                answer.Content.Headers.ContentType!.MediaType.ShouldBe(stream ? "text/event-stream" : "application/json", StringCompareShould.IgnoreCase);
                if (stream) text.ShouldContain(FourProtocols.EndMark(client));
                else JsonNode.Parse(text).ShouldNotBeNull();
            }
        }
    }
}

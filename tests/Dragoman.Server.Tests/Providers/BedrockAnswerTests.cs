using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Providers;

/// <summary>What clients are told of what Bedrock says: the acceptance checks of wire/kiro-and-bedrock.md §F.4 (B…) on answers.</summary>
[Trait("speed", "fast")]
public sealed class BedrockAnswerTests(BedrockFixture stage) : IClassFixture<BedrockFixture>
{
    private const string Chat = "/v1/chat/completions";
    private const string Messages = "/v1/messages";

    /// <summary>The sample stream of §D.4.</summary>
    private static readonly string[] Sample =
    [
        """{"messageStart":{"role":"assistant","p":"abc"}}""",
        """{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Let me"}}}}""",
        """{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"EqQB"}}}}""",
        """{"contentBlockStop":{"contentBlockIndex":0}}""",
        """{"contentBlockDelta":{"contentBlockIndex":1,"delta":{"text":"Hello"}}}""",
        """{"contentBlockStop":{"contentBlockIndex":1}}""",
        """{"contentBlockStart":{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"tooluse_x1","name":"ls"}}}}""",
        """{"contentBlockDelta":{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"path\":"}}}}""",
        """{"contentBlockDelta":{"contentBlockIndex":2,"delta":{"toolUse":{"input":"\".\"}"}}}}""",
        """{"contentBlockStop":{"contentBlockIndex":2}}""",
        """{"messageStop":{"stopReason":"tool_use","additionalModelResponseFields":{"delta":{"stop_sequence":null}}}}""",
        """{"metadata":{"usage":{"inputTokens":12,"outputTokens":30,"totalTokens":42},"metrics":{"latencyMs":900}}}""",
    ];

    [Fact]
    [Trait("check", "bedrock B21")]
    public async Task The_sample_stream_reaches_a_chat_client()
    {
        stage.Says(Sample);
        var chunks = await ChunksAsync(Talk.Chat("nova", stream: true, more: ""","stream_options":{"include_usage":true},"reasoning_effort":"low","tools":[{"type":"function","function":{"name":"ls"}}]"""));
        Delta(chunks[0], "role").ShouldBe("assistant");
        string.Concat(chunks.Select(chunk => Delta(chunk, "reasoning_content"))).ShouldBe("Let me");
        string.Concat(chunks.Select(chunk => Delta(chunk, "content"))).ShouldBe("Hello");
        var calls = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).SelectMany(choice => choice!["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        calls.ShouldAllBe(call => call!["index"]!.GetValue<int>() == 0);
        calls[0]!["id"]!.GetValue<string>().ShouldBe("tooluse_x1");
        string.Concat(calls.Select(call => call!["function"]!["arguments"]?.GetValue<string>())).ShouldBe("""{"path":"."}""");
        chunks[^2]["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("tool_calls");
        var usage = chunks[^1]["usage"]!;
        (usage["prompt_tokens"]!.GetValue<int>(), usage["completion_tokens"]!.GetValue<int>(), usage["total_tokens"]!.GetValue<int>()).ShouldBe((12, 30, 42));
    }

    [Fact]
    [Trait("check", "bedrock B22")]
    public async Task The_sample_stream_reaches_a_messages_client()
    {
        stage.Says(Sample);
        var (_, text, _) = await stage.PostAsync(Messages, Talk.Messages("nova", stream: true, more: ""","thinking":{"type":"enabled","budget_tokens":1024},"tools":[{"name":"ls","input_schema":{"type":"object"}}]"""));
        var events = Events(text);
        events.Where(item => item["type"]!.GetValue<string>() == "content_block_start").Select(item => $"{item["index"]} {item["content_block"]!["type"]}").ShouldBe(["0 thinking", "1 text", "2 tool_use"]);
        events.ShouldContain(item => item["type"]!.GetValue<string>() == "content_block_delta" && item["index"]!.GetValue<int>() == 0 && item["delta"]!["type"]!.GetValue<string>() == "signature_delta");
        events[^2]["usage"]!["output_tokens"]!.GetValue<int>().ShouldBe(30);
        events[^2]["delta"]!["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
        events[^1]["type"]!.GetValue<string>().ShouldBe("message_stop");
    }

    [Fact] // G94: a client that does not want to see the thinking gets its signature all the same.
    public async Task Thinking_that_is_omitted_keeps_its_signature()
    {
        stage.Says(Sample);
        var (_, text, _) = await stage.PostAsync(Messages, Talk.Messages("nova", stream: true, more: ""","thinking":{"type":"enabled","budget_tokens":1024,"display":"omitted"},"tools":[{"name":"ls","input_schema":{"type":"object"}}]"""));
        text.ShouldNotContain("Let me");
        text.ShouldContain("signature_delta");
    }

    [Fact]
    [Trait("check", "bedrock B23")]
    public async Task A_call_without_any_delta_passes_an_empty_object()
    {
        stage.Says([.. Sample.Where(frame => !frame.Contains("\"input\"", StringComparison.Ordinal))]);
        var chunks = await ChunksAsync(Talk.Chat("nova", stream: true, more: ""","tools":[{"type":"function","function":{"name":"ls"}}]"""));
        var calls = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).SelectMany(choice => choice!["delta"]!["tool_calls"]?.AsArray() ?? []);
        string.Concat(calls.Select(call => call!["function"]!["arguments"]?.GetValue<string>())).ShouldBe("{}");
    }

    [Theory]
    [Trait("check", "bedrock B24")]
    [InlineData(Chat)]
    [InlineData(Messages)]
    public async Task A_stream_cut_before_its_end_is_an_error(string path)
    {
        stage.Says(Sample[..6]);
        var (_, text, _) = await stage.PostAsync(path, path == Chat ? Talk.Chat("nova", stream: true) : Talk.Messages("nova", stream: true));
        text.ShouldContain("Hello");
        text.ShouldContain("\"error\"");
        text.ShouldNotContain("\"finish_reason\":\"stop\"");
        text.ShouldNotContain("[DONE]");
        text.ShouldNotContain("message_stop");
    }

    [Fact]
    [Trait("check", "bedrock B25")]
    [Trait("check", "bedrock B26")]
    public async Task Exceptions_are_a_status_before_the_first_word_and_an_event_after_it()
    {
        stage.Says("""{"throttlingException":{"message":"slow down"}}""");
        var (status, text, _) = await stage.PostAsync(Messages, Talk.Messages("nova", stream: true));
        status.ShouldBe(429);
        text.ShouldContain("slow down");
        stage.Says([.. Sample[..5], """{"validationException":{"message":"not like this"}}"""]);
        (status, text, _) = await stage.PostAsync(Messages, Talk.Messages("nova", stream: true));
        status.ShouldBe(200);
        text.ShouldContain("event: error\n");
        text.ShouldContain("not like this");
    }

    [Fact]
    [Trait("check", "bedrock B27")]
    public async Task The_caches_tokens_are_counted_in_each_languages_way()
    {
        const string body = """{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":12,"outputTokens":30,"totalTokens":1066,"cacheReadInputTokens":1024,"cacheWriteInputTokens":0}}""";
        stage.SaysWhole(body);
        var usage = JsonNode.Parse((await stage.PostAsync(Chat, Talk.Chat("nova"))).Text)!["usage"]!;
        (usage["prompt_tokens"]!.GetValue<int>(), usage["prompt_tokens_details"]!["cached_tokens"]!.GetValue<int>(), usage["total_tokens"]!.GetValue<int>()).ShouldBe((1036, 1024, 1066));
        stage.SaysWhole(body);
        usage = JsonNode.Parse((await stage.PostAsync(Messages, Talk.Messages("nova"))).Text)!["usage"]!;
        (usage["input_tokens"]!.GetValue<int>(), usage["cache_read_input_tokens"]!.GetValue<int>()).ShouldBe((12, 1024));
    }

    [Fact]
    [Trait("check", "bedrock B28")]
    public async Task A_guardrail_that_steps_in_is_told_as_a_filter()
    {
        const string body = """{"output":{"message":{"role":"assistant","content":[{"text":"No."}]}},"stopReason":"guardrail_intervened","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""";
        stage.SaysWhole(body);
        (await stage.PostAsync(Chat, Talk.Chat("nova"))).Text.ShouldContain("\"finish_reason\":\"content_filter\"");
        stage.SaysWhole(body);
        (await stage.PostAsync(Messages, Talk.Messages("nova"))).Text.ShouldContain("\"stop_reason\":\"refusal\"");
    }

    [Fact]
    [Trait("check", "bedrock B29")]
    public async Task Words_beside_a_call_are_kept()
    {
        stage.SaysWhole("""{"output":{"message":{"role":"assistant","content":[{"text":"Looking."},{"toolUse":{"toolUseId":"t1","name":"ls","input":{"path":"."}}}]}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""");
        var message = JsonNode.Parse((await stage.PostAsync(Chat, Talk.Chat("nova", more: ""","tools":[{"type":"function","function":{"name":"ls"}}]"""))).Text)!["choices"]![0]!["message"]!;
        message["content"]!.GetValue<string>().ShouldBe("Looking.");
        message["tool_calls"]![0]!["function"]!["arguments"]!.GetValue<string>().ShouldBe("""{"path":"."}""");
    }

    [Fact]
    [Trait("check", "bedrock B30")]
    public async Task Amazons_own_words_do_not_reach_a_messages_client()
    {
        string[] events =
        [
            """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"x","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}""",
            """{"type":"content_block_stop","index":0}""", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}""",
            """{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":1,"outputTokenCount":1,"invocationLatency":10,"firstByteLatency":5}}""",
        ];
        stage.Says([.. events.Select(json => $$$"""{"chunk":{"bytes":"{{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(json))}}}","p":"abcd"}}""")]);
        var (_, text, _) = await stage.PostAsync(Messages, Talk.Messages("invoke", stream: true));
        text.ShouldContain("event: ping\n");
        text.ShouldContain("Hi");
        text.ShouldNotContain("amazon-bedrock");
        Events(text)[^1].ToJsonString().ShouldBe("""{"type":"message_stop"}""");
    }

    [Fact]
    [Trait("check", "bedrock B44")]
    public async Task Twenty_streams_go_on_side_by_side()
    {
        // None is answered before all have come: one behind the other they would never be.
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await RawUpstream.StartAsync(async (context, number) =>
        {
            if (number == 20) all.SetResult();
            await all.Task.WaitAsync(TimeSpan.FromSeconds(20), context.RequestAborted);
            await context.SayAsync(200, """{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""");
        });
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"bedrock:\n  - {{ name: aws, region: us-east-1, endpoint: '{upstream.Address}', api-key: k, models: [ {{ name: 'amazon.nova-pro-v1:0', alias: nova }} ] }}\n",
            Port = 0,
            LogLevel = LogLevel.None,
        });
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FailureTests.PostAsync(gateway, Talk.Chat("nova", stream: true))));
        foreach (var answer in answers)
        {
            (await answer.TextAsync()).ShouldContain("[DONE]");
            answer.Dispose();
        }
    }

    [Fact]
    [Trait("check", "bedrock B40")]
    public async Task Four_minutes_of_silence_are_waited_through_and_five_are_not()
    {
        var clock = new ShiftedTimeProvider(TimeSpan.FromMinutes(1));
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await RawUpstream.StartAsync(async (context, number) =>
        {
            context.Response.ContentType = "application/vnd.amazon.eventstream";
            await SendAsync(Sample[..5]);
            if (number == 1) await goOn.Task.WaitAsync(context.RequestAborted);
            else await Task.Delay(Timeout.Infinite, context.RequestAborted);
            await SendAsync(Sample[5..]);

            async Task SendAsync(string[] frames)
            {
                foreach (var chunk in ScriptedReply.AwsEvents(frames).Chunks) await context.Response.Body.WriteAsync(chunk.Bytes, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        });
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"request-retry: 0\nbedrock:\n  - {{ name: aws, region: us-east-1, endpoint: '{upstream.Address}', api-key: k, models: [ {{ name: 'amazon.nova-pro-v1:0', alias: m }} ] }}\n",
            Port = 0,
            LogLevel = LogLevel.None,
            Time = clock,
        });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        foreach (var (minutes, end) in new[] { (4, "[DONE]"), (5, "\"error\"") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(Talk.Chat("m", stream: true), System.Text.Encoding.UTF8, "application/json") };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
            while (!(await reader.ReadLineAsync())!.Contains("Hello", StringComparison.Ordinal)) { }
            clock.Turn(TimeSpan.FromMinutes(minutes));
            goOn.TrySetResult();
            (await reader.ReadToEndAsync()).ShouldContain(end);
        }
    }

    private async Task<List<JsonNode>> ChunksAsync(string body)
    {
        var (status, text, _) = await stage.PostAsync(Chat, body);
        status.ShouldBe(200, text);
        text.ShouldEndWith("data: [DONE]\n\n");
        return [.. text.Split("\n\n").Where(item => item.StartsWith("data: {", StringComparison.Ordinal)).Select(item => JsonNode.Parse(item[6..])!)];
    }

    private static List<JsonNode> Events(string text)
        => [.. text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];

    private static string? Delta(JsonNode chunk, string name) => chunk["choices"] is JsonArray { Count: > 0 } choices ? choices[0]!["delta"]![name]?.GetValue<string>() : null;
}

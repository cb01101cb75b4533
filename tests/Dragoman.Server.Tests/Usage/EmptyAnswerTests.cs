using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Usage;

/// <summary>What the ledger says of answers without any content, and of attempts that failed and cost something all the same.</summary>
public sealed class EmptyAnswerTests
{
    public static TheoryData<string, string, bool> Lanes()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var upstream in FourProtocols.All)
        {
            foreach (var client in (string[])[upstream, upstream == "messages" ? "gemini" : "messages"])
            {
                data.Add(upstream, client, false);
                data.Add(upstream, client, true);
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Lanes))]
    public async Task What_says_nothing_and_names_no_usage_used_nothing(string upstreamProtocol, string client, bool stream)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => stream ? context.SayAsync(200, EmptyStream(upstreamProtocol), "text/event-stream") : context.SayAsync(200, EmptyWhole(upstreamProtocol)));
        await using var gateway = await FourProtocols.StartAsync(upstreamProtocol, "", upstream);
        using (var answer = await FailureTests.PostAsync(gateway, FourProtocols.Request(client, stream), FourProtocols.Path(client, stream))) await answer.TextAsync();
        var entry = await EntryAsync(gateway);
        entry["input_tokens"]!.GetValue<long>().ShouldBe(0, entry.ToJsonString());
        entry["output_tokens"]!.GetValue<long>().ShouldBe(0);
        entry["estimated"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Lanes))]
    public async Task What_fails_before_its_first_word_used_nothing(string upstreamProtocol, string client, bool stream)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => stream
            ? context.SayAsync(200, "data: {\"error\":{\"message\":\"Busy now.\",\"code\":429}}\n\n", "text/event-stream")
            : context.SayAsync(200, """{"error":{"message":"Busy now.","code":429}}"""));
        await using var gateway = await FourProtocols.StartAsync(upstreamProtocol, "", upstream);
        using (var answer = await FailureTests.PostAsync(gateway, FourProtocols.Request(client, stream), FourProtocols.Path(client, stream))) ((int)answer.StatusCode).ShouldBe(429);
        var entry = await EntryAsync(gateway);
        entry["failed"]!.GetValue<bool>().ShouldBeTrue();
        entry["input_tokens"]!.GetValue<long>().ShouldBe(0, entry.ToJsonString());
        entry["output_tokens"]!.GetValue<long>().ShouldBe(0);
        entry["estimated"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Lanes))]
    public async Task What_a_failed_attempt_says_that_it_used_is_booked_whoever_answers_then(string upstreamProtocol, string client, bool stream)
    {
        await using var first = await RawUpstream.StartAsync((context, _) => stream ? context.SayAsync(200, FailedStream(upstreamProtocol), "text/event-stream") : context.SayAsync(200, FailedWhole(upstreamProtocol)));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, FourProtocols.Whole(upstreamProtocol, "well")));
        await using (var alone = await FourProtocols.StartAsync(upstreamProtocol, "", first))
        {
            using (var answer = await FailureTests.PostAsync(alone, FourProtocols.Request(client, stream), FourProtocols.Path(client, stream))) ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(400);
            var entry = await EntryAsync(alone);
            entry["input_tokens"]!.GetValue<long>().ShouldBe(700, entry.ToJsonString());
            entry["failed"]!.GetValue<bool>().ShouldBeTrue();
            (await LabelAsync(alone, entry)).ShouldBe("one");
        }

        await using var both = await FourProtocols.StartAsync(upstreamProtocol, "", first, second);
        using (var answer = await FailureTests.PostAsync(both, FourProtocols.Request(client, stream), FourProtocols.Path(client, stream)))
        {
            answer.Header("x-dragoman-account").ShouldBe("two");
            (await answer.TextAsync()).ShouldContain("well");
        }

        var booked = await EntryAsync(both);
        booked["input_tokens"]!.GetValue<long>().ShouldBe(701, booked.ToJsonString());
        booked["output_tokens"]!.GetValue<long>().ShouldBe(1);
        booked["failed"]!.GetValue<bool>().ShouldBeFalse();
        (await LabelAsync(both, booked)).ShouldBe("two");
    }

    private static string EmptyWhole(string protocol) => protocol switch
    {
        "chat" => """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"stop"}]}""",
        "messages" => """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":"end_turn","stop_sequence":null}""",
        "responses" => """{"id":"resp_1","object":"response","created_at":1,"model":"m","status":"completed","error":null,"output":[]}""",
        _ => """{"candidates":[{"content":{"role":"model","parts":[]},"finishReason":"STOP","index":0}],"modelVersion":"m","responseId":"r"}""",
    };

    private static string EmptyStream(string protocol) => protocol switch
    {
        "chat" => "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n" + FourProtocols.End("chat"),
        "messages" => "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"m\",\"stop_reason\":null}}\n\n"
            + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        "responses" => "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"in_progress\",\"error\":null,\"output\":[]}}\n\n"
            + "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":1,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"completed\",\"error\":null,\"output\":[]}}\n\n",
        _ => "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[]},\"finishReason\":\"STOP\",\"index\":0}],\"modelVersion\":\"m\",\"responseId\":\"r\"}\n\n",
    };

    private static string FailedWhole(string protocol) => protocol switch
    {
        "chat" => """{"id":"c1","object":"chat.completion","choices":[],"usage":{"prompt_tokens":700,"completion_tokens":0,"total_tokens":700},"error":{"message":"Busy now.","code":429}}""",
        "messages" => """{"id":"msg_1","type":"message","content":[],"usage":{"input_tokens":700,"output_tokens":0},"error":{"code":429,"message":"Busy now."}}""",
        "responses" => """{"id":"resp_1","object":"response","status":"failed","output":[],"usage":{"input_tokens":700,"output_tokens":0,"total_tokens":700},"error":{"code":"rate_limit_exceeded","message":"Busy now."}}""",
        _ => """{"usageMetadata":{"promptTokenCount":700,"totalTokenCount":700},"modelVersion":"m","error":{"code":429,"message":"Busy now.","status":"RESOURCE_EXHAUSTED"}}""",
    };

    private static string FailedStream(string protocol) => protocol switch
    {
        "chat" => "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":700,\"completion_tokens\":0,\"total_tokens\":700}}\n\ndata: {\"error\":{\"message\":\"Busy now.\",\"code\":429}}\n\n",
        "messages" => "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"m\",\"stop_reason\":null,\"usage\":{\"input_tokens\":700,\"output_tokens\":0}}}\n\n"
            + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy now.\"}}\n\n",
        "responses" => "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"in_progress\",\"error\":null,\"output\":[]}}\n\n"
            + "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":1,\"response\":" + FailedWhole("responses") + "}\n\n",
        _ => "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[]},\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":700,\"totalTokenCount\":700},\"modelVersion\":\"m\"}\n\ndata: {\"error\":{\"code\":429,\"message\":\"Busy now.\",\"status\":\"RESOURCE_EXHAUSTED\"}}\n\n",
    };

    /// <summary>The label of the account that an entry is booked on, which it names by its id.</summary>
    private static async Task<string> LabelAsync(GatewayHost gateway, JsonNode entry)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var account = JsonNode.Parse(await http.GetStringAsync(new Uri($"/api/v1/accounts/{entry["account"]!.GetValue<string>()}", UriKind.Relative)))!;
        return account["label"]!.GetValue<string>();
    }

    /// <summary>The one entry: an answer is with its client a moment before it is booked.</summary>
    private static async Task<JsonNode> EntryAsync(GatewayHost gateway)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        while (true)
        {
            var entries = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/usage/entries", UriKind.Relative)))!["entries"]!.AsArray();
            entries.Count.ShouldBeLessThanOrEqualTo(1);
            if (entries.Count == 1) return entries[0]!;
            await Task.Delay(10);
        }
    }
}

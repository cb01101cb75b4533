using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>Bytes of the service in, bytes of the client out, through the whole gateway: what is told of an answer that goes wrong on the way (wire note, B.8, B.11 and F.3).</summary>
public sealed class KiroWireTests
{
    /// <summary>Example 1 of the wire note as printed there: the text «Hi».</summary>
    private static readonly byte[] Hi = Convert.FromHexString("0000007c0000005c3bddcf780b3a6576656e742d747970650700166173736973"
        + "74616e74526573706f6e73654576656e740d3a636f6e74656e742d74797065070010"
        + "6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74223a224869227db02babdc");

    /// <summary>Example 3: a throttlingException that says «slow down».</summary>
    private static readonly byte[] Throttled = Convert.FromHexString("0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e"
        + "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009"
        + "657863657074696f6e7b226d657373616765223a22736c6f7720646f776e227d832ee072");

    private static readonly byte[] Metered = Frame("""{"meteringEvent":{"usage":0.08,"unit":"credit"}}""");

    [Fact]
    [Trait("check", "kiro R2")]
    public async Task R2_a_frame_whose_checksum_is_wrong_is_an_error_to_the_client_and_nothing_that_was_said_is_lost()
    {
        var broken = Hi.ToArray();
        broken[^1] ^= 1;
        var go = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (http, _) =>
        {
            await StreamAsync(http, Hi);
            await go.Task.WaitAsync(http.RequestAborted);
            await StreamAsync(http, broken, Metered);
        });
        await using var gateway = await StartAsync(upstream);
        using var answer = await PostAsync(gateway, stream: true);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var text = await HeardAsync(lines);
        go.SetResult();
        var events = Events(text.Append(await lines.ReadToEndAsync(TestContext.Current.CancellationToken)).ToString());
        TextOf(events).ShouldBe("Hi");
        events[^1].Type.ShouldBe("error");
        events.ShouldNotContain(static item => item.Type == "message_stop" || item.Type == "message_delta");
    }

    [Fact]
    [Trait("check", "kiro R10")]
    public async Task R10_an_exception_before_any_event_is_a_status_or_another_account()
    {
        await using var throttled = await RawUpstream.StartAsync((http, _) => StreamAsync(http, Throttled));
        await using var well = await RawUpstream.StartAsync((http, _) => StreamAsync(http, Hi, Metered));
        await using (var gateway = await StartAsync(throttled))
        {
            using var answer = await PostAsync(gateway, stream: true);
            var text = await answer.Content.ReadAsStringAsync();
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.TooManyRequests, "application/json"), text);
            (JsonNode.Parse(text)!["error"]!["type"]!.GetValue<string>(), text.Contains("slow down", StringComparison.Ordinal)).ShouldBe(("rate_limit_error", true));
        }

        await using (var gateway = await StartAsync(throttled, well))
            TextOf(Events(await StreamedAsync(gateway))).ShouldBe("Hi");
    }

    [Fact]
    [Trait("check", "kiro R11")]
    public async Task R11_an_exception_after_words_is_an_error_in_the_stream_and_nobody_is_asked_again()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => StreamAsync(http, Hi, Throttled, Hi));
        await using var other = await RawUpstream.StartAsync((http, _) => StreamAsync(http, Hi, Metered));
        await using var gateway = await StartAsync(upstream, other);
        var events = Events(await StreamedAsync(gateway));
        TextOf(events).ShouldBe("Hi");
        (events[^1].Type, events[^1].Data["error"]!["message"]!.GetValue<string>()).ShouldBe(("error", "slow down"));
        events.ShouldNotContain(static item => item.Type == "message_stop");
        (upstream.Calls, other.Calls).ShouldBe((1, 0));
    }

    [Fact]
    [Trait("check", "kiro R25")]
    public async Task R25_a_body_that_is_malformed_is_not_tried_again_and_is_no_fault_of_the_account()
    {
        await using var upstream = await RawUpstream.StartAsync((http, n) => n == 1 ? http.SayAsync(400, """{"message":"Improperly formed request.","reason":null}""") : StreamAsync(http, Hi, Metered));
        await using var other = await RawUpstream.StartAsync((http, _) => StreamAsync(http, Hi, Metered));
        await using var gateway = await StartAsync(upstream, other);
        using (var refused = await PostAsync(gateway, stream: false))
            (refused.StatusCode, JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!["type"]!.GetValue<string>()).ShouldBe((HttpStatusCode.BadRequest, "invalid_request_error"));
        (upstream.Calls, other.Calls).ShouldBe((1, 0));
        (await StreamedAsync(gateway)).ShouldContain("\"Hi\"");
        (upstream.Calls, other.Calls).ShouldBe((2, 0), "the first in line still is");
    }

    [Fact]
    [Trait("check", "kiro R26")]
    public async Task R26_an_account_under_suspicion_rests_for_an_hour()
    {
        var time = new ManualTime();
        await using var upstream = await RawUpstream.StartAsync((http, n) => n == 1 ? http.SayAsync(429, """{"message":"We have detected suspicious activity on your account."}""") : StreamAsync(http, Hi, Metered));
        await using var other = await RawUpstream.StartAsync((http, _) => StreamAsync(http, Hi, Metered));
        await using var gateway = await StartAsync(time, upstream, other);
        (await StreamedAsync(gateway)).ShouldContain("\"Hi\"");
        (upstream.Calls, other.Calls).ShouldBe((1, 1));
        time.Advance(TimeSpan.FromMinutes(59));
        (await StreamedAsync(gateway)).ShouldContain("\"Hi\"");
        (upstream.Calls, other.Calls).ShouldBe((1, 2));
        time.Advance(TimeSpan.FromMinutes(2));
        (await StreamedAsync(gateway)).ShouldContain("\"Hi\"");
        upstream.Calls.ShouldBe(2);
    }

    [Fact]
    [Trait("check", "kiro R29")]
    public async Task R29_a_minute_of_silence_is_bridged_with_keep_alives()
    {
        var time = new ManualTime();
        var go = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (http, _) =>
        {
            await StreamAsync(http, Hi);
            await go.Task.WaitAsync(http.RequestAborted);
            await StreamAsync(http, Hi, Metered);
        });
        await using var gateway = await StartAsync(time, upstream);
        using var answer = await PostAsync(gateway, stream: true);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await HeardAsync(lines);
        var begun = time.GetUtcNow();
        var alive = 0;
        var next = lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        await time.UntilAsync(() =>
        {
            while (next.IsCompletedSuccessfully)
            {
                if (next.Result!.StartsWith(':')) alive++;
                next = lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
            }

            return time.GetUtcNow() - begun >= TimeSpan.FromSeconds(60) && alive >= 2;
        });
        alive.ShouldBeGreaterThanOrEqualTo(2);
        go.SetResult();
        (await next + "\n" + await lines.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("event: message_stop");
    }

    [Fact]
    [Trait("check", "kiro R30")]
    public async Task R30_the_service_is_left_when_the_client_leaves_and_the_record_says_so()
    {
        await using var upstream = await RawUpstream.StartAsync(async (http, _) =>
        {
            await StreamAsync(http, Hi);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        await using var gateway = await StartAsync(upstream);
        using (var answer = await PostAsync(gateway, stream: true))
        {
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            await HeardAsync(lines);
        }

        await upstream.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var flows = "";
        await Poll.UntilAsync(() => (flows = http.GetStringAsync("/api/v1/flows").GetAwaiter().GetResult()).Contains("\"status\":499", StringComparison.Ordinal));
        flows.ShouldContain("\"client_left\":true");
    }

    [Fact]
    [Trait("check", "kiro U25")]
    public async Task U25_a_key_that_is_refused_is_not_renewed()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions
            {
                ConfigText = $"request-retry: 0\nproviders: {{ kiro: {{ {KiroTesting.SettingsOf(vendor)} }} }}\nkiro: [ {{ name: a, api-key: ksk_1, base-url: '{vendor.Address}' }} ]\n",
                Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None,
            },
            TestContext.Current.CancellationToken);
        (await StreamedAsync(gateway)).ShouldContain("message_stop");
        vendor.Host.Requests.ShouldHaveSingleItem().Headers["tokentype"].ShouldBe("API_KEY");
        vendor.Host.Script.Add(ScriptedReply.Whole("""{"message":"The bearer token included in the request is invalid."}""", status: 403) with { Path = "generateAssistantResponse", Times = 0 });
        using var refused = await PostAsync(gateway, stream: true);
        refused.StatusCode.ShouldBe(HttpStatusCode.FailedDependency, "its owner has to give another key");
        vendor.Host.Requests.Select(static request => request.Target).Distinct().ShouldBe(["/generateAssistantResponse"], "nothing else was asked");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("check", "kiro R31")]
    public async Task R31_words_of_errors_in_an_answer_are_words(bool stream)
    {
        const string Words = "Your quota is fine: no rate limit, nothing suspended, too many requests is a status.";
        await using var upstream = await RawUpstream.StartAsync((http, _) => StreamAsync(http, Frame($$$"""{"assistantResponseEvent":{"content":"{{{Words}}}"}}"""), Metered));
        await using var gateway = await StartAsync(upstream);
        using var answer = await PostAsync(gateway, stream);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await answer.Content.ReadAsStringAsync();
        (stream ? TextOf(Events(text)) : JsonNode.Parse(text)!["content"]![0]!["text"]!.GetValue<string>()).ShouldBe(Words);
        upstream.Calls.ShouldBe(1);
    }

    [Fact]
    [Trait("check", "kiro R3")]
    [Trait("check", "kiro R32")]
    public async Task R3_R32_words_and_a_call_are_two_blocks_and_every_event_is_named()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => StreamAsync(http,
            Frame("""{"messageMetadataEvent":{"conversationId":"6f0c","utteranceId":"u1"}}"""), Frame("""{"assistantResponseEvent":{"content":"I will "}}"""), Frame("""{"assistantResponseEvent":{"content":"look."}}"""),
            Frame("""{"toolUseEvent":{"name":"ls","toolUseId":"tooluse_a1"}}"""), Frame("""{"toolUseEvent":{"name":"ls","toolUseId":"tooluse_a1","input":"{\"pa"}}"""),
            Frame("""{"toolUseEvent":{"name":"ls","toolUseId":"tooluse_a1","input":"th\":\".\"}"}}"""), Frame("""{"toolUseEvent":{"name":"ls","toolUseId":"tooluse_a1","stop":true}}"""),
            Frame("""{"contextUsageEvent":{"contextUsagePercentage":3.2}}"""), Metered));
        await using var gateway = await StartAsync(upstream);
        var events = Events(await StreamedAsync(gateway, ""","tools":[{"name":"ls","input_schema":{"type":"object"}}]"""));
        events.Where(static item => item.Type == "content_block_start").Select(static item => (item.Data["index"]!.GetValue<int>(), item.Data["content_block"]!["type"]!.GetValue<string>())).ShouldBe([(0, "text"), (1, "tool_use")]);
        TextOf(events).ShouldBe("I will look.");
        string.Concat(events.Where(static item => item.Data["delta"]?["type"]?.GetValue<string>() == "input_json_delta").Select(static item =>
        {
            item.Data["index"]!.GetValue<int>().ShouldBe(1);
            return item.Data["delta"]!["partial_json"]!.GetValue<string>();
        })).ShouldBe("""{"path":"."}""");
        events.Single(static item => item.Type == "message_delta").Data["delta"]!["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
        events[^1].Type.ShouldBe("message_stop");
    }

    [Fact]
    [Trait("check", "kiro R34")]
    public async Task R34_a_stop_word_over_two_events_ends_the_answer_and_the_service_is_left()
    {
        await using var upstream = await RawUpstream.StartAsync(async (http, _) =>
        {
            await StreamAsync(http, Frame("""{"assistantResponseEvent":{"content":"before EN"}}"""), Frame("""{"assistantResponseEvent":{"content":"D behind"}}"""));
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        await using var gateway = await StartAsync(upstream);
        var events = Events(await StreamedAsync(gateway, ""","stop_sequences":["END"]"""));
        TextOf(events).ShouldBe("before ");
        var delta = events.Single(static item => item.Type == "message_delta").Data["delta"]!;
        (delta["stop_reason"]!.GetValue<string>(), delta["stop_sequence"]!.GetValue<string>()).ShouldBe(("stop_sequence", "END"));
        await upstream.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    /// <summary>A frame made by the emulators' codec, which is not the gateway's.</summary>
    private static byte[] Frame(string json) => ScriptedReply.AwsEvents([json]).Chunks[0].Bytes.ToArray();

    /// <summary>Reads until the client has heard «Hi».</summary>
    private static async Task<StringBuilder> HeardAsync(StreamReader lines)
    {
        var text = new StringBuilder();
        while (!text.ToString().Contains("\"Hi\"", StringComparison.Ordinal)) text.AppendLine(await lines.ReadLineAsync(TestContext.Current.CancellationToken));
        return text;
    }

    private static async Task StreamAsync(HttpContext http, params byte[][] frames)
    {
        if (!http.Response.HasStarted) http.Response.ContentType = "application/vnd.amazon.eventstream";
        foreach (var frame in frames)
        {
            await http.Response.Body.WriteAsync(frame, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    private static Task<GatewayHost> StartAsync(params RawUpstream[] upstreams) => StartAsync(TimeProvider.System, upstreams);

    /// <summary>A gateway with an account for each upstream, asked in their order.</summary>
    private static Task<GatewayHost> StartAsync(TimeProvider time, params RawUpstream[] upstreams) => GatewayHost.StartAsync(
        new StartOptions
        {
            ConfigText = "request-retry: 0\nflows: { mode: metadata }\nkiro:\n" + string.Concat(upstreams.Select((upstream, i) => $"  - {{ name: a{i}, priority: {upstreams.Length - i}, access-token: tok-{i}, base-url: '{upstream.Address}' }}\n")),
            Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None, Time = time,
        },
        TestContext.Current.CancellationToken);

    private static async Task<HttpResponseMessage> PostAsync(GatewayHost gateway, bool stream, string more = "")
    {
        var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Content = new StringContent($$"""{"model":"claude-sonnet-4.5","max_tokens":9000,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"hi"}]{{more}}}""", Encoding.UTF8, "application/json"),
        };
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static async Task<string> StreamedAsync(GatewayHost gateway, string more = "")
    {
        using var answer = await PostAsync(gateway, stream: true, more);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The events of a stream; each has a line of its name before its data, with the same type (R32).</summary>
    private static List<(string Type, JsonNode Data)> Events(string stream)
    {
        var events = new List<(string, JsonNode)>();
        string? name = null;
        foreach (var line in stream.Split('\n'))
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var data = JsonNode.Parse(line[6..])!;
            name.ShouldBe(data["type"]!.GetValue<string>(), stream);
            events.Add((name!, data));
            name = null;
        }

        events.ShouldNotBeEmpty(stream);
        return events;
    }

    private static string TextOf(List<(string Type, JsonNode Data)> events)
        => string.Concat(events.Where(static item => item.Data["delta"]?["type"]?.GetValue<string>() == "text_delta").Select(static item => item.Data["delta"]!["text"]!.GetValue<string>()));
}

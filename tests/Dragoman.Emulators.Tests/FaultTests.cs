using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;

namespace Dragoman.Emulators.Tests;

public sealed class FaultTests
{
    private static string Body(string model, string text, bool stream = true) =>
        $$"""{"model":"{{model}}","max_tokens":500,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{text}}"}]}""";

    [Fact]
    public async Task A_status_fault_strikes_as_often_as_asked()
    {
        await using var emulator = await Emulator.StartAsync();
        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await emulator.Http.SendAsync(Emulator.Request("/v1/messages", Body("claude-x", "hi fault:status=529;retry-after=2;count=2", stream: false)));
            statuses.Add((int)answer.StatusCode);
            if (i == 0)
                answer.Headers.GetValues("retry-after").ShouldBe(["2"]);
        }

        statuses.ShouldBe([529, 529, 200]);
    }

    [Fact]
    public async Task Torn_bytes_are_the_same_bytes()
    {
        await using var emulator = await Emulator.StartAsync();
        var torn = await emulator.TextAsync("/v1/messages", Body("claude-x fault:tear", "say:hello"));
        Emulator.Events(torn)[^1]["type"]!.GetValue<string>().ShouldBe("message_stop");
    }

    [Theory]
    [InlineData("fault:error-in-stream=3", "event: error")]
    [InlineData("fault:garbage", "not json")]
    public async Task Streams_go_wrong_on_demand(string fault, string sign)
    {
        await using var emulator = await Emulator.StartAsync();
        (await emulator.TextAsync("/v1/messages", Body("claude-x", fault))).ShouldContain(sign);
    }

    [Fact]
    public async Task A_cut_connection_is_an_error_and_a_truncated_one_is_not()
    {
        await using var emulator = await Emulator.StartAsync();
        await Should.ThrowAsync<HttpRequestException>(() => emulator.TextAsync("/v1/messages", Body("claude-x", "fault:disconnect=200")));
        (await emulator.TextAsync("/v1/messages", Body("claude-x", "fault:truncate=2"))).ShouldNotContain("message_stop");
    }

    [Fact]
    public async Task A_client_that_leaves_a_stalled_stream_is_noticed()
    {
        await using var emulator = await Emulator.StartAsync();
        using (var answer = await emulator.Http.SendAsync(Emulator.Request("/v1/messages", Body("claude-x", "fault:stall=1")), HttpCompletionOption.ResponseHeadersRead))
        {
            var stream = await answer.Content.ReadAsStreamAsync();
            (await stream.ReadAsync(new byte[64])).ShouldBeGreaterThan(0);
        }

        for (var i = 0; i < 200 && !emulator.Host.Requests[0].Aborted; i++)
            await Task.Delay(10);
        emulator.Host.Requests[0].Aborted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_scripted_reply_is_sent_as_it_is_and_once()
    {
        await using var emulator = await Emulator.StartAsync();
        using var queued = await emulator.Http.PostAsync("/_emulator/script", new StringContent("""{"match":{"path":"/v1/messages"},"status":418,"contentType":"text/plain","headers":{"x-a":"b"},"body":"teapot"}"""));
        queued.IsSuccessStatusCode.ShouldBeTrue();
        using var answer = await emulator.Http.SendAsync(Emulator.Request("/v1/messages", "{}"));
        ((int)answer.StatusCode).ShouldBe(418);
        answer.Headers.GetValues("x-a").ShouldBe(["b"]);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("teapot");
        emulator.Host.Script.Count.ShouldBe(0);
        var log = JsonNode.Parse(await emulator.Http.GetStringAsync("/_emulator/requests"))!;
        log["requests"]![0]!["status"]!.GetValue<int>().ShouldBe(418);
    }

    [Fact]
    public async Task A_recording_is_framed_for_its_family()
    {
        await using var emulator = await Emulator.StartAsync();
        emulator.Host.Script.Add(ScriptedReply.AwsEvents(["""{"messageStart":{"role":"assistant"}}""", """{"messageStop":{"stopReason":"end_turn"}}"""]), ScriptedReply.Events(["""{"type":"ping"}"""], named: true));
        using var aws = await emulator.Http.SendAsync(Emulator.Request("/model/x/converse-stream", "{}"));
        AwsFrames.Read(await aws.Content.ReadAsByteArrayAsync()).Count.ShouldBe(2);
        (await emulator.TextAsync("/v1/messages", "{}")).ShouldBe("event: ping\ndata: {\"type\":\"ping\"}\n\n");
    }
}

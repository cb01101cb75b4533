using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>WebSocket mode: acceptance checks 58 to 63, and the rest of its rules.</summary>
public sealed class SocketTests
{
    private static object User(string text) => new { type = "message", role = "user", content = new[] { new { type = "input_text", text } } };

    [Theory]
    [InlineData(ResponsesFixture.Claude, "/v1/responses")]
    [InlineData(ResponsesFixture.Gpt, "/backend-api/codex/responses")]
    [Trait("check", "responses 58")]
    public async Task Frames_are_the_events_of_a_stream(string model, string path)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var streamed = await stage.StreamAsync(new { model, input = new[] { User("words:9") }, stream = true, store = false });
        using var socket = await Socket.OpenAsync(stage, path);
        await socket.SendAsync(new { type = "response.create", model, input = new[] { User("words:9") }, store = false });
        var frames = await socket.TurnAsync();
        frames.Select(frame => ResponsesFixture.Text(frame, "type")).ShouldBe(streamed.Select(data => ResponsesFixture.Text(data, "type")));
        ResponsesFixture.Said(frames[^1]["response"]!).ShouldBe(ResponsesFixture.Said(streamed[^1]["response"]!));
        stage.NothingRefused();
        await socket.CloseAsync();
    }

    [Theory]
    [InlineData(ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Gpt)]
    [Trait("check", "responses 59")]
    [Trait("check", "cliproxy 90")]
    public async Task Only_what_is_new_has_to_be_sent(string model)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var tools = new[] { new { type = "function", name = "weather", parameters = new { type = "object", properties = new { city = new { type = "string" } } } } };
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model, input = new[] { User("call:weather {\"city\":\"Rome\"}") }, tools, store = false });
        var first = (await socket.TurnAsync())[^1]["response"]!;
        var call = first["output"]!.AsArray().Single(item => ResponsesFixture.Text(item, "type") == "function_call")!;
        await socket.SendAsync(new
        {
            type = "response.create",
            model,
            tools,
            store = false,
            previous_response_id = ResponsesFixture.Text(first, "id"),
            input = new[] { new { type = "function_call_output", call_id = ResponsesFixture.Text(call, "call_id"), output = "sunny" } },
        });
        var second = (await socket.TurnAsync())[^1]["response"]!;
        ResponsesFixture.Said(second).ShouldContain("weather answered: sunny");
        stage.LastRequest().Text.ShouldContain("call:weather");
        await socket.SendAsync(new { type = "response.append", input = new[] { User("say:three") } });
        ResponsesFixture.Said((await socket.TurnAsync())[^1]["response"]!).ShouldBe("three");
        stage.LastRequest().Text.ShouldContain("sunny");
        stage.NothingRefused();
        // Nothing of it is stored for anyone else.
        (await stage.GetAsync($"/v1/responses/{ResponsesFixture.Text(first, "id")}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task What_is_stored_can_be_continued_on_either_way()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var one = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:alpha" });
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User("say:beta") }, previous_response_id = ResponsesFixture.Text(one, "id") });
        var two = (await socket.TurnAsync())[^1]["response"]!;
        stage.LastRequest().Text.ShouldContain("say:alpha");
        var three = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:gamma", previous_response_id = ResponsesFixture.Text(two, "id") });
        ResponsesFixture.Said(three).ShouldBe("gamma");
        foreach (var text in (string[])["say:alpha", "say:beta", "say:gamma"]) stage.LastRequest().Text.ShouldContain(text);
    }

    [Fact]
    [Trait("check", "responses 60")]
    [Trait("check", "cliproxy 89")]
    public async Task A_beginning_can_be_handed_in_without_an_answer()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, generate = false, input = new[] { User("say:early") }, instructions = "Be brief.", store = false });
        var frames = await socket.TurnAsync();
        frames.Select(frame => ResponsesFixture.Text(frame, "type")).ShouldBe(["response.created", "response.completed"]);
        frames.Select(frame => (int)frame["sequence_number"]!).ShouldBe([0, 1]);
        frames[1]["response"]!["output"]!.AsArray().ShouldBeEmpty();
        ((int)frames[1]["response"]!["usage"]!["total_tokens"]!).ShouldBe(0);
        stage.Upstream.Requests.ShouldBeEmpty();
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User("say:late") }, previous_response_id = ResponsesFixture.Text(frames[1], "response", "id"), store = false });
        ResponsesFixture.Said((await socket.TurnAsync())[^1]["response"]!).ShouldBe("late");
        stage.LastRequest().Text.ShouldContain("say:early");
        stage.NothingRefused();
    }

    [Fact]
    public async Task A_session_that_is_taken_up_again_keeps_the_beginning_that_was_handed_in()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        // As Codex CLI resumes: its rules first, without an answer; then everything that was said before, as if it were new.
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, generate = false, input = new[] { new { type = "message", role = "developer", content = "The rules." } }, store = false });
        var begun = ResponsesFixture.Text((await socket.TurnAsync())[1], "response", "id");
        var input = new[] { new { type = "message", role = "user", content = "say:One." }, new { type = "message", role = "assistant", content = "One." }, new { type = "message", role = "user", content = "say:Two." } };
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input, previous_response_id = begun, store = false });
        ResponsesFixture.Said((await socket.TurnAsync())[^1]["response"]!).ShouldBe("Two.");
        stage.LastRequest().Text.ShouldContain("The rules.");
        stage.LastRequest().Text.Split("say:One.").Length.ShouldBe(2);
        stage.NothingRefused();
    }

    [Fact]
    [Trait("check", "responses 61")]
    public async Task An_unknown_response_is_an_error_and_the_connection_stays_open()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Gpt, input = new[] { User("hi") }, previous_response_id = "resp_nobody", store = false });
        var error = (await socket.TurnAsync()).ShouldHaveSingleItem();
        ((int)error["status"]!).ShouldBe(400);
        ResponsesFixture.Text(error, "error", "type").ShouldBe("invalid_request_error");
        ResponsesFixture.Text(error, "error", "code").ShouldBe("previous_response_not_found");
        ResponsesFixture.Text(error, "error", "message").ShouldBe("Previous response with id 'resp_nobody' not found.");
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Gpt, input = new[] { User("say:still here") }, store = false });
        ResponsesFixture.Said((await socket.TurnAsync())[^1]["response"]!).ShouldBe("still here");
    }

    [Fact]
    [Trait("check", "responses 62")]
    public async Task It_can_be_switched_off()
    {
        await using var stage = await ResponsesFixture.OpenAsync("responses: { websocket: false }");
        var refused = await Should.ThrowAsync<WebSocketException>(() => Socket.OpenAsync(stage));
        refused.Message.ShouldContain("426");
        ResponsesFixture.Said(await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:over HTTP" })).ShouldBe("over HTTP");
    }

    [Theory]
    [InlineData("""{"type":"foo"}""", "unsupported websocket request type: foo")]
    [InlineData("""{"type":"response.create","input":[]}""", "missing model in response.create request")]
    [InlineData("""{"type":"response.append","input":[]}""", "websocket request received before response.create")]
    [InlineData("""{"type":"response.create","model":"claude-sonnet-4-5","previous_response_id":"resp_x","input":"text"}""", "websocket request requires array field: input")]
    [InlineData("""{"type":"response.create",""", "JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("""{"type":"response.create","model":"claude-sonnet-4-5","background":true,"input":[]}""", "background")]
    [InlineData("""{"type":"response.create","model":"claude-sonnet-4-5","stream_id":"a b","input":[]}""", "stream_id")]
    [Trait("check", "responses 63")]
    [Trait("check", "cliproxy 88")]
    public async Task Malformed_frames_are_told_in_words_that_clients_know(string frame, string words)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendTextAsync(frame);
        var error = (await socket.ReceiveAsync())!;
        ResponsesFixture.Text(error, "type").ShouldBe("error");
        ((int)error["status"]!).ShouldBe(400);
        ResponsesFixture.Text(error, "error", "message")!.ShouldContain(words);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User("say:still here") } });
        ResponsesFixture.Said((await socket.TurnAsync())[^1]["response"]!).ShouldBe("still here");
    }

    [Fact]
    public async Task Errors_of_the_upstream_have_their_status()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model = "no-such-model", input = new[] { User("hi") } });
        ((int)(await socket.TurnAsync())[^1]["status"]!).ShouldBe(404);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Gpt, input = new[] { User("fault:status=429;retry-after=7") } });
        var limited = (await socket.TurnAsync())[^1];
        ((int)limited["status"]!).ShouldBe(429, limited.ToJsonString());
        limited["error"]!["message"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData(ResponsesFixture.Claude, "error-in-stream=5")]
    [InlineData(ResponsesFixture.Gpt, "truncate=5")]
    public async Task A_turn_always_ends_with_a_frame_that_says_so(string model, string fault)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model, input = new[] { User(ResponsesFixture.Long(40, fault)) } });
        var last = (await socket.TurnAsync())[^1];
        ResponsesFixture.Text(last, "type").ShouldBeOneOf("response.failed", "error");
    }

    [Fact]
    public async Task Requests_wait_for_each_other_but_not_for_other_lanes()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, stream_id = "slow", input = new[] { User(ResponsesFixture.Long(20, "delay=400")) } });
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, stream_id = "slow", input = new[] { User("say:second") } });
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, stream_id = "quick", input = new[] { User("say:quick") } });
        var ends = new List<(string Lane, string Said)>();
        while (ends.Count < 3)
        {
            var frame = (await socket.ReceiveAsync())!;
            var mode = ResponsesFixture.Text(frame, "stream_id")!;
            if (ResponsesFixture.Text(frame, "type") == "response.completed") ends.Add((mode, ResponsesFixture.Said(frame["response"]!)));
        }

        ends.Select(end => end.Lane).ShouldBe(["quick", "slow", "slow"]);
        ends[1].Said.ShouldEndWith("word20");
        ends[2].Said.ShouldBe("second");
    }

    [Fact]
    public async Task The_door_is_that_of_every_request()
    {
        await using var open = await ResponsesFixture.OpenAsync();
        (await Should.ThrowAsync<WebSocketException>(() => Socket.OpenAsync(open, origin: "https://evil.example"))).Message.ShouldContain("403");
        (await open.SendAsync(HttpMethod.Get, "/v1/responses")).Status.ShouldBe(405);
        await using var keyed = await ResponsesFixture.OpenAsync("api-keys: [mine]");
        (await Should.ThrowAsync<WebSocketException>(() => Socket.OpenAsync(keyed, key: "wrong"))).Message.ShouldContain("401");
        using var socket = await Socket.OpenAsync(keyed, key: "mine");
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User("say:in") } });
        ResponsesFixture.Said((await socket.TurnAsync())[^1]["response"]!).ShouldBe("in");
    }

    [Fact]
    public async Task Frames_are_bounded()
    {
        await using var stage = await ResponsesFixture.OpenAsync("limits: { max-body-mb: 1 }");
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User("say:fits" + new string(' ', 500_000)) } });
        ResponsesFixture.Said((await socket.TurnAsync())[^1]["response"]!).ShouldStartWith("fits");
        try
        {
            await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User(new string('x', 1_200_000)) } });
        }
        catch (WebSocketException)
        {
            // The gateway may have closed while we were still sending.
        }

        (await socket.ReceiveAsync()).ShouldBeNull();
        socket.CloseStatus.ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_client_that_leaves_stops_its_turn()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using (var socket = await Socket.OpenAsync(stage))
        {
            await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User(ResponsesFixture.Long(40, "stall=6")) } });
            _ = await socket.ReceiveAsync();
        }

        await Poll.UntilAsync(() => stage.Gateway.OpenRequests == 0);
        stage.Gateway.OpenRequests.ShouldBe(0);
        await Poll.UntilAsync(() => stage.LastRequest().Aborted);
        stage.LastRequest().Aborted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stop_lets_a_turn_end_and_closes_idle_connections()
    {
        await using var stage = await ResponsesFixture.OpenAsync("drain-timeout-seconds: 20");
        using var idle = await Socket.OpenAsync(stage);
        using var busy = await Socket.OpenAsync(stage);
        await busy.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User(ResponsesFixture.Long(20, "pace=10")) } });
        _ = await busy.ReceiveAsync();
        var stop = stage.Gateway.StopAsync();
        (await idle.ReceiveAsync()).ShouldBeNull();
        idle.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        ResponsesFixture.Text((await busy.TurnAsync())[^1], "type").ShouldBe("response.completed");
        (await busy.ReceiveAsync()).ShouldBeNull();
        await stop;
    }

    [Fact]
    public async Task After_an_hour_the_client_has_to_connect_again()
    {
        var time = new ShiftedTimeProvider();
        await using var stage = await ResponsesFixture.OpenAsync(time: time);
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(new { type = "response.create", model = ResponsesFixture.Claude, input = new[] { User("say:one") } });
        _ = await socket.TurnAsync();
        time.Turn(TimeSpan.FromMinutes(61));
        var error = (await socket.ReceiveAsync())!;
        ((int)error["status"]!).ShouldBe(400);
        ResponsesFixture.Text(error, "error", "code").ShouldBe("websocket_connection_limit_reached");
        (await socket.ReceiveAsync()).ShouldBeNull();
    }
}

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>What one WebSocket may make the gateway hold.</summary>
public sealed class SocketBoundTests
{
    private static object Ask(string text, string mode) => new { type = "response.create", stream_id = mode, model = ResponsesFixture.Claude, store = false, input = new[] { new { type = "message", role = "user", content = new[] { new { type = "input_text", text } } } } };

    [Fact]
    public async Task Requests_that_wait_are_bounded_together_and_given_back()
    {
        await using var stage = await ResponsesFixture.OpenAsync("limits: { max-body-mb: 1, max-queued-mb: 2 }");
        using (var socket = await Socket.OpenAsync(stage))
        {
            // Every lane is busy with a slow answer; what is asked of it then waits.
            await socket.SendAsync(Ask(ResponsesFixture.Long(40, "stall=6"), "a"));
            _ = await socket.ReceiveAsync();
            for (var i = 0; i < 4; i++) await socket.SendAsync(Ask("say:later" + new string(' ', 600_000), "a"));
            var refused = await NextErrorAsync(socket);
            refused.ShouldContain("limits.max-queued-mb");
            stage.Gateway.Memory.Used.ShouldBeInRange(1_200_000, 4 << 20);
        }

        await Poll.UntilAsync(() => stage.Gateway.Memory.Used == 0);
    }

    [Fact]
    public async Task What_a_connection_remembers_is_bounded()
    {
        await using var stage = await ResponsesFixture.OpenAsync("limits: { max-body-mb: 1, max-queued-mb: 2 }");
        using (var socket = await Socket.OpenAsync(stage))
        {
            for (var i = 0; i < 8; i++)
            {
                await socket.SendAsync(Ask("say:turn" + new string(' ', 600_000), "lane" + i));
                (await socket.TurnAsync())[^1].ToJsonString().ShouldContain("response.completed");
                stage.Gateway.Memory.Used.ShouldBeLessThan(5 << 20);
            }
        }

        await Poll.UntilAsync(() => stage.Gateway.Memory.Used == 0);
    }

    [Fact]
    public async Task A_message_that_stops_in_the_middle_is_given_up_and_silence_between_two_is_not()
    {
        var clock = new ShiftedTimeProvider(TimeSpan.FromSeconds(550));
        await using var stage = await ResponsesFixture.OpenAsync("limits: { client-read-timeout-seconds: 600 }", clock);
        using (var socket = await Socket.OpenAsync(stage))
        {
            await socket.SendAsync(Ask("say:first", "a"));
            (await socket.TurnAsync())[^1].ToJsonString().ShouldContain("response.completed");
            clock.Turn(TimeSpan.FromSeconds(601));
            await socket.SendAsync(Ask("say:second", "a"));
            (await socket.TurnAsync())[^1].ToJsonString().ShouldContain("response.completed");

            await socket.SendPartAsync("{\"type\":\"response.create\",\"x\":\"" + new string('x', 300_000));
            await Poll.UntilAsync(() => stage.Gateway.Memory.Used > 300_000);
            clock.Turn(TimeSpan.FromSeconds(601));
            var answer = (await socket.ReceiveAsync())!;
            answer["status"]!.GetValue<int>().ShouldBe(408);
            answer.ToJsonString().ShouldContain("limits.client-read-timeout-seconds");
            (await socket.ReceiveAsync()).ShouldBeNull();
        }

        await Poll.UntilAsync(() => stage.Gateway.OpenRequests == 0 && stage.Gateway.Memory.Used == 0);
    }

    [Fact]
    public async Task A_stop_in_a_hurry_ends_a_turn_with_an_event_and_the_connection_with_a_close()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var socket = await Socket.OpenAsync(stage);
        await socket.SendAsync(Ask(ResponsesFixture.Long(40, "stall=6"), "a"));
        while (ResponsesFixture.Text((await socket.ReceiveAsync())!, "type") != "response.output_text.delta")
        {
            // The answer begins.
        }

        using var hurry = new CancellationTokenSource();
        var stopping = stage.Gateway.StopAsync(hurry.Token);
        await hurry.CancelAsync();
        var last = (await socket.TurnAsync())[^1];
        ResponsesFixture.Text(last, "type").ShouldBe("response.failed");
        last.ToJsonString().ShouldContain("shutting down");
        (await socket.ReceiveAsync()).ShouldBeNull();
        await socket.CloseAsync();
        await stopping;
    }

    private static async Task<string> NextErrorAsync(Socket socket)
    {
        while (true)
        {
            var frame = (await socket.ReceiveAsync())!.ToJsonString();
            if (frame.Contains("\"error\"", StringComparison.Ordinal) && frame.Contains("limits.", StringComparison.Ordinal)) return frame;
        }
    }
}

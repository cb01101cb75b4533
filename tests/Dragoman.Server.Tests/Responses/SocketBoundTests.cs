namespace Dragoman.Server.Tests.Responses;

/// <summary>What one WebSocket may make the gateway hold.</summary>
public sealed class SocketBoundTests
{
    private static object Ask(string text, string lane) => new { type = "response.create", stream_id = lane, model = Stage.Claude, store = false, input = new[] { new { type = "message", role = "user", content = new[] { new { type = "input_text", text } } } } };

    [Fact]
    public async Task Requests_that_wait_are_bounded_together_and_given_back()
    {
        await using var stage = await Stage.OpenAsync("limits: { max-body-mb: 1, max-queued-mb: 2 }");
        using (var socket = await Socket.OpenAsync(stage))
        {
            // Every lane is busy with a slow answer; what is asked of it then waits.
            await socket.SendAsync(Ask(Stage.Long(40, "stall=6"), "a"));
            _ = await socket.ReceiveAsync();
            for (var i = 0; i < 4; i++) await socket.SendAsync(Ask("say:later" + new string(' ', 600_000), "a"));
            var refused = await NextErrorAsync(socket);
            refused.ShouldContain("limits.max-queued-mb");
            stage.Gateway.Services.Memory.Used.ShouldBeInRange(1_200_000, 4 << 20);
        }

        await Until(() => stage.Gateway.Services.Memory.Used == 0);
    }

    [Fact]
    public async Task What_a_connection_remembers_is_bounded()
    {
        await using var stage = await Stage.OpenAsync("limits: { max-body-mb: 1, max-queued-mb: 2 }");
        using (var socket = await Socket.OpenAsync(stage))
        {
            for (var i = 0; i < 8; i++)
            {
                await socket.SendAsync(Ask("say:turn" + new string(' ', 600_000), "lane" + i));
                (await socket.TurnAsync())[^1].ToJsonString().ShouldContain("response.completed");
                stage.Gateway.Services.Memory.Used.ShouldBeLessThan(5 << 20);
            }
        }

        await Until(() => stage.Gateway.Services.Memory.Used == 0);
    }

    private static async Task<string> NextErrorAsync(Socket socket)
    {
        while (true)
        {
            var frame = (await socket.ReceiveAsync())!.ToJsonString();
            if (frame.Contains("\"error\"", StringComparison.Ordinal) && frame.Contains("limits.", StringComparison.Ordinal)) return frame;
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        var end = Environment.TickCount64 + 10_000;
        while (!condition() && Environment.TickCount64 < end) await Task.Delay(10);
        condition().ShouldBeTrue();
    }
}

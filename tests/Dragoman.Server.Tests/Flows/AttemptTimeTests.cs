using System.Text.Json.Nodes;
using Dragoman.Server.Tests.ClientKeys;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>When the attempts of a request began, and the program that asked.</summary>
public sealed class AttemptTimeTests
{
    [Fact]
    public async Task Attempts_say_when_they_began_so_that_waits_between_them_show()
    {
        await using var rig = await KeyFixture.StartAsync((context, call) => call == 1 ? context.SayAsync(503, """{"error":{"message":"Busy."}}""") : context.SayAsync(200, KeyFixture.Whole));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Talk.Chat("m"), System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("User-Agent", "claude-cli/2.1.0 (external, cli)");
        using var answer = await rig.Http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(200);
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        flow.Text("client").ShouldBe("claude-code");
        var attempts = flow["attempts"]!.AsArray();
        attempts.Count.ShouldBe(2);
        double At(int index, string name) => attempts[index]![name]!.GetValue<double>();
        At(0, "started_ms").ShouldBeGreaterThanOrEqualTo(0);
        // The gateway pauses for a moment before it asks the same account again.
        At(1, "started_ms").ShouldBeGreaterThan(At(0, "started_ms") + At(0, "duration_ms"));
        (At(1, "started_ms") + At(1, "duration_ms")).ShouldBeLessThanOrEqualTo(flow["duration_ms"]!.GetValue<double>() + 50);
        (await FlowFixture.ListAsync(rig.Http, "client=claude-code")).ShouldHaveSingleItem();
        (await FlowFixture.ListAsync(rig.Http, "client=codex")).ShouldBeEmpty();
    }
}

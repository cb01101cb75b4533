using System.Text.Json.Nodes;
using Dragoman.Server.Observability;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Management;

/// <summary>The log over the management API: filtered, paged by number, followed.</summary>
public sealed class LogTests
{
    private const string Flow = "019303e0d5a17b2c8d3e4f5061728394";

    [Fact]
    public async Task Lines_are_filtered_and_name_their_request()
    {
        await using var rig = await GatewayFixture.StartAsync();
        Fill(rig);
        var all = await ListAsync(rig, "");
        all["lines"]!.AsArray().Select(line => line!["number"]!.GetValue<int>()).ShouldBe([1, 2, 3, 4]);
        (all["last"]!.GetValue<int>(), all["dropped"]!.GetValue<bool>()).ShouldBe((4, false));
        Numbers(await ListAsync(rig, "?level=warning")).ShouldBe([2, 3]);
        Numbers(await ListAsync(rig, "?category=FORWARD&text=slow")).ShouldBe([2, 4]);
        Numbers(await ListAsync(rig, "?after=2")).ShouldBe([3, 4]);
        Numbers(await ListAsync(rig, "?limit=1")).ShouldBe([4]);
        var line = (await ListAsync(rig, "?level=error"))["lines"]![0]!;
        (line["request_id"]!.GetValue<string>(), line["level"]!.GetValue<string>(), line["category"]!.GetValue<string>()).ShouldBe((Flow, "error", "Forwarder"));
        line["message"]!.GetValue<string>().ShouldBe($"request {Flow} failed with [redacted]");
        all["lines"]![0]!["request_id"].ShouldBeNull();
        foreach (var wrong in (string[])["?level=loud", "?limit=0", "?limit=x"])
        {
            using var answer = await rig.GetAsync("/api/v1/logs" + wrong);
            ((int)answer.StatusCode).ShouldBe(400, wrong);
        }
    }

    [Fact]
    public async Task Lines_that_are_kept_no_more_are_said_to_be_dropped()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var log = rig.Gateway.Services.GetRequiredService<RecentLog>();
        for (var number = 0; number < RecentLog.Kept + 10; number++) log.Add(DateTimeOffset.UnixEpoch, LogLevel.Information, "Test", $"line {number}");
        (await ListAsync(rig, "?after=5"))["dropped"]!.GetValue<bool>().ShouldBeTrue();
        (await ListAsync(rig, "?after=10"))["dropped"]!.GetValue<bool>().ShouldBeFalse();
        Numbers(await ListAsync(rig, "")).Length.ShouldBe(200);
    }

    [Fact]
    public async Task New_lines_are_followed_and_a_browser_goes_on_where_it_was()
    {
        await using var rig = await GatewayFixture.StartAsync();
        Fill(rig);
        (await FollowAsync(rig, "?level=warning", ("last-event-id", "1"), 2)).ShouldBe(["2", "3"]);
        (await FollowAsync(rig, "?after=3", ("x-none", "1"), 1)).ShouldBe(["4"]);
        // Without a number only what is new.
        var following = FollowAsync(rig, "?text=brand-new", ("x-none", "1"), 1, () => rig.Gateway.Services.GetRequiredService<RecentLog>().Add(DateTimeOffset.UnixEpoch, LogLevel.Information, "Test", "brand-new"));
        (await following).ShouldBe(["5"]);
    }

    private static void Fill(GatewayFixture rig)
    {
        var log = rig.Gateway.Services.GetRequiredService<RecentLog>();
        log.Add(DateTimeOffset.UnixEpoch, LogLevel.Information, "ConfigWatcher", "in force");
        log.Add(DateTimeOffset.UnixEpoch, LogLevel.Warning, "Forwarder", "an upstream is slow");
        log.Add(DateTimeOffset.UnixEpoch, LogLevel.Error, "Forwarder", $"request {Flow} failed with sk-abcdefghijklmnop");
        log.Add(DateTimeOffset.UnixEpoch, LogLevel.Debug, "Forwarder", "slow no more");
    }

    /// <summary>The ids of the first lines of a stream.</summary>
    private static async Task<string[]> FollowAsync(GatewayFixture rig, string query, (string Name, string Value) header, int count, Action? begun = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/logs/live" + query);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var answer = await rig.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe(": listening");
        begun?.Invoke();
        var ids = new List<string>();
        while (ids.Count < count && await reader.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("id: ", StringComparison.Ordinal)) continue;
            ids.Add(line[4..]);
            (await reader.ReadLineAsync()).ShouldBe("event: line");
            JsonNode.Parse((await reader.ReadLineAsync())!["data: ".Length..])!["number"]!.ToJsonString().ShouldBe(ids[^1]);
        }

        return [.. ids];
    }

    private static int[] Numbers(JsonNode view) => [.. view["lines"]!.AsArray().Select(line => line!["number"]!.GetValue<int>())];

    private static async Task<JsonNode> ListAsync(GatewayFixture rig, string query)
    {
        using var answer = await rig.GetAsync("/api/v1/logs" + query);
        ((int)answer.StatusCode).ShouldBe(200);
        return await answer.JsonAsync();
    }
}

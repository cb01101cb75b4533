using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Health;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>How the gateway says it is.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task The_detailed_report_knows_store_accounts_and_parts()
    {
        await using var rig = await GatewayFixture.StartAsync("gemini-api-key-none: x\n");
        using var answer = await rig.GetAsync("/api/v1/health");
        var health = await answer.JsonAsync();
        health["store"]!["healthy"]!.GetValue<bool>().ShouldBeTrue();
        health["store"]!["engine"]!.GetValue<string>().ShouldBe("sqlite");
        health["store"]!["bytes"]!.GetValue<long>().ShouldBeGreaterThan(0);
        health["accounts"]!["total"]!.GetValue<int>().ShouldBe(5);
        health["accounts"]!["ready"]!.GetValue<int>().ShouldBe(5);
        health["parts"]!["flows"]!["state"]!.GetValue<string>().ShouldBe("ok");
        health["status"]!.GetValue<string>().ShouldBe("ok");
        health["node"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_account_that_rests_is_counted_so()
    {
        await using var rig = await GatewayFixture.StartAsync("request-retry: 0\n");
        using (await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1", "fault:status=429;retry-after=60")))
        {
        }

        using var answer = await rig.GetAsync("/api/v1/health");
        var accounts = (await answer.JsonAsync())["accounts"]!;
        accounts["ready"]!.GetValue<int>().ShouldBe(4, accounts.ToJsonString());
    }

    [Fact]
    public async Task A_database_file_that_is_deleted_is_noticed_without_being_asked_and_nothing_is_made_any_more()
    {
        using var folder = new TempFolder();
        await using var rig = await Dragoman.Server.Tests.ClientKeys.KeyFixture.StartAsync(data: folder.File("data"));
        await rig.MakeAsync("before");
        File.Delete(Path.Combine(folder.File("data"), "dragoman.db"));
        using (var made = await rig.SendAsync(HttpMethod.Post, "/api/v1/keys", """{"name":"lost"}""", null)) ((int)made.StatusCode).ShouldBe(503);
        await Task.Delay(StoreProbe.CacheTime + TimeSpan.FromMilliseconds(200));
        using var ready = await rig.SendAsync(HttpMethod.Get, "/health/ready", null, null);
        ((int)ready.StatusCode).ShouldBe(503);
        (await ready.TextAsync()).ShouldBe("""{"status":"not_ready","degraded":["store"]}""");
    }

    [Fact]
    public async Task Ready_stays_200_while_it_takes_calls_and_says_what_is_not_well()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using (var ready = await rig.GetAsync("/health/ready")) (await ready.TextAsync()).ShouldBe("""{"status":"ready"}""");
        await rig.Gateway.Store.DisposeAsync();
        await Task.Delay(StoreProbe.CacheTime + TimeSpan.FromMilliseconds(200));
        using (var ready = await rig.GetAsync("/health/ready"))
        {
            ((int)ready.StatusCode).ShouldBe(200);
            (await ready.TextAsync()).ShouldStartWith("""{"status":"degraded","degraded":["store""");
        }

        using var health = await rig.GetAsync("/api/v1/health");
        ((int)health.StatusCode).ShouldBe(200);
        (await health.JsonAsync())["status"]!.GetValue<string>().ShouldBe("degraded");
        using var served = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
        ((int)served.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task Models_and_routes_tell_who_serves_what()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var models = await rig.GetAsync("/api/v1/models");
        var listed = (await models.JsonAsync())["models"]!.AsArray();
        listed.Single(model => model!["id"]!.GetValue<string>() == "claude-1")!["servers"]![0]!["account"]!.GetValue<string>().ShouldBe("claude");
        using var routes = await rig.GetAsync("/api/v1/routes?protocol=anthropic-messages");
        (await routes.JsonAsync())["routes"]!.AsArray().Count.ShouldBe(listed.Count);
        using var odd = await rig.GetAsync("/api/v1/routes?protocol=klingon");
        ((int)odd.StatusCode).ShouldBe(400);
    }
}

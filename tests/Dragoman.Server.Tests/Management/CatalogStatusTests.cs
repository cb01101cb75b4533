using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Management;

/// <summary><c>GET /api/v1/models/catalog</c>: where what is known of models comes from, and what stands against the newest list.</summary>
public sealed class CatalogStatusTests
{
    private const string List = """{"models": [{"id": "house-1", "context": 1000}]}""";

    [Fact]
    public async Task Without_a_list_the_table_that_ships_is_named()
    {
        await using var gateway = await StartAsync("");
        var status = await StatusAsync(gateway);
        status["source"]!.GetValue<string>().ShouldBe("built-in");
        status["built_in"]!.GetValue<string>().ShouldStartWith("2026-");
        (status["location"], status["taken_at"], status["error"]).ShouldBe((null, null, null));
    }

    [Fact]
    public async Task A_list_has_its_address_its_dates_and_its_error()
    {
        await using var lists = await RawUpstream.StartAsync((context, n) => n == 1 && context.Request.Path == "/good.json"
            ? context.SayAsync(200, List, headers: [("ETag", "\"v1\""), ("Last-Modified", "Tue, 10 Nov 2026 08:00:00 GMT")])
            : context.SayAsync(503, "closed"));
        await using (var gateway = await StartAsync($"models: {{ catalog: {{ url: '{lists.Address}/good.json?token=secret-token' }} }}\n"))
        {
            var status = await UntilAsync(gateway, status => status["taken_at"] is not null);
            status["source"]!.GetValue<string>().ShouldBe("address");
            status["location"]!.GetValue<string>().ShouldBe($"{lists.Address}/good.json");
            DateTimeOffset.Parse(status["dated"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ShouldBe(new DateTimeOffset(2026, 11, 10, 8, 0, 0, TimeSpan.Zero));
            status["models"]!.GetValue<int>().ShouldBe(1);
            status.ToJsonString().ShouldNotContain("secret-token");
            var listed = await JsonAsync(gateway, "/api/v1/models");
            listed["catalog"]!.ToJsonString().ShouldBe((await StatusAsync(gateway)).ToJsonString());
        }

        await using (var gateway = await StartAsync($"models: {{ catalog: {{ url: '{lists.Address}/bad.json' }} }}\n"))
        {
            var status = await UntilAsync(gateway, status => status["checked_at"] is not null);
            status["source"]!.GetValue<string>().ShouldBe("built-in");
            status["error"]!.GetValue<string>().ShouldBe("The address answered 503.");
        }
    }

    [Fact]
    public async Task It_is_looked_for_when_somebody_asks_and_that_is_written_down()
    {
        var calls = 0;
        await using var lists = await RawUpstream.StartAsync((context, n) =>
        {
            calls = n;
            return n == 3 ? context.SayAsync(500, "broken") : context.SayAsync(200, n == 1 ? List : """{"models": [{"id": "house-1"}, {"id": "house-2"}]}""");
        });
        await using var gateway = await StartAsync($"models: {{ catalog: {{ url: '{lists.Address}/list.json' }} }}\n");
        await UntilAsync(gateway, status => status["taken_at"] is not null);
        (await RefreshAsync(gateway))["models"]!.GetValue<int>().ShouldBe(2);
        calls.ShouldBe(2);
        var broken = await RefreshAsync(gateway);
        (broken["models"]!.GetValue<int>(), broken["error"]!.GetValue<string>()).ShouldBe((2, "The address answered 500."));
        var audit = (await JsonAsync(gateway, "/api/v1/audit?action=catalog."))["entries"]!.AsArray();
        audit.Select(entry => entry!["outcome"]!.GetValue<string>()).ShouldBe(["failed", "done"]);
    }

    [Fact]
    public async Task Without_one_there_is_nothing_to_look_for()
    {
        await using var gateway = await StartAsync("");
        (await RefreshAsync(gateway, 409))["error"]!["code"]!.GetValue<string>().ShouldBe("catalog_not_configured");
    }

    private static async Task<JsonNode> RefreshAsync(GatewayHost gateway, int expected = 200)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.PostAsync(new Uri("/api/v1/models/catalog/refresh", UriKind.Relative), null);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(expected, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<JsonNode> UntilAsync(GatewayHost gateway, Func<JsonNode, bool> holds)
    {
        var status = (JsonNode?)null;
        await Poll.UntilAsync(async () => holds(status = await StatusAsync(gateway)), what: "the list was looked for");
        return status!;
    }

    private static Task<JsonNode> StatusAsync(GatewayHost gateway) => JsonAsync(gateway, "/api/v1/models/catalog");

    private static async Task<JsonNode> JsonAsync(GatewayHost gateway, string path)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.GetAsync(path);
        ((int)answer.StatusCode).ShouldBe(200);
        return await answer.JsonAsync();
    }

    private static Task<GatewayHost> StartAsync(string more) => GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = FailureTests.Account("one", "http://127.0.0.1:1", "k") + more,
        Port = 0,
        LogLevel = LogLevel.None,
    });
}

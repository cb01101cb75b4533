using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Logs over CLIProxyAPI's management (wire notes cliproxyapi 1.9, checks 62, 63 and 71).</summary>
public sealed class LogTests
{
    [Fact]
    [Trait("check", "cliproxy 62")]
    public async Task Without_the_switch_there_is_no_log_and_limits_are_numbers()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.SendAsync("GET", "/logs")).ShouldBe(400, """{"error":"logging to file disabled"}""");
        await rig.SendAsync("PUT", "/logging-to-file", """{"value":true}""");
        (await rig.SendAsync("GET", "/logs?limit=0")).ShouldBe(400, """{"error":"invalid limit: must be greater than zero"}""");
        (await rig.SendAsync("GET", "/logs?limit=many")).ShouldBe(400, """{"error":"invalid limit: must be a positive integer"}""");
        (await rig.SendAsync("GET", "/logs?after=7")).Json["latest-timestamp"]!.GetValue<long>().ShouldBe(7, "no lines, so what was asked for");
    }

    [Fact]
    public async Task Lines_are_followed_by_a_cursor_and_forgotten()
    {
        await using var rig = await CliProxyFixture.StartWithAsync(_ => "logging-to-file: true\n", log: LogLevel.Information);
        await rig.AskAsync("POST", "/v1/chat/completions", new StringContent("""{"model":"first-such","messages":[{"role":"user","content":"x"}]}"""));
        var first = (await rig.SendAsync("GET", "/logs?limit=5")).Json;
        var lines = first["lines"]!.AsArray().Select(line => line!.GetValue<string>()).ToList();
        lines.ShouldNotBeEmpty();
        lines.Count.ShouldBeLessThanOrEqualTo(5);
        foreach (var line in lines) line.ShouldMatch(@"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[(-|[0-9a-f]){8}\] \[(info |warn |error|debug)\] \[[^\]]+\] .+");
        first["line-count"]!.GetValue<int>().ShouldBe(lines.Count);
        first["latest-timestamp"]!.GetValue<long>().ShouldBeGreaterThan(1_700_000_000);
        first["cursor-reset"].ShouldBeNull();
        var cursor = first["next-cursor"]!.GetValue<string>();
        await rig.AskAsync("POST", "/v1/chat/completions", new StringContent("""{"model":"none-such","messages":[{"role":"user","content":"x"}]}"""));
        var next = (await rig.SendAsync("GET", $"/logs?cursor={cursor}")).Json;
        next["lines"]!.AsArray().Select(line => line!.GetValue<string>()).ShouldContain(line => line.Contains("none-such", StringComparison.Ordinal) && !line.Contains("[--------]", StringComparison.Ordinal));
        next["lines"]!.AsArray().Select(line => line!.GetValue<string>()).ShouldNotContain(lines[^1]);
        var reset = (await rig.SendAsync("GET", "/logs?cursor=nonsense")).Json;
        reset["cursor-reset"]!.GetValue<bool>().ShouldBeTrue();
        reset["lines"]!.AsArray().ShouldNotBeEmpty();
        (await rig.SendAsync("GET", "/logs?after=4000000000")).Json["lines"]!.AsArray().ShouldBeEmpty();
        (await rig.SendAsync("DELETE", "/logs")).ShouldBe(200, """{"success":true,"message":"Logs cleared successfully","removed":0}""");
    }

    [Fact]
    [Trait("check", "cliproxy 71")]
    public async Task A_failed_request_is_a_file()
    {
        await using var rig = await UsageTests.StartAsync();
        (await rig.SendAsync("GET", "/request-error-logs")).ShouldBe(200, """{"files":[]}""");
        await UsageTests.AskAsync(rig, "none", 404);
        await UsageTests.AskAsync(rig, "m", 200);
        var file = (await rig.SendAsync("GET", "/request-error-logs")).Json["files"]!.AsArray().ShouldHaveSingleItem()!;
        var name = file["name"]!.GetValue<string>();
        name.ShouldMatch(@"^error-v1-chat-completions-\d{4}-\d\d-\d\dT\d{6}-[0-9a-f]{8}\.log$");
        file["modified"]!.GetValue<long>().ShouldBeGreaterThan(1_700_000_000);
        var content = await rig.SendAsync("GET", $"/request-error-logs/{name}");
        content.Status.ShouldBe(200);
        content.Headers["Content-Disposition"].ShouldContain(name);
        System.Text.Encoding.UTF8.GetByteCount(content.Body).ShouldBe(file["size"]!.GetValue<int>());
        content.Body.ShouldContain("Status: 404");
        content.Body.ShouldNotContain("sk-of-a-client");
        var id = name[(name.LastIndexOf('-') + 1)..^4];
        (await rig.SendAsync("GET", $"/request-log-by-id/{id}")).Body.ShouldBe(content.Body);
        (await rig.SendAsync("GET", "/request-log-by-id/0000")).Status.ShouldBe(404);
        (await rig.SendAsync("GET", "/request-error-logs/main.log")).Status.ShouldBe(404);
        (await rig.SendAsync("GET", "/request-error-logs/a%2Fb")).ShouldBe(400, """{"error":"invalid log file name"}""");
        await rig.SendAsync("PUT", "/request-log", """{"value":true}""");
        (await rig.SendAsync("GET", "/request-error-logs")).ShouldBe(200, """{"files":[]}""");
        rig.Gateway.Config.Flows.Mode.ToString().ShouldBe("Full", "the switch records bodies");
    }

    [Fact]
    public async Task Only_so_many_failed_requests_are_listed_as_the_configuration_says()
    {
        await using var rig = await UsageTests.StartAsync("error-logs-max-files: 1");
        await UsageTests.AskAsync(rig, "none", 404);
        await UsageTests.AskAsync(rig, "none-2", 404);
        (await rig.SendAsync("GET", "/request-error-logs")).Json["files"]!.AsArray().Count.ShouldBe(1);
    }
}

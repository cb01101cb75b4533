namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Who may call CLIProxyAPI's management (wire notes cliproxyapi 1.4, checks 49 to 52 and 72).</summary>
[Trait("speed", "fast")]
public sealed class AccessTests
{
    private const string Path = "/v0/management/debug";

    [Fact]
    [Trait("check", "cliproxy 49")]
    public async Task Without_a_secret_there_is_nothing_and_with_one_it_is_asked_of_everyone()
    {
        await using var rig = await CliProxyFixture.StartAsync(secret: null);
        (await rig.AskAsync("GET", Path, null)).ShouldBe(404, "");
        (await rig.SendAsync("GET", "/config")).ShouldBe(404, "");
        await File.AppendAllTextAsync(rig.File, $"remote-management:\n  secret-key: {CliProxyFixture.Secret}\n", TestContext.Current.CancellationToken);
        rig.Reload();
        (await rig.AskAsync("GET", Path, null)).ShouldBe(401, """{"error":"missing management key"}""");
        (await rig.SendAsync("GET", "/debug")).ShouldBe(200, """{"debug":false}""");
    }

    [Fact]
    [Trait("check", "cliproxy 51")]
    public async Task The_key_goes_by_either_header_and_by_no_other()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        foreach (var header in ((string, string)[])[("Authorization", $"Bearer {CliProxyFixture.Secret}"), ("Authorization", $"bearer {CliProxyFixture.Secret}"), ("Authorization", CliProxyFixture.Secret), ("X-Management-Key", CliProxyFixture.Secret)])
            (await rig.AskAsync("GET", Path, null, header)).ShouldBe(200, """{"debug":false}""");
        (await rig.AskAsync("GET", Path, null, ("X-Local-Password", CliProxyFixture.Secret))).ShouldBe(401, """{"error":"missing management key"}""");
        (await rig.AskAsync("GET", $"{Path}?key={CliProxyFixture.Secret}", null)).ShouldBe(401, """{"error":"missing management key"}""");
        (await rig.AskAsync("GET", Path, null, ("Authorization", "Bearer wrong"))).ShouldBe(401, """{"error":"invalid management key"}""");
    }

    [Fact]
    [Trait("check", "cliproxy 52")]
    public async Task Five_wrong_keys_lock_the_address_out_and_the_right_one_does_not_help()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        for (var tried = 0; tried < 5; tried++) await rig.AskAsync("GET", Path, null, ("X-Management-Key", $"wrong-{tried}"));
        var banned = await rig.SendAsync("GET", "/debug");
        banned.Status.ShouldBe(403);
        banned.Json["error"]!.GetValue<string>().ShouldStartWith("IP banned due to too many failed attempts. Try again in ");
        banned.Json["error"]!.GetValue<string>().ShouldMatch("(30m0s|29m[0-9]+s)$");
        banned.Headers.ShouldContainKey("X-CPA-VERSION");
    }

    [Fact]
    [Trait("check", "cliproxy 72")]
    public async Task Every_answer_names_the_version_and_says_that_there_are_no_plugins()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        foreach (var answer in (CliProxyAnswer[])[await rig.SendAsync("GET", "/debug"), await rig.AskAsync("GET", Path, null), await rig.SendAsync("PUT", "/debug", "{")])
        {
            answer.Headers["X-CPA-VERSION"].ShouldNotBeEmpty();
            answer.Headers["X-CPA-COMMIT"].ShouldNotBeEmpty();
            answer.Headers["X-CPA-BUILD-DATE"].ShouldNotBeEmpty();
            answer.Headers["X-CPA-SUPPORT-PLUGIN"].ShouldBe("0");
        }
    }

    [Fact]
    public async Task A_new_key_is_written_as_a_hash_and_takes_the_place_of_the_old_one()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.SendAsync("GET", "/remote-management.secret-key")).ShouldBe(200, """{"secret-key":""}""");
        (await rig.SendAsync("PUT", "/remote-management.secret-key", """{"value":"short"}""")).Status.ShouldBe(400);
        (await rig.SendAsync("PUT", "/remote-management.secret-key", """{"value":"another-secret-of-managers"}""")).ShouldBe(200, """{"status":"ok"}""");
        var text = await rig.FileAsync();
        text.ShouldNotContain("another-secret");
        text.ShouldContain("secret-key: $2");
        text.ShouldContain("# ours");
        (await rig.SendAsync("GET", "/debug")).Status.ShouldBe(401);
        (await rig.AskAsync("GET", Path, null, ("X-Management-Key", "another-secret-of-managers"))).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("check", "cliproxy 50")]
    public async Task A_key_that_stands_in_the_file_in_the_clear_is_hashed_there_when_it_is_read()
    {
        await using var rig = await CliProxyFixture.StartAsync("# the end\n");
        var text = await rig.FileAsync();
        text.ShouldMatch(@"^# the file of a house\nport: 0\nremote-management:\n  secret-key: ""?\$2[aby]\$10\$[./A-Za-z0-9]{53}""? # ours\nlisteners:\n.*\n# the end\n$");
        (await rig.SendAsync("GET", "/debug")).Status.ShouldBe(200, "the key is the same");

        // Also one that an editor writes while the gateway runs, and never again what is hashed.
        await File.WriteAllTextAsync(rig.File, text.Replace(text.Split('\n')[3], "  secret-key: 'written-by-an-editor'"), TestContext.Current.CancellationToken);
        rig.Reload();
        await Poll.UntilAsync(async () => !(await rig.FileAsync()).Contains("written-by-an-editor", StringComparison.Ordinal));
        (await rig.AskAsync("GET", Path, null, ("X-Management-Key", "written-by-an-editor"))).Status.ShouldBe(200);
        var hashed = await rig.FileAsync();
        await rig.RestartAsync();
        (await rig.FileAsync()).ShouldBe(hashed);
    }

    [Fact]
    public async Task Another_machine_needs_the_switch()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.SendAsync("GET", "/debug", null, ("X-Forwarded-For", "192.0.2.7"))).ShouldBe(403, """{"error":"remote management disabled"}""");
    }

    [Fact]
    public async Task A_page_of_this_machine_may_ask_with_the_key_from_another_port()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        var preflight = await rig.AskAsync("OPTIONS", Path, null, ("Origin", "http://localhost:5173"), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,cache-control,pragma,expires"));
        preflight.Status.ShouldBe(204);
        preflight.Headers["Access-Control-Allow-Origin"].ShouldBe("http://localhost:5173");
        preflight.Headers["Access-Control-Allow-Headers"].ShouldContain("pragma");
        var answer = await rig.SendAsync("GET", "/debug", null, ("Origin", "http://localhost:5173"));
        answer.Status.ShouldBe(200);
        answer.Headers["Access-Control-Expose-Headers"].ShouldContain("X-CPA-VERSION", Case.Insensitive);
        (await rig.SendAsync("GET", "/debug", null, ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"))).Status.ShouldBe(403);
    }
}

using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>The configuration over CLIProxyAPI's management: whole, and by single settings (wire notes cliproxyapi 1.5 and 1.6, checks 53, 60 and 61).</summary>
public sealed class ConfigTests
{
    private const string House = """
        # switches
        debug: false   # quiet
        proxy-url: ""
        routing:
          strategy: round-robin
        gemini-api-key:
          # of the lab
          - api-key: AIza-demo
            prefix: lab
            someday: kept
        unknown-key: { a: 1, b: "2" }

        """;

    [Theory]
    [InlineData("/debug", "debug", "false", "true")]
    [InlineData("/logging-to-file", "logging-to-file", "false", "true")]
    [InlineData("/logs-max-total-size-mb", "logs-max-total-size-mb", "0", "7")]
    [InlineData("/error-logs-max-files", "error-logs-max-files", "10", "3")]
    [InlineData("/usage-statistics-enabled", "usage-statistics-enabled", "true", "false")]
    [InlineData("/proxy-url", "proxy-url", "\"\"", "\"http://127.0.0.1:8080\"")]
    [InlineData("/quota-exceeded/switch-project", "switch-project", "false", "true")]
    [InlineData("/quota-exceeded/switch-preview-model", "switch-preview-model", "false", "true")]
    [InlineData("/quota-exceeded.switch-project", "switch-project", "false", "true")]
    [InlineData("/request-log", "request-log", "false", "true")]
    [InlineData("/ws-auth", "ws-auth", "true", "false")]
    [InlineData("/request-retry", "request-retry", "3", "5")]
    [InlineData("/max-retry-credentials", "max-retry-credentials", "0", "2")]
    [InlineData("/max-retry-interval", "max-retry-interval", "30", "12")]
    [InlineData("/force-model-prefix", "force-model-prefix", "false", "true")]
    [InlineData("/routing/strategy", "strategy", "\"round-robin\"", "\"fill-first\"")]
    [InlineData("/routing.strategy", "strategy", "\"round-robin\"", "\"weighted-round-robin\"")]
    [InlineData("/routing", "strategy", "\"round-robin\"", "\"fill-first\"")]
    [InlineData("/remote-management.allow-remote", "allow-remote", "false", "true")]
    [InlineData("/ampcode/upstream-url", "upstream-url", "\"\"", "\"https://ampcode.com\"")]
    [InlineData("/ampcode/upstream-api-key", "upstream-api-key", "\"\"", "\"sgamp_1\"")]
    [InlineData("/ampcode/restrict-management-to-localhost", "restrict-management-to-localhost", "false", "true")]
    [InlineData("/ampcode/force-model-mappings", "force-model-mappings", "false", "true")]
    [Trait("check", "cliproxy 53")]
    public async Task A_setting_is_shown_and_set_wrapped_or_bare_by_put_and_patch(string path, string name, string before, string after)
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.SendAsync("GET", path)).ShouldBe(200, $$"""{"{{name}}":{{before}}}""");
        (await rig.SendAsync("PUT", path, $$"""{"value":{{after}}}""")).ShouldBe(200, """{"status":"ok"}""");
        (await rig.SendAsync("GET", path)).ShouldBe(200, $$"""{"{{name}}":{{after}}}""");
        (await rig.SendAsync("PATCH", path, before == "\"\"" ? after : before)).ShouldBe(200, """{"status":"ok"}""");
        (await rig.SendAsync("PUT", path, """{"value":{"no":"value"}}""")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PUT", path, "{}")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PUT", path, "no json")).ShouldBe(400, """{"error":"invalid body"}""");
    }

    [Fact]
    public async Task Settings_are_edited_in_place_and_hold_at_once()
    {
        await using var rig = await CliProxyFixture.StartAsync(House);
        var before = await rig.FileAsync();
        (await rig.SendAsync("PUT", "/debug", """{"value":true}""")).Status.ShouldBe(200);
        (await rig.SendAsync("PATCH", "/routing/strategy", """{"value":"ff"}""")).Status.ShouldBe(200);
        (await rig.FileAsync()).ShouldBe(before.Replace("debug: false   # quiet", "debug: true   # quiet", StringComparison.Ordinal).Replace("strategy: round-robin", "strategy: fill-first", StringComparison.Ordinal));
        rig.Gateway.Config.Routing.Strategy.ToString().ShouldBe("FillFirst");
        (await rig.SendAsync("PUT", "/routing/strategy", """{"value":"random"}""")).ShouldBe(400, """{"error":"invalid strategy"}""");
        (await rig.SendAsync("PUT", "/logs-max-total-size-mb", """{"value":-4}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/logs-max-total-size-mb")).ShouldBe(200, """{"logs-max-total-size-mb":0}""");
        (await rig.SendAsync("PUT", "/error-logs-max-files", """{"value":-1}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/error-logs-max-files")).ShouldBe(200, """{"error-logs-max-files":10}""");
        (await rig.SendAsync("PUT", "/proxy-url", """{"value":"http://127.0.0.1:9"}""")).Status.ShouldBe(200);
        (await rig.SendAsync("DELETE", "/proxy-url")).ShouldBe(200, """{"status":"ok"}""");
        (await rig.SendAsync("GET", "/proxy-url")).ShouldBe(200, """{"proxy-url":""}""");
        (await rig.SendAsync("PUT", "/proxy-url", """{"value":"ftp://x"}""")).Status.ShouldBe(400, "what could not be used is not written");
    }

    [Fact]
    [Trait("check", "cliproxy 60")]
    public async Task The_whole_is_shown_without_where_it_listens_and_with_every_entry_as_it_is_written()
    {
        await using var rig = await CliProxyFixture.StartAsync(House);
        var config = (await rig.SendAsync("GET", "/config")).Json.AsObject();
        foreach (var hidden in (string[])["host", "port", "auth-dir", "remote-management", "listeners"]) config.ContainsKey(hidden).ShouldBeFalse(hidden);
        config["debug"]!.GetValue<bool>().ShouldBeFalse();
        config["request-retry"]!.GetValue<int>().ShouldBe(3);
        config["routing"]!["strategy"]!.GetValue<string>().ShouldBe("round-robin");
        config["quota-exceeded"]!["switch-project"]!.GetValue<bool>().ShouldBeFalse();
        config["api-keys"]!.AsArray().ShouldBeEmpty();
        config["gemini-api-key"]!.ToJsonString().ShouldBe("""[{"api-key":"AIza-demo","prefix":"lab","someday":"kept"}]""");
        config["unknown-key"]!.ToJsonString().ShouldBe("""{"a":1,"b":"2"}""");
    }

    [Theory]
    [InlineData("application/yaml")]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task The_files_text_goes_out_and_comes_back_byte_for_byte(string type)
    {
        await using var rig = await CliProxyFixture.StartAsync(House);
        var text = await rig.FileAsync();
        var read = await rig.SendAsync("GET", "/config.yaml");
        read.ShouldBe(200, text);
        read.Headers["Content-Type"].ShouldBe("application/yaml; charset=utf-8");
        read.Headers["Cache-Control"].ShouldBe("no-store");
        read.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
        var changed = text + "# seen\nrequest-retry: 2\n";
        (await rig.AskAsync("PUT", "/v0/management/config.yaml", new StringContent(changed, Encoding.UTF8, type), ("X-Management-Key", CliProxyFixture.Secret))).ShouldBe(200, """{"ok":true,"changed":["config"]}""");
        (await rig.FileAsync()).ShouldBe(changed);
        rig.Gateway.Config.Retry.Rounds.ShouldBe(2);
    }

    [Fact]
    [Trait("check", "cliproxy 61")]
    public async Task A_text_that_cannot_be_used_is_refused_and_the_file_stays()
    {
        await using var rig = await CliProxyFixture.StartAsync(House);
        var text = await rig.FileAsync();
        var broken = await rig.SendAsync("PUT", "/config.yaml", "debug: [");
        broken.Status.ShouldBe(400);
        broken.Json["error"]!.GetValue<string>().ShouldBe("invalid_yaml");
        broken.Json["message"]!.GetValue<string>().ShouldNotBeEmpty();
        var wrong = await rig.SendAsync("PUT", "/config.yaml", text + "request-retry: many\n");
        wrong.Status.ShouldBe(422);
        wrong.Json["error"]!.GetValue<string>().ShouldBe("invalid_config");
        wrong.Json["message"]!.GetValue<string>().ShouldContain("request-retry");
        (await rig.FileAsync()).ShouldBe(text);
    }

    [Fact]
    public async Task Maps_of_channels_are_replaced_whole_and_changed_by_channel()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        const string Path = "/oauth-excluded-models";
        (await rig.SendAsync("GET", Path)).ShouldBe(200, """{"oauth-excluded-models":null}""");
        (await rig.SendAsync("PUT", Path, """{"Codex":["GPT-5-*","gpt-5-*"," "]}""")).ShouldBe(200, """{"status":"ok"}""");
        (await rig.SendAsync("GET", Path)).ShouldBe(200, """{"oauth-excluded-models":{"codex":["gpt-5-*"]}}""");
        (await rig.SendAsync("PUT", Path, """{"items":{"claude":["a"],"codex":["b"]}}""")).Status.ShouldBe(200);
        (await rig.SendAsync("PATCH", Path, """{"provider":"claude","models":["x","y"]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", Path)).ShouldBe(200, """{"oauth-excluded-models":{"codex":["b"],"claude":["x","y"]}}""");
        (await rig.SendAsync("PATCH", Path, """{"models":["x"]}""")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PATCH", Path, """{"provider":" ","models":["x"]}""")).ShouldBe(400, """{"error":"invalid provider"}""");
        (await rig.SendAsync("PATCH", Path, """{"provider":"kimi","models":[]}""")).ShouldBe(404, """{"error":"provider not found"}""");
        (await rig.SendAsync("PATCH", Path, """{"provider":"codex","models":[]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("DELETE", Path)).ShouldBe(400, """{"error":"missing provider"}""");
        (await rig.SendAsync("DELETE", Path + "?provider=codex")).ShouldBe(404, """{"error":"provider not found"}""");
        (await rig.SendAsync("DELETE", Path + "?provider=claude")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", Path)).ShouldBe(200, """{"oauth-excluded-models":null}""");
    }

    [Fact]
    public async Task Aliases_of_channels_lose_what_says_nothing()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        const string Path = "/oauth-model-alias";
        (await rig.SendAsync("PUT", Path, """{"codex":[{"name":"gpt-5","alias":"g5","fork":true,"display-name":"Five","force-mapping":true},{"name":"a","alias":"A"},{"name":"b","alias":"G5"},{"name":"","alias":"c"}]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", Path)).ShouldBe(200, """{"oauth-model-alias":{"codex":[{"name":"gpt-5","alias":"g5","fork":true,"display-name":"Five","force-mapping":true}]}}""");
        (await rig.SendAsync("PATCH", Path, """{"channel":"xai","aliases":[{"name":"grok-4","alias":"g4"}]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("PATCH", Path, """{"channel":"xai","aliases":[]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("PATCH", Path, """{"channel":"xai","aliases":[]}""")).ShouldBe(404, """{"error":"channel not found"}""");
        (await rig.SendAsync("PATCH", Path, """{"channel":"","aliases":[]}""")).ShouldBe(400, """{"error":"invalid channel"}""");
        (await rig.SendAsync("DELETE", Path)).ShouldBe(400, """{"error":"missing channel"}""");
        (await rig.SendAsync("DELETE", Path + "?provider=codex")).Status.ShouldBe(200);
        (await rig.SendAsync("PUT", "/oauth-request-scoped-errors", """{"codex":[{"status":400,"match":["too long"],"action":"continue"}]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/oauth-request-scoped-errors")).ShouldBe(200, """{"oauth-request-scoped-errors":{"codex":[{"status":400,"match":["too long"],"action":"continue"}]}}""");
    }

    [Fact]
    public async Task Amps_settings_are_shown_together_and_its_lists_are_merged()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.SendAsync("GET", "/ampcode")).ShouldBe(200, """{"ampcode":{"upstream-url":"","upstream-api-key":"","restrict-management-to-localhost":false,"model-mappings":[],"force-model-mappings":false}}""");
        (await rig.SendAsync("PUT", "/ampcode/model-mappings", """{"value":[{"from":"claude-opus-4.5","to":"gpt-5"},{"from":" ","to":"x"}]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("PATCH", "/ampcode/model-mappings", """{"value":[{"from":" claude-opus-4.5 ","to":"gpt-6"},{"from":"b","to":"c","regex":true}]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/ampcode/model-mappings")).ShouldBe(200, """{"model-mappings":[{"from":"claude-opus-4.5","to":"gpt-6"},{"from":"b","to":"c","regex":true}]}""");
        (await rig.SendAsync("DELETE", "/ampcode/model-mappings", """{"value":["b"]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/ampcode/model-mappings")).Json["model-mappings"]!.AsArray().Count.ShouldBe(1);
        (await rig.SendAsync("DELETE", "/ampcode/model-mappings")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/ampcode/model-mappings")).ShouldBe(200, """{"model-mappings":[]}""");
        (await rig.SendAsync("PUT", "/ampcode/upstream-api-keys", """{"value":[{"upstream-api-key":"u1","api-keys":["k1"]}]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("PATCH", "/ampcode/upstream-api-keys", """{"value":[{"upstream-api-key":"u1","api-keys":["k1","k2"]},{"upstream-api-key":"u2","api-keys":[]}]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/ampcode/upstream-api-keys")).ShouldBe(200, """{"upstream-api-keys":[{"upstream-api-key":"u1","api-keys":["k1","k2"]},{"upstream-api-key":"u2","api-keys":[]}]}""");
        (await rig.SendAsync("DELETE", "/ampcode/upstream-api-keys")).ShouldBe(400, """{"error":"missing value"}""");
        (await rig.SendAsync("DELETE", "/ampcode/upstream-api-keys", """{"value":[" "]}""")).ShouldBe(400, """{"error":"empty value"}""");
        (await rig.SendAsync("DELETE", "/ampcode/upstream-api-keys", """{"value":["u1"]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("DELETE", "/ampcode/upstream-api-keys", """{"value":[]}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/ampcode/upstream-api-keys")).ShouldBe(200, """{"upstream-api-keys":[]}""");
    }
}

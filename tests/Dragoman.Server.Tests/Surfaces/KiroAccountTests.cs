using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;
using Dragoman.Testing;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>The accounts and token files of the surface <c>kiro</c>: wire note kiro-and-bedrock.md A.3, A.4 and F.1.</summary>
[Trait("speed", "fast")]
public sealed class KiroAccountTests
{
    [Fact]
    [Trait("check", "kiro K1")]
    public async Task At_a_fresh_start_there_is_nothing_and_every_number_is_zero()
    {
        await using var rig = await KiroRig.StartAsync();
        var status = await rig.AskAsync("GET", "/api/status");
        (status["ok"]!.GetValue<bool>(), status["has_accounts"]!.GetValue<bool>(), status["has_available_accounts"]!.GetValue<bool>()).ShouldBe((true, false, false));
        status["port"]!.GetValue<int>().ShouldBe(rig.Gateway.Addresses[1].Port);
        var stats = status["stats"]!.AsObject();
        stats["error_rate"]!.GetValue<string>().ShouldBe("0.0%");
        foreach (var name in (string[])["total_requests", "total_errors", "accounts_total", "accounts_available", "accounts_cooldown", "recent_logs"]) stats[name]!.GetValue<long>().ShouldBe(0, name);
        stats["uptime_seconds"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0);
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    [Trait("check", "kiro K4")]
    public async Task A_token_file_becomes_an_account_with_all_that_the_list_and_the_page_show()
    {
        await using var rig = await KiroRig.StartAsync();
        var path = rig.Write("kiro-auth-token.json", (await rig.TokensAsync("ada")).ToJsonString());
        var refused = await rig.AskAsync("POST", "/api/accounts", $$"""{"token_path":"{{path}}","name":"work"}""");
        refused["ok"]!.GetValue<bool>().ShouldBeFalse();
        refused["error"]!.GetValue<string>().ShouldContain("dragoman login kiro --acknowledge");
        refused["detail"]!.GetValue<string>().ShouldBe(refused["error"]!.GetValue<string>(), "that system's page shows this one");

        var added = await rig.AskAsync("POST", "/api/accounts", $$"""{"token_path":"{{path}}","name":"work","acknowledged":true}""");
        added["ok"]!.GetValue<bool>().ShouldBeTrue(added.ToJsonString());
        var id = added["account_id"]!.GetValue<string>();
        id.ShouldMatch("^[0-9a-f]{8}$");
        var row = (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        row.Select(static member => member.Key).ShouldBe(["id", "name", "enabled", "status", "available", "request_count", "error_count", "cooldown_remaining", "token_expired", "token_expiring_soon", "auth_method", "has_refresh_token", "idc_config_complete", "proxy_url"]);
        row.ToJsonString().ShouldBe($$"""{"id":"{{id}}","name":"work","enabled":true,"status":"active","available":true,"request_count":0,"error_count":0,"cooldown_remaining":null,"token_expired":false,"token_expiring_soon":false,"auth_method":"social","has_refresh_token":true,"idc_config_complete":null,"proxy_url":null}""");
        var detail = await rig.AskAsync("GET", $"/api/accounts/{id}");
        detail["token_path"]!.GetValue<string>().ShouldBe(path);
        detail["machine_id"]!.GetValue<string>().ShouldMatch(@"^[0-9a-f]{16}\.\.\.$");
        detail["credentials"]!["expires_at"]!.GetValue<string>().ShouldEndWith("Z");
        (detail["credentials"]!["has_access_token"]!.GetValue<bool>(), detail["credentials"]!["has_client_id"]!.GetValue<bool>(), detail["credentials"]!["region"]!.GetValue<string>()).ShouldBe((true, false, "us-east-1"));
        detail["cooldown"]!.ToJsonString().ShouldBe("""{"is_cooldown":false,"remaining_seconds":null}""");
        detail.ToJsonString().ShouldNotContain("aoaAAAA");
        (await rig.AskAsync("GET", "/api/status"))["has_available_accounts"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"token_path":"/nowhere/at/all.json"}""")]
    [InlineData("""{"token_path":"/etc/hostname"}""")]
    [InlineData("{}")]
    [InlineData("")]
    [Trait("check", "kiro K3")]
    public async Task A_path_that_is_not_there_or_not_allowed_is_invalid(string body)
    {
        await using var rig = await KiroRig.StartAsync();
        var reply = await rig.SendAsync("POST", "/api/accounts", body);
        (reply.Status, reply.Body).ShouldBe((400, """{"detail":"Invalid token path"}"""));
    }

    [Fact]
    [Trait("check", "kiro K5")]
    [Trait("check", "kiro K6")]
    [Trait("check", "kiro K9")]
    public async Task What_is_not_there_is_told_as_that_system_tells_it()
    {
        await using var rig = await KiroRig.StartAsync();
        foreach (var (method, path) in ((string, string)[])[("GET", "/api/accounts/zzzz"), ("POST", "/api/accounts/zzzz/toggle"), ("PUT", "/api/accounts/zzzz/proxy"), ("GET", "/api/accounts/zzzz/usage")])
        {
            var reply = await rig.SendAsync(method, path, method == "PUT" ? "{}" : null);
            (reply.Status, reply.Body).ShouldBe((404, """{"detail":"Account not found"}"""), path);
        }

        (await rig.AskAsync("DELETE", "/api/accounts/zzzz")).ToJsonString().ShouldBe("""{"ok":true}""");
        (await rig.AskAsync("POST", "/api/accounts/zzzz/restore")).ToJsonString().ShouldBe("""{"ok":false}""");
        var refresh = await rig.AskAsync("POST", "/api/accounts/zzzz/refresh");
        refresh["ok"]!.GetValue<bool>().ShouldBeFalse();
        refresh["message"]!.GetValue<string>().ShouldNotBeEmpty();
        var export = await rig.AskAsync("GET", "/api/accounts/export");
        (export["ok"]!.GetValue<bool>(), export["version"]!.GetValue<string>()).ShouldBe((true, "1.0"));
        var broken = await rig.SendAsync("POST", "/api/accounts", "{\"token_path\":");
        broken.Status.ShouldBe(400);
        broken.Json["detail"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("check", "kiro K4")]
    [Trait("check", "kiro K7")]
    [Trait("check", "kiro K8")]
    public async Task Switches_proxies_and_names_last_over_a_restart()
    {
        await using var rig = await KiroRig.StartAsync();
        var id = await rig.AddAsync("ada");
        (await rig.AskAsync("POST", $"/api/accounts/{id}/toggle")).ToJsonString().ShouldBe("""{"ok":true,"enabled":false}""");
        (await rig.AskAsync("PUT", $"/api/accounts/{id}/proxy", """{"proxy_url":"socks5://127.0.0.1:1080"}"""))["proxy_url"]!.GetValue<string>().ShouldStartWith("socks5://127.0.0.1:1080");
        (await rig.SendAsync("PUT", $"/api/accounts/{id}/proxy", """{"proxy_url":"no proxy"}""")).Status.ShouldBe(400);
        await rig.RestartAsync();
        var row = (await rig.AskAsync("GET", "/api/accounts"))["accounts"]![0]!;
        (row["id"]!.GetValue<string>(), row["enabled"]!.GetValue<bool>(), row["status"]!.GetValue<string>(), row["available"]!.GetValue<bool>()).ShouldBe((id, false, "disabled", false));
        row["proxy_url"]!.GetValue<string>().ShouldStartWith("socks5://127.0.0.1:1080");
        (await rig.AskAsync("GET", $"/api/accounts/{id}"))["token_path"]!.GetValue<string>().ShouldEndWith("ada.json");
        (await rig.AskAsync("POST", $"/api/accounts/{id}/toggle"))["enabled"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.AskAsync("PUT", $"/api/accounts/{id}/proxy", """{"proxy_url":"  "}""")).ToJsonString().ShouldBe("""{"ok":true,"proxy_url":null}""");
        (await rig.AskAsync("PUT", $"/api/accounts/{id}/proxy", """{"proxy_url":null}""")).ToJsonString().ShouldBe("""{"ok":true,"proxy_url":null}""");
        (await rig.AskAsync("DELETE", $"/api/accounts/{id}"))["ok"]!.GetValue<bool>().ShouldBeTrue();
        File.Exists(Path.Combine(rig.Cache, "ada.json")).ShouldBeTrue("the token file stays");
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_is_renewed_by_hand_and_one_that_the_vendor_refuses_is_unhealthy()
    {
        await using var rig = await KiroRig.StartAsync();
        var id = await rig.AddAsync("ada");
        (await rig.AskAsync("POST", $"/api/accounts/{id}/refresh"))["ok"]!.GetValue<bool>().ShouldBeTrue();
        rig.Upstream.Requests.Count(request => request.Target == "/kiro/auth/refreshToken").ShouldBe(1);
        rig.Upstream.Reset();
        var refused = await rig.AskAsync("POST", $"/api/accounts/{id}/refresh");
        (refused["ok"]!.GetValue<bool>(), refused["message"]!.GetValue<string>().Contains("sign in again", StringComparison.Ordinal)).ShouldBe((false, true), refused.ToJsonString());
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]![0]!["status"]!.GetValue<string>().ShouldBe("unhealthy");
    }

    [Fact]
    [Trait("check", "kiro K10")]
    public async Task Only_tokens_that_end_within_ten_minutes_are_renewed_together()
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync(time: time);
        var (soon, later) = (await rig.AddAsync("ada"), "");
        time.Advance(TimeSpan.FromMinutes(2));
        later = await rig.AddAsync("bob");
        time.Advance(TimeSpan.FromMinutes(49));
        var answer = await rig.AskAsync("POST", "/api/accounts/refresh-all");
        answer["refreshed"]!.GetValue<int>().ShouldBe(1, answer.ToJsonString());
        answer["results"]!.AsArray().Select(result => (result!["account_id"]!.GetValue<string>(), result["success"]!.GetValue<bool>())).ShouldBe([(soon, true)]);
        (await rig.AskAsync("GET", $"/api/accounts/{later}"))["credentials"]!["is_expiring_soon"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    [Trait("check", "kiro K11")]
    [Trait("check", "kiro K13")]
    public async Task Only_token_files_are_found_and_each_is_added_once()
    {
        await using var rig = await KiroRig.StartAsync();
        var path = rig.Write("kiro-auth-token.json", (await rig.TokensAsync("ada")).ToJsonString());
        rig.Write("e909a0580879b06ece1202964fbe9dda95ea4ce3.json", """{"clientId":"c","clientSecret":"s"}""");
        rig.Write("broken.json", "{\"accessToken\":");
        var token = (await rig.AskAsync("GET", "/api/token/scan"))["tokens"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        (token["path"]!.GetValue<string>(), token["name"]!.GetValue<string>(), token["auth_method"]!.GetValue<string>(), token["region"]!.GetValue<string>(), token["has_refresh_token"]!.GetValue<bool>(), token["already_added"]!.GetValue<bool>())
            .ShouldBe((path, "kiro-auth-token", "social", "us-east-1", true, false));
        token["idc_config_complete"].ShouldBeNull();
        token.ToJsonString().ShouldNotContain("aoaAAAA");
        var body = $$"""{"path":"{{path}}","acknowledged":true}""";
        (await rig.AskAsync("POST", "/api/token/add-from-scan", body))["ok"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.AskAsync("GET", "/api/token/scan"))["tokens"]![0]!["already_added"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.SendAsync("POST", "/api/token/add-from-scan", body)).Status.ShouldBe(400);
        // The editor has renewed its token meanwhile: the file is known by its place.
        rig.Write("kiro-auth-token.json", (await rig.TokensAsync("ada")).ToJsonString());
        (await rig.SendAsync("POST", "/api/token/add-from-scan", body)).Status.ShouldBe(400);
    }

    [Fact]
    [Trait("check", "kiro K12")]
    public async Task A_login_at_AWS_is_complete_with_the_registration_that_it_names()
    {
        await using var rig = await KiroRig.StartAsync();
        rig.Write("a.json", """{"accessToken":"aoa1","refreshToken":"aor1","authMethod":"IdC","clientIdHash":"h","region":"eu-west-1"}""");
        (await rig.AskAsync("GET", "/api/token/scan"))["tokens"]![0]!["idc_config_complete"]!.GetValue<bool>().ShouldBeFalse();
        rig.Write("h.json", """{"clientId":"c","clientSecret":"s"}""");
        (await rig.AskAsync("GET", "/api/token/scan"))["tokens"]!.AsArray().ShouldHaveSingleItem()!["idc_config_complete"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("~/.aws/credentials")]
    [InlineData("~/.aws/sso/cache/../../credentials")]
    [Trait("check", "kiro K14")]
    public async Task Files_elsewhere_are_not_opened(string path)
    {
        await using var rig = await KiroRig.StartAsync();
        _ = rig.Cache;
        File.WriteAllText(Path.Combine(rig.Folder.FullName, "home", ".aws", "credentials"), "{\"accessToken\":\"a-secret\"}");
        var reply = await rig.SendAsync("POST", "/api/token/add-from-scan", $$"""{"path":"{{path}}","acknowledged":true}""");
        reply.Status.ShouldBe(400);
        reply.Body.ShouldNotContain("a-secret");
    }

    [Fact]
    public async Task Files_that_are_added_at_once_are_all_known_again()
    {
        await using var rig = await KiroRig.StartAsync();
        var first = await rig.AddAsync("ada");
        var paths = new List<string>();
        foreach (var person in (string[])["bob", "eve", "kim"]) paths.Add(rig.Write($"{person}.json", (await rig.TokensAsync(person)).ToJsonString()));
        await Task.WhenAll(paths.Select(path => rig.AskAsync("POST", "/api/token/add-from-scan", $$"""{"path":"{{path}}"}""")));
        var list = (await rig.AskAsync("GET", "/api/config/export"))["accounts"]!.AsArray();
        list.Select(static account => account!["token_path"]!.GetValue<string>()).Order().ShouldBe(paths.Append(Path.Combine(rig.Cache, "ada.json")).Order());
        first.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_check_of_tokens_asks_nobody()
    {
        await using var rig = await KiroRig.StartAsync();
        var id = await rig.AddAsync("ada");
        var before = rig.Upstream.Requests.Count;
        var row = (await rig.AskAsync("POST", "/api/token/refresh-check"))["accounts"]!.AsArray().ShouldHaveSingleItem()!;
        (row["id"]!.GetValue<string>(), row["name"]!.GetValue<string>(), row["valid"]!.GetValue<bool>(), row["expiring_soon"]!.GetValue<bool>(), row["auth_method"]!.GetValue<string>(), row["has_refresh_token"]!.GetValue<bool>()).ShouldBe((id, "ada", true, false, "social", true));
        rig.Upstream.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Accounts_come_in_by_their_tokens_and_go_out_without()
    {
        await using var rig = await KiroRig.StartAsync();
        var (ada, bob) = (await rig.TokensAsync("ada"), await rig.TokensAsync("bob"));
        var secrets = (string[])[ada["accessToken"]!.GetValue<string>(), ada["refreshToken"]!.GetValue<string>(), bob["refreshToken"]!.GetValue<string>()];
        var body = new JsonObject { ["acknowledged"] = true, ["accounts"] = new JsonArray(new JsonObject { ["name"] = "one", ["enabled"] = false, ["credentials"] = ada }, new JsonObject { ["name"] = "x", ["credentials"] = new JsonObject() }, "odd") };
        var imported = await rig.AskAsync("POST", "/api/accounts/import", body.ToJsonString());
        (imported["ok"]!.GetValue<bool>(), imported["imported"]!.GetValue<int>()).ShouldBe((true, 1), imported.ToJsonString());
        imported["errors"]!.AsArray().Select(static error => error!.GetValue<string>()).ShouldBe(["x: missing accessToken", "unnamed: missing accessToken"]);
        var manual = await rig.AskAsync("POST", "/api/accounts/manual", $$"""{"access_token":"{{bob["accessToken"]}}","refresh_token":"{{bob["refreshToken"]}}","name":"one"}""");
        manual["account_id"]!.GetValue<string>().ShouldMatch("^[0-9a-f]{8}$");
        (await rig.SendAsync("POST", "/api/accounts/manual", "{}")).Status.ShouldBe(400);
        var export = await rig.AskAsync("GET", "/api/accounts/export");
        export["exported_at"]!.GetValue<string>().ShouldEndWith("Z");
        export["accounts"]!.AsArray().Select(account => (account!["name"]!.GetValue<string>(), account["enabled"]!.GetValue<bool>())).ShouldBe([("one", false), ("one #2", true)], ignoreOrder: true);
        export["accounts"]![0]!["credentials"]!["profileArn"]!.GetValue<string>().ShouldStartWith("arn:aws:codewhisperer:");
        foreach (var secret in secrets) export.ToJsonString().ShouldNotContain(secret);
    }

    [Fact]
    [Trait("check", "kiro K31")]
    public async Task The_list_of_files_brings_the_accounts_back()
    {
        await using var rig = await KiroRig.StartAsync();
        var (ada, bob) = (await rig.AddAsync("ada"), await rig.AddAsync("bob"));
        await rig.AskAsync("POST", $"/api/accounts/{bob}/toggle");
        var list = await rig.AskAsync("GET", "/api/config/export");
        list["accounts"]!.ToJsonString().ShouldNotContain("aoaAAAA");
        foreach (var id in (string[])[ada, bob]) await rig.AskAsync("DELETE", $"/api/accounts/{id}");
        (await rig.AskAsync("POST", "/api/config/import", list.ToJsonString())).ToJsonString().ShouldBe("""{"ok":true,"imported":2}""");
        var again = await rig.AskAsync("GET", "/api/config/export");
        again["accounts"]!.AsArray().Select(account => (account!["name"]!.GetValue<string>(), account["token_path"]!.GetValue<string>(), account["enabled"]!.GetValue<bool>()))
            .ShouldBe(list["accounts"]!.AsArray().Select(account => (account!["name"]!.GetValue<string>(), account["token_path"]!.GetValue<string>(), account["enabled"]!.GetValue<bool>())), ignoreOrder: true);
        (await rig.AskAsync("POST", "/api/config/import", list.ToJsonString())).ToJsonString().ShouldBe("""{"ok":true,"imported":0}""");
    }

    [Fact]
    [Trait("check", "kiro K35")]
    public async Task What_is_left_of_a_plan_counts_bonuses_that_are_in_force()
    {
        await using var rig = await KiroRig.StartAsync();
        var id = await rig.AddAsync("ada");
        var answer = await rig.AskAsync("GET", $"/api/accounts/{id}/usage");
        (answer["ok"]!.GetValue<bool>(), answer["account_id"]!.GetValue<string>(), answer["account_name"]!.GetValue<string>()).ShouldBe((true, id, "ada"), answer.ToJsonString());
        // The emulated vendor has 1000 credits, an ended trial of 500 and a bonus of 25 of 100.
        answer["usage"]!.ToJsonString().ShouldBe("""{"subscription_title":"KIRO PRO","usage_limit":1100,"current_usage":25,"balance":1075,"is_low_balance":false,"free_trial_limit":0,"free_trial_usage":0,"bonus_limit":100,"bonus_usage":25}""");
    }

    [Fact]
    [Trait("check", "kiro K35")]
    public async Task A_trial_that_has_ended_is_not_counted_in_what_is_left()
    {
        await using var rig = await KiroRig.StartAsync();
        var id = await rig.AddAsync("ada");
        rig.Upstream.Script.Add(ScriptedReply.Whole("""
            {"nextDateReset":1798761600,"subscriptionInfo":{"subscriptionTitle":"KIRO PRO"},"usageBreakdownList":[{"resourceType":"CREDIT","currentUsage":212,"currentUsageWithPrecision":212.5,"usageLimit":1000,"usageLimitWithPrecision":1000.0,
              "freeTrialInfo":{"freeTrialStatus":"EXPIRED","currentUsage":500,"usageLimit":500},"bonuses":[{"status":"ACTIVE","currentUsage":0.0,"usageLimit":100.0}]}]}
            """) with { Path = "getUsageLimits" });
        var usage = (await rig.AskAsync("GET", $"/api/accounts/{id}/usage"))["usage"]!;
        (usage["usage_limit"]!.GetValue<double>(), usage["current_usage"]!.GetValue<double>(), usage["balance"]!.GetValue<double>(), usage["is_low_balance"]!.GetValue<bool>()).ShouldBe((1100, 212.5, 887.5, false), usage.ToJsonString());
    }

    [Fact]
    [Trait("check", "kiro K15")]
    public async Task An_account_whose_login_cannot_be_read_is_not_valid_and_nobody_is_asked()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        // Without the key that secrets are kept with nobody can read them.
        File.Delete(Path.Combine(rig.Folder.FullName, "data", "master.key"));
        await rig.RestartAsync();
        var before = rig.Upstream.Requests.Count;
        var row = (await rig.AskAsync("POST", "/api/token/refresh-check"))["accounts"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        row.Select(static member => member.Key).ShouldBe(["id", "name", "valid", "error"]);
        (row["name"]!.GetValue<string>(), row["valid"]!.GetValue<bool>(), row["error"]!.GetValue<string>().Length > 0).ShouldBe(("ada", false, true));
        rig.Upstream.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Accounts_are_asked_whether_they_are_well()
    {
        await using var rig = await KiroRig.StartAsync();
        (await rig.AskAsync("POST", "/api/speedtest"))["ok"]!.GetValue<bool>().ShouldBeFalse();
        var (ada, bob) = (await rig.AddAsync("ada"), await rig.AddAsync("bob"));
        await rig.AskAsync("POST", $"/api/accounts/{bob}/toggle");
        var speed = await rig.AskAsync("POST", "/api/speedtest");
        (speed["ok"]!.GetValue<bool>(), speed["status"]!.GetValue<int>(), speed["account_id"]!.GetValue<string>()).ShouldBe((true, 200, ada), speed.ToJsonString());
        speed["latency_ms"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
        var health = await rig.AskAsync("POST", "/api/health-check");
        (health["total"]!.GetValue<int>(), health["healthy"]!.GetValue<int>(), health["unhealthy"]!.GetValue<int>()).ShouldBe((2, 1, 1), health.ToJsonString());
        health["results"]!.AsArray().Select(result => (result!["name"]!.GetValue<string>(), result["status"]!.GetValue<string>(), result["healthy"]!.GetValue<bool>())).ShouldBe([("ada", "healthy", true), ("bob", "disabled", false)], ignoreOrder: true);
    }
}

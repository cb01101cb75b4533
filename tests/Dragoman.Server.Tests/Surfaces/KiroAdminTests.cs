using System.Text.Json.Nodes;
using System.Web;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>The admin API of the surface <c>kiro</c>: wire notes kiro-and-bedrock.md A.11 and surface-clients.md §4.</summary>
public sealed class KiroAdminTests
{
    [Fact]
    public async Task Accounts_are_listed_by_numbers_that_last()
    {
        await using var rig = await KiroRig.StartAsync();
        (await rig.AskAsync("GET", "/api/admin/credentials")).ToJsonString().ShouldBe("""{"total":0,"available":0,"currentId":0,"credentials":[]}""");
        await rig.AddAsync("ada");
        await rig.AddAsync("bob");
        await rig.ChatAsync();
        var list = await rig.AskAsync("GET", "/api/admin/credentials");
        (list["total"]!.GetValue<int>(), list["available"]!.GetValue<int>()).ShouldBe((2, 2));
        var items = list["credentials"]!.AsArray();
        items.Select(static item => item!["id"]!.GetValue<int>()).Order().ShouldBe([1, 2]);
        var used = items.Single(item => item!["id"]!.GetValue<int>() == list["currentId"]!.GetValue<int>())!;
        (used["isCurrent"]!.GetValue<bool>(), used["successCount"]!.GetValue<int>(), used["failureCount"]!.GetValue<int>(), used["refreshFailureCount"]!.GetValue<int>(), used["disabled"]!.GetValue<bool>()).ShouldBe((true, 1, 0, 0, false), used.ToJsonString());
        (used["authMethod"]!.GetValue<string>(), used["hasProfileArn"]!.GetValue<bool>(), used["hasProxy"]!.GetValue<bool>(), used["endpoint"]!.GetValue<string>(), used["priority"]!.GetValue<int>()).ShouldBe(("social", true, false, "ide", 0));
        used["refreshTokenHash"]!.GetValue<string>().ShouldNotBeEmpty();
        used["lastUsedAt"]!.GetValue<string>().ShouldEndWith("Z");
        list.ToJsonString().ShouldNotContain("aorAAAA");
        // A number is given once: the next account gets another, also after a restart.
        var gone = items.Single(static item => item!["name"]!.GetValue<string>() == "ada")!["id"]!.GetValue<int>();
        (await rig.SendAsync("DELETE", $"/api/admin/credentials/{gone}")).Status.ShouldBe(400, "only what is disabled may be deleted");
        await rig.AskAsync("POST", $"/api/admin/credentials/{gone}/disabled", """{"disabled":true}""");
        (await rig.AskAsync("DELETE", $"/api/admin/credentials/{gone}"))["success"]!.GetValue<bool>().ShouldBeTrue();
        await rig.RestartAsync();
        await rig.AddAsync("eve");
        (await rig.AskAsync("GET", "/api/admin/credentials"))["credentials"]!.AsArray().Select(static item => item!["id"]!.GetValue<int>()).Max().ShouldBe(3);
    }

    [Fact]
    public async Task Groups_are_the_tags_of_accounts()
    {
        await using var rig = await KiroRig.StartAsync();
        (await rig.AskAsync("GET", "/api/admin/groups")).ToJsonString().ShouldBe("""{"total":0,"groups":[]}""");
        var tokens = await rig.TokensAsync("ada");
        await rig.AskAsync("POST", "/api/admin/credentials", $$"""{"refreshToken":"{{tokens["refreshToken"]}}","authMethod":"social","groups":["a","b"],"acknowledged":true}""");
        var made = await rig.AskAsync("POST", "/api/admin/groups", """{"name":" empty ","description":"of nobody"}""");
        (made["name"]!.GetValue<string>(), made["description"]!.GetValue<string>(), made["credentialCount"]!.GetValue<int>(), made["clientKeyCount"]!.GetValue<int>()).ShouldBe(("empty", "of nobody", 0, 0));
        made["createdAt"]!.GetValue<string>().ShouldEndWith("Z");
        foreach (var (body, status) in ((string, int)[])[("""{"name":"a"}""", 409), ("""{"name":""}""", 400), ("{}", 400)]) (await rig.SendAsync("POST", "/api/admin/groups", body)).Status.ShouldBe(status, body);
        await rig.RestartAsync();
        (await NamesAsync()).ShouldBe(["a:1", "b:1", "empty:0"]);
        // A new name: the accounts follow.
        (await rig.AskAsync("PATCH", "/api/admin/groups/a", """{"newName":"c","description":"renamed"}"""))["description"]!.GetValue<string>().ShouldBe("renamed");
        (await ItemAsync(rig, 1))["groups"]!.ToJsonString().ShouldBe("""["c","b"]""");
        (await rig.AskAsync("PATCH", "/api/admin/groups/c", """{"description":""}""")).AsObject().ContainsKey("description").ShouldBeFalse();
        (await rig.SendAsync("PATCH", "/api/admin/groups/c", """{"newName":"b"}""")).Status.ShouldBe(409);
        (await rig.SendAsync("PATCH", "/api/admin/groups/none", "{}")).Status.ShouldBe(404);
        (await rig.SendAsync("DELETE", "/api/admin/groups/c")).Status.ShouldBe(409, "an account is in it");
        (await rig.AskAsync("DELETE", "/api/admin/groups/c?force=true"))["success"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.AskAsync("DELETE", "/api/admin/groups/empty"))["success"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.SendAsync("DELETE", "/api/admin/groups/empty")).Status.ShouldBe(404);
        (await NamesAsync()).ShouldBe(["b:1"]);

        async Task<List<string>> NamesAsync() => [.. (await rig.AskAsync("GET", "/api/admin/groups"))["groups"]!.AsArray().Select(static group => $"{group!["name"]}:{group["credentialCount"]}")];
    }

    [Fact]
    public async Task Accounts_are_added_by_a_refresh_token_or_a_key_and_changed()
    {
        await using var rig = await KiroRig.StartAsync();
        var tokens = await rig.TokensAsync("ada");
        var added = await rig.AskAsync("POST", "/api/admin/credentials", $$"""{"refreshToken":"{{tokens["refreshToken"]}}","authMethod":"social","priority":5,"groups":["a","b"],"acknowledged":true}""");
        (added["success"]!.GetValue<bool>(), added["credentialId"]!.GetValue<int>(), added["email"]!.GetValue<string>()).ShouldBe((true, 1, "ada@example.com"), added.ToJsonString());
        (await rig.AskAsync("POST", "/api/admin/credentials", """{"kiroApiKey":"ksk_example_1","authMethod":"api_key","email":"key"}"""))["credentialId"]!.GetValue<int>().ShouldBe(2);
        var used = await rig.SendAsync("POST", "/api/admin/credentials", """{"refreshToken":"aor-of-nobody"}""");
        (used.Status >= 400, used.Json["error"]!["message"]!.GetValue<string>().Length > 0).ShouldBe((true, true), used.Body);
        (await rig.SendAsync("POST", "/api/admin/credentials", "{}")).Json["error"]!["type"]!.GetValue<string>().ShouldBe("invalid_request");
        var first = await ItemAsync(rig, 1);
        (first["priority"]!.GetValue<int>(), first["groups"]!.ToJsonString(), first["email"]!.GetValue<string>()).ShouldBe((5, """["a","b"]""", "ada@example.com"));
        (await ItemAsync(rig, 2))["maskedApiKey"]!.GetValue<string>().ShouldNotContain("ksk_example_1");
        foreach (var (path, body) in ((string, string)[])[("priority", """{"priority":7}"""), ("concurrency", """{"maxConcurrency":3}"""), ("disabled", """{"disabled":true}""")])
            (await rig.AskAsync("POST", $"/api/admin/credentials/1/{path}", body))["success"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.AskAsync("PUT", "/api/admin/credentials/1", """{"email":"work","proxyUrl":"http://127.0.0.1:3128","proxyUsername":"me","proxyPassword":"a-proxy-secret","groups":[]}"""))["success"]!.GetValue<bool>().ShouldBeTrue();
        await rig.RestartAsync();
        first = await ItemAsync(rig, 1);
        (first["priority"]!.GetValue<int>(), first["maxConcurrency"]!.GetValue<int>(), first["disabled"]!.GetValue<bool>(), first["disabledReason"]!.GetValue<string>(), first["name"]!.GetValue<string>(), first["hasProxy"]!.GetValue<bool>(), first["groups"]!.AsArray().Count).ShouldBe((7, 3, true, "Manual", "work", true, 0));
        first.ToJsonString().ShouldNotContain("a-proxy-secret");
        (await rig.AskAsync("POST", "/api/admin/credentials/1/reset"))["success"]!.GetValue<bool>().ShouldBeTrue();
        (await ItemAsync(rig, 1))["disabled"]!.GetValue<bool>().ShouldBeFalse();
        (await rig.SendAsync("POST", "/api/admin/credentials/1/disabled", "{}")).Status.ShouldBe(400);
        (await rig.SendAsync("GET", "/api/admin/credentials/export")).Status.ShouldBe(403);
        foreach (var path in (string[])["9/disabled", "x/priority", "9/refresh"]) (await rig.SendAsync("POST", $"/api/admin/credentials/{path}", "{}")).Json["error"]!["type"]!.GetValue<string>().ShouldBe("not_found");
    }

    [Fact]
    public async Task Plans_models_and_logins_are_asked_for()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        var balance = await rig.AskAsync("GET", "/api/admin/credentials/1/balance");
        (balance["id"]!.GetValue<int>(), balance["subscriptionTitle"]!.GetValue<string>(), balance["currentUsage"]!.GetValue<double>(), balance["usageLimit"]!.GetValue<double>(), balance["remaining"]!.GetValue<double>(), balance["usagePercentage"]!.GetValue<double>()).ShouldBe((1, "KIRO PRO", 25, 1100, 1075, 2.27));
        balance["nextResetAt"]!.GetValue<double>().ShouldBe(1798761600);
        (await ItemAsync(rig, 1))["balance"]!["remaining"]!.GetValue<double>().ShouldBe(1075);
        (await rig.AskAsync("GET", "/api/admin/credentials/1/models"))["models"]!.AsArray().ShouldNotBeEmpty();
        (await rig.AskAsync("POST", "/api/admin/credentials/1/refresh"))["success"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.AskAsync("POST", "/api/admin/credentials/1/clear-throttle"))["success"]!.GetValue<bool>().ShouldBeTrue();
        var test = await rig.AskAsync("POST", "/api/admin/models/test", """{"model":"claude-sonnet-4.5","credentialId":1}""");
        (test["success"]!.GetValue<bool>(), test["status"]!.GetValue<int>(), test["latencyMs"]!.GetValue<double>() >= 0).ShouldBe((true, 200, true), test.ToJsonString());
        (await rig.AskAsync("GET", "/api/admin/models"))["models"]!.AsArray().ShouldNotBeNull();
        var begun = await rig.AskAsync("POST", "/api/admin/auth/social/start", """{"acknowledged":true}""");
        var session = begun["sessionId"]!.GetValue<string>();
        (await rig.AskAsync("POST", $"/api/admin/auth/social/poll/{session}")).ToJsonString().ShouldBe("""{"status":"pending"}""");
        using var consent = await rig.OpenAsync(begun["portalUrl"]!.GetValue<string>() + "&emulated_user=bob");
        var query = HttpUtility.ParseQueryString(consent.Headers.Location!.Query);
        (await rig.AskAsync("POST", $"/api/admin/auth/social/complete/{session}", $$"""{"code":"{{query["code"]}}","state":"{{query["state"]}}"}""")).ToJsonString().ShouldBe("""{"status":"success","credentialId":2}""");
        var code = await rig.AskAsync("POST", "/api/admin/auth/idc/start", """{"region":"us-east-1"}""");
        code["verificationUriComplete"]!.GetValue<string>().ShouldContain(code["userCode"]!.GetValue<string>());
        (await rig.AskAsync("POST", $"/api/admin/auth/idc/poll/{code["sessionId"]}")).ToJsonString().ShouldBe("""{"status":"pending"}""");
    }

    [Fact]
    public async Task Client_keys_are_made_shown_once_and_used()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        var made = await rig.AskAsync("POST", "/api/admin/client-keys", """{"name":"laptop","description":"mine"}""");
        var (id, key) = (made["id"]!.GetValue<int>(), made["key"]!.GetValue<string>());
        (await rig.ChatAsync()).Status.ShouldBe(401, "from the first key on, clients have to show one");
        (await rig.SendAsync("POST", "/v1/messages", """{"model":"claude-sonnet-4.5","max_tokens":50,"messages":[{"role":"user","content":"say:hi"}]}""", ("x-api-key", key))).Status.ShouldBe(200);
        var item = (await rig.AskAsync("GET", "/api/admin/client-keys"))["keys"]!.AsArray().ShouldHaveSingleItem()!;
        (item["id"]!.GetValue<int>(), item["name"]!.GetValue<string>(), item["description"]!.GetValue<string>(), item["disabled"]!.GetValue<bool>(), item["totalCalls"]!.GetValue<int>()).ShouldBe((id, "laptop", "mine", false, 1));
        item.ToJsonString().ShouldNotContain(key);
        foreach (var name in (string[])["totalInputTokens", "totalOutputTokens", "totalCacheCreationTokens", "totalCacheReadTokens"]) item[name]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0);
        item["totalCredits"]!.GetValue<decimal>().ShouldBe(0.08m, "the emulated vendor says so of an answer");
        await rig.AskAsync("PUT", $"/api/admin/client-keys/{id}", """{"name":"desk","description":""}""");
        var rotated = (await rig.AskAsync("POST", $"/api/admin/client-keys/{id}/rotate"))["key"]!.GetValue<string>();
        rotated.ShouldNotBe(key);
        await rig.AskAsync("POST", $"/api/admin/client-keys/{id}/disabled", """{"disabled":true}""");
        await rig.RestartAsync();
        item = (await rig.AskAsync("GET", "/api/admin/client-keys"))["keys"]![0]!;
        (item["id"]!.GetValue<int>(), item["name"]!.GetValue<string>(), item["description"]!.GetValue<string>(), item["disabled"]!.GetValue<bool>()).ShouldBe((id, "desk", "", true));
        (await rig.SendAsync("POST", "/api/admin/client-keys", """{"name":"x","group":"g"}""")).Status.ShouldBe(400);
        (await rig.SendAsync("POST", $"/api/admin/client-keys/{id}/reset-stats")).Status.ShouldBe(400);
        (await rig.AskAsync("DELETE", $"/api/admin/client-keys/{id}"))["success"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.SendAsync("DELETE", $"/api/admin/client-keys/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Usage_and_traces_are_shown_in_numbers()
    {
        await using var rig = await KiroRig.StartAsync();
        var empty = await rig.AskAsync("GET", "/api/admin/stats/overview");
        foreach (var number in empty.AsObject()) number.Value!.GetValue<long>().ShouldBe(0, number.Key);
        await rig.AddAsync("ada");
        await rig.ChatAsync();
        await rig.ChatAsync(model: "nothing-of-that-name");
        var overview = await rig.AskAsync("GET", "/api/admin/stats/overview");
        (overview["todayCalls"]!.GetValue<int>(), overview["todayErrors"]!.GetValue<int>(), overview["weekCalls"]!.GetValue<int>(), overview["activeCredentials"]!.GetValue<int>()).ShouldBe((2, 1, 2, 1));
        // The emulated vendor says that an answer took 0.08 credits.
        (overview["todayCredits"]!.GetValue<decimal>(), overview["weekCredits"]!.GetValue<decimal>()).ShouldBe((0.08m, 0.08m));
        (await rig.AskAsync("GET", "/api/admin/stats/timeseries")).AsArray().Sum(static point => point!["credits"]!.GetValue<decimal>()).ShouldBe(0.08m);
        foreach (var range in (string[])["24h", "7d", "30d"]) (await rig.AskAsync("GET", $"/api/admin/stats/timeseries?range={range}")).AsArray().Sum(static point => point!["calls"]!.GetValue<int>()).ShouldBe(2, range);
        (await rig.AskAsync("GET", "/api/admin/stats/by-model")).AsArray().Sum(static row => row!["calls"]!.GetValue<int>()).ShouldBe(2);
        var byAccount = (await rig.AskAsync("GET", "/api/admin/stats/by-credential")).AsArray();
        byAccount.Select(static row => (row!["credentialId"]!.GetValue<int>(), row["calls"]!.GetValue<int>(), row["errors"]!.GetValue<int>())).ShouldBe([(0, 1, 1), (1, 1, 0)], ignoreOrder: true);
        var traces = await rig.AskAsync("GET", "/api/admin/traces");
        traces["total"]!.GetValue<int>().ShouldBe(2);
        var good = traces["records"]![1]!;
        (good["finalStatus"]!.GetValue<string>(), good["finalCredentialId"]!.GetValue<int>(), good["totalAttempts"]!.GetValue<int>(), good["attempts"]![0]!["outcome"]!.GetValue<string>(), good["attempts"]![0]!["httpStatus"]!.GetValue<int>()).ShouldBe(("success", 1, 1, "success", 200));
        good["durationMs"]!.GetValue<double>().ShouldBeGreaterThan(0);
        (await rig.AskAsync("GET", "/api/admin/traces?onlyFailed=true"))["records"]!.AsArray().ShouldHaveSingleItem()!["finalStatus"]!.GetValue<string>().ShouldBe("error");
        (await rig.AskAsync("GET", "/api/admin/traces?credentialId=1&limit=1"))["total"]!.GetValue<int>().ShouldBe(1);
        (await rig.AskAsync("GET", "/api/admin/traces/failure-stats")).AsObject().Count.ShouldBe(0);
    }

    [Fact]
    public async Task Proxies_are_listed_and_given_to_accounts()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        await rig.AddAsync("bob");
        (await rig.AskAsync("GET", "/api/admin/proxy-pool")).ToJsonString().ShouldBe("""{"total":0,"proxies":[]}""");
        var added = await rig.AskAsync("POST", "/api/admin/proxy-pool", """{"url":"http://127.0.0.1:3128","label":"one"}""");
        (added["id"]!.GetValue<int>(), added["enabled"]!.GetValue<bool>(), added["credentialCount"]!.GetValue<int>(), added["health"]!.GetValue<string>()).ShouldBe((1, true, 0, "unknown"));
        foreach (var url in (string[])["no proxy", "http://127.0.0.1:3128", "http://me:secret@127.0.0.1:3129"]) (await rig.SendAsync("POST", "/api/admin/proxy-pool", $$"""{"url":"{{url}}"}""")).Status.ShouldBe(400, url);
        var batch = await rig.AskAsync("POST", "/api/admin/proxy-pool/batch", """{"urls":["socks5://127.0.0.1:1080","odd"]}""");
        (batch["added"]!.GetValue<int>(), batch["errors"]!.GetValue<int>(), batch["errorMessages"]!.AsArray().Count).ShouldBe((1, 1, 1));
        (await rig.AskAsync("POST", "/api/admin/proxy-pool/assign-round-robin", "{}")).ToJsonString().ShouldBe("""{"assigned":2,"proxyCount":2}""");
        await rig.RestartAsync();
        (await rig.AskAsync("GET", "/api/admin/proxy-pool"))["proxies"]!.AsArray().Select(static proxy => proxy!["credentialCount"]!.GetValue<int>()).ShouldBe([1, 1]);
        await rig.AskAsync("POST", "/api/admin/credentials/1/proxy", """{"proxyId":null}""");
        (await ItemAsync(rig, 1))["hasProxy"]!.GetValue<bool>().ShouldBeFalse();
        await rig.AskAsync("POST", "/api/admin/proxy-pool/2/enabled", """{"enabled":false}""");
        (await rig.AskAsync("POST", "/api/admin/proxy-pool/assign-round-robin", """{"credentialIds":[1]}""")).ToJsonString().ShouldBe("""{"assigned":1,"proxyCount":1}""");
        (await rig.AskAsync("POST", "/api/admin/proxy-pool/1/check"))["health"]!.GetValue<string>().ShouldBe("unknown");
        (await rig.AskAsync("POST", "/api/admin/proxy-pool/check-all"))["healthy"]!.GetValue<int>().ShouldBe(0);
        await rig.AskAsync("DELETE", "/api/admin/proxy-pool/1");
        (await rig.SendAsync("DELETE", "/api/admin/proxy-pool/1")).Status.ShouldBe(404);
        (await rig.SendAsync("POST", "/api/admin/credentials/1/proxy", """{"proxyId":1}""")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Settings_take_effect_and_what_has_none_says_so()
    {
        await using var rig = await KiroRig.StartAsync(hasFile: true);
        (await rig.AskAsync("GET", "/api/admin/config/load-balancing")).ToJsonString().ShouldBe("""{"mode":"balanced"}""");
        (await rig.SendAsync("PUT", "/api/admin/config/load-balancing", """{"mode":"odd"}""")).Status.ShouldBe(400);
        (await rig.AskAsync("PUT", "/api/admin/config/load-balancing", """{"mode":"priority"}""")).ToJsonString().ShouldBe("""{"mode":"priority"}""");
        (await rig.AskAsync("GET", "/api/admin/config/global-proxy")).ToJsonString().ShouldBe("""{"proxyUrl":null}""");
        (await rig.AskAsync("GET", "/api/admin/config/account-rpm-limit")).ToJsonString().ShouldBe("""{"enabled":false,"limit":60,"applied":true}""");
        (await rig.AskAsync("PUT", "/api/admin/config/account-rpm-limit", """{"enabled":true,"limit":10}""")).ToJsonString().ShouldBe("""{"enabled":true,"limit":10,"applied":true}""");
        rig.Gateway.Config.Routing.Limits["kiro"].RequestsPerMinute.ShouldBe(10);
        (await rig.SendAsync("PUT", "/api/admin/config/account-rpm-limit", """{"limit":0}""")).Status.ShouldBe(400);
        (await rig.AskAsync("GET", "/api/admin/config/self-heal"))["minIntervalSecs"]!.GetValue<int>().ShouldBe(60);
        var healed = await rig.AskAsync("PUT", "/api/admin/config/self-heal", """{"minIntervalSecs":30}""");
        (healed["minIntervalSecs"]!.GetValue<int>(), healed["applied"]!.GetValue<bool>(), rig.Gateway.Config.Cooling.TransientCap).ShouldBe((30, true, TimeSpan.FromSeconds(30)));
        (await rig.SendAsync("PUT", "/api/admin/config/self-heal", """{"minIntervalSecs":0}""")).Status.ShouldBe(400);
        (await rig.AskAsync("PUT", "/api/admin/config/self-heal", """{"enabled":false}"""))["applied"]!.GetValue<bool>().ShouldBeFalse("it cannot be switched off");
        var throttle = (await rig.AskAsync("PUT", "/api/admin/config/account-throttle", """{"cooldownSecs":60}""")).AsObject();
        (throttle["failover"]!.GetValue<bool>(), throttle["cooldownSecs"]!.GetValue<int>(), throttle["applied"]!.GetValue<bool>()).ShouldBe((true, 60, false));
        throttle["note"]!.GetValue<string>().ShouldContain("left alone for an hour");
        (await rig.AskAsync("GET", "/api/admin/config/log-governance")).ToJsonString().ShouldBe("""{"traceEnabled":true,"traceRetentionDays":30,"usageLogRetentionDays":0}""");
        (await rig.SendAsync("PUT", "/api/admin/config/log-governance", """{"traceRetentionDays":0}""")).Status.ShouldBe(400);
        var update = await rig.AskAsync("GET", "/api/admin/system/update/check");
        (update["hasUpdate"]!.GetValue<bool>(), update["currentVersion"]!.GetValue<string>().Length > 0).ShouldBe((false, true));
        (await rig.AskAsync("GET", "/api/admin/config/update"))["autoApply"]!.GetValue<bool>().ShouldBeFalse();
        await rig.RestartAsync();
        (await rig.AskAsync("GET", "/api/admin/config/account-rpm-limit"))["limit"]!.GetValue<int>().ShouldBe(10);
        (await rig.AskAsync("GET", "/api/admin/config/self-heal"))["minIntervalSecs"]!.GetValue<int>().ShouldBe(30);
        (await rig.AskAsync("PUT", "/api/admin/config/account-rpm-limit", """{"enabled":false}""")).ToJsonString().ShouldBe("""{"enabled":false,"limit":10,"applied":true}""");
        rig.Gateway.Config.Routing.Limits["kiro"].RequestsPerMinute.ShouldBeNull();
    }

    [Fact]
    public async Task Without_a_file_of_its_own_there_is_no_configuration_to_be_changed_and_nothing_is_said_to_hold()
    {
        await using var rig = await KiroRig.StartAsync();
        foreach (var (path, body) in ((string, string)[])[("load-balancing", """{"mode":"priority"}"""), ("account-rpm-limit", """{"enabled":true,"limit":10}"""), ("self-heal", """{"minIntervalSecs":30}""")])
            (await rig.SendAsync("PUT", $"/api/admin/config/{path}", body)).Json["error"]!["message"]!.GetValue<string>().ShouldNotBeEmpty(path);
        (await rig.AskAsync("GET", "/api/admin/config/account-rpm-limit")).ToJsonString().ShouldBe("""{"enabled":false,"limit":60,"applied":true}""");
    }

    [Fact]
    public async Task An_account_gets_no_more_requests_a_minute_than_its_limit()
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync("max-retry-interval: 0\n", time, hasFile: true);
        await rig.AddAsync("ada");
        await rig.AskAsync("PUT", "/api/admin/config/account-rpm-limit", """{"enabled":true,"limit":2}""");
        foreach (var status in (int[])[200, 200, 429]) (await rig.ChatAsync()).Status.ShouldBe(status);
        time.Advance(TimeSpan.FromSeconds(61));
        (await rig.ChatAsync()).Status.ShouldBe(200);
    }

    private static async Task<JsonNode> ItemAsync(KiroRig rig, int id) => (await rig.AskAsync("GET", "/api/admin/credentials"))["credentials"]!.AsArray().Single(item => item!["id"]!.GetValue<int>() == id)!;
}

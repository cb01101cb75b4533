using System.Text.Json.Nodes;
using System.Web;
using Dragoman.Server.Tests.Logins;

namespace Dragoman.Server.Tests.Surfaces.Antigravity;

/// <summary>The HTTP surface of an Antigravity gateway: wire note codex-and-antigravity.md D.1 to D.4 and G.3, surface-clients.md 3.</summary>
public sealed class AntigravitySurfaceTests
{
    [Fact]
    [Trait("check", "antigravity 69")]
    public async Task Without_accounts_everything_answers()
    {
        await using var rig = await StartAsync();
        var health = (await rig.SendAsync("GET", "/health")).Json;
        (health["status"]!.GetValue<string>(), health["accounts"]!.GetValue<int>(), health["activeAccounts"]!.GetValue<int>(), health["summary"]!.GetValue<string>()).ShouldBe(("ok", 0, 0, "0 total, 0 available, 0 rate-limited, 0 invalid"));
        health["counts"]!.ToJsonString().ShouldBe("""{"total":0,"available":0,"rateLimited":0,"invalid":0}""");
        (await rig.SendAsync("GET", "/health?accounts=array")).Json["accounts"]!.AsArray().ShouldBeEmpty();
        (await rig.SendAsync("GET", "/api/accounts")).Body.ShouldBe("""{"status":"ok","accounts":[],"summary":{"total":0,"available":0,"rateLimited":0,"invalid":0}}""");
        var refused = await rig.SendAsync("POST", "/refresh-token");
        (refused.Status, refused.Body).ShouldBe((500, """{"status":"error","error":"No accounts available"}"""));
        var models = await rig.SendAsync("GET", "/v1/models");
        (models.Status, models.Json["type"]!.GetValue<string>(), models.Json["error"]!["type"]!.GetValue<string>(), models.Json["error"]!["message"]!.GetValue<string>()).ShouldBe((503, "error", "api_error", "No accounts available"));
        foreach (var path in (string[])["/", "/api/event_logging/batch"]) (await rig.SendAsync("POST", path, "{\"events\":[]}")).Body.ShouldBe("""{"status":"ok"}""");
        (await rig.SendAsync("GET", "/api/logs")).Body.ShouldNotContain("event_logging", Case.Sensitive, "what Claude Code tells its vendor is nobody's news");
        (await rig.SendAsync("HEAD", "/")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/api/stats/history")).Body.ShouldBe("{}");
        (await rig.SendAsync("POST", "/api/accounts/reload")).Json["message"]!.GetValue<string>().ShouldBe("Accounts reloaded from disk");
        (await rig.SendAsync("GET", "/api/accounts/export")).Body.ShouldBe("[]");
        (await rig.SendAsync("DELETE", "/api/accounts/no%40body")).Body.ShouldBe("""{"status":"error","error":"Account no@body not found"}""");
    }

    [Theory]
    [InlineData("GET", "/nope?x=1")]
    [InlineData("POST", "/v2/other")]
    [InlineData("GET", "/refresh-token")]
    [Trait("check", "antigravity 68")]
    public async Task What_is_not_there_is_told_with_its_whole_address(string method, string path)
    {
        await using var rig = await StartAsync();
        var answer = await rig.SendAsync(method, path);
        (answer.Status, answer.Body).ShouldBe((404, $$$"""{"type":"error","error":{"type":"not_found_error","message":"Endpoint {{{method}}} {{{path}}} not found"}}"""));
    }

    [Fact]
    [Trait("check", "antigravity 70")]
    public async Task Requests_are_checked_in_its_words_and_keys_are_asked_for_by_clients_only()
    {
        await using (var open = await StartAsync())
        {
            foreach (var body in (string[])["{}", """{"model":"m"}""", """{"messages":"x"}"""])
            {
                var wrong = await open.SendAsync("POST", "/v1/messages", body);
                (wrong.Status, wrong.Json["error"]!["type"]!.GetValue<string>(), wrong.Json["error"]!["message"]!.GetValue<string>()).ShouldBe((400, "invalid_request_error", "messages is required and must be an array"));
            }

            var missing = (await open.SendAsync("POST", "/v1/responses", """{"model":"m"}""")).Json["error"]!;
            (missing["message"]!.GetValue<string>(), missing["type"]!.GetValue<string>(), missing["code"]!.GetValue<string>()).ShouldBe(("input is required", "invalid_request_error", "invalid_input"));
        }

        await using var rig = await StartAsync("api-keys: [ key-of-a-client ]\n");
        foreach (var (method, path) in ((string, string)[])[("POST", "/v1/messages"), ("POST", "/v1/chat/completions"), ("GET", "/v1/models")])
        {
            var denied = await rig.SendAsync(method, path, method == "GET" ? null : "{}", ("x-api-key", "wrong"));
            (denied.Status, denied.Json["type"]!.GetValue<string>(), denied.Json["error"]!["type"]!.GetValue<string>(), denied.Json["error"]!["message"]!.GetValue<string>()).ShouldBe((401, "error", "authentication_error", "Invalid or missing API key"), path);
        }

        (await rig.SendAsync("GET", "/health")).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("check", "antigravity 67")]
    public async Task An_account_is_added_shown_used_and_removed()
    {
        await using var rig = await StartAsync();
        var refused = await rig.SendAsync("GET", "/api/auth/url");
        refused.Status.ShouldBe(403, "the vendor forbids it, which has to be read");
        refused.Json["error"]!.GetValue<string>().ShouldContain("acknowledged=true");
        var email = await SignInAsync(rig, "paid");
        (await rig.SendAsync("GET", "/api/auth/url")).Status.ShouldBe(200, "once is enough");
        (await rig.SendAsync("POST", "/api/auth/complete", "{}")).Body.ShouldBe("""{"status":"error","error":"Missing callbackInput or state"}""");
        (await rig.SendAsync("POST", "/api/auth/complete", """{"callbackInput":"abcdefghijkl","state":"x"}""")).Status.ShouldBe(400);

        var limits = (await rig.SendAsync("GET", "/account-limits?includeHistory=true")).Json;
        limits.AsObject().Select(member => member.Key).ShouldBe(["timestamp", "totalAccounts", "models", "modelConfig", "globalQuotaThreshold", "accounts", "history"]);
        limits["models"]!.ToJsonString().ShouldBe("""["claude-opus-4-6-thinking","gemini-3.8-flash-high"]""");
        var shown = limits["accounts"]!.AsArray().ShouldHaveSingleItem()!;
        (shown["email"]!.GetValue<string>(), shown["status"]!.GetValue<string>(), shown["error"], shown["enabled"]!.GetValue<bool>(), shown["isInvalid"]!.GetValue<bool>()).ShouldBe((email, "ok", null, true, false));
        var gemini = shown["limits"]!["gemini-3.8-flash-high"]!;
        (gemini["remaining"]!.GetValue<string>(), gemini["remainingFraction"]!.GetValue<double>()).ShouldBe(("85%", 0.85));
        gemini["resetTime"]!.GetValue<string>().ShouldEndWith("Z");
        shown["subscription"]!["tier"]!.GetValue<string>().ShouldNotBeEmpty();

        var answer = await rig.SendAsync("POST", "/v1/messages", """{"model":"claude-opus-4-6-thinking","messages":[{"role":"user","content":"say:hello"}]}""");
        answer.Status.ShouldBe(200, answer.Body);
        var history = (await rig.SendAsync("GET", "/api/stats/history")).Json.AsObject().ShouldHaveSingleItem().Value!;
        (history["_total"]!.GetValue<int>(), history["claude"]!["_subtotal"]!.GetValue<int>(), history["claude"]!["opus-4-6-thinking"]!.GetValue<int>()).ShouldBe((1, 1, 1));
        (await rig.SendAsync("GET", "/v1/models")).Json["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>()).ShouldContain("claude-opus-4-6-thinking");

        int Exchanges() => rig.Rig.Upstream.Requests.Count(request => request.Method == "POST" && request.Text.Contains("grant_type=refresh_token", StringComparison.Ordinal));
        var exchanges = Exchanges();
        var renewed = (await rig.SendAsync("POST", "/refresh-token")).Json;
        Exchanges().ShouldBe(exchanges + 1);
        renewed.AsObject().Count.ShouldBe(3);
        (renewed["status"]!.GetValue<string>(), renewed["message"]!.GetValue<string>()).ShouldBe(("ok", "Token caches cleared and refreshed"));
        renewed["tokenPrefix"]!.GetValue<string>().ShouldMatch(@"^ya29\..{1,5}\.\.\.$");
        (await rig.SendAsync("POST", $"/api/accounts/{email}/refresh")).Body.ShouldBe($$"""{"status":"ok","message":"Token cache cleared for {{email}}"}""");
        (await rig.SendAsync("POST", $"/api/accounts/{email}/toggle", "{}")).Body.ShouldBe("""{"status":"error","error":"enabled must be a boolean"}""");
        (await rig.SendAsync("POST", $"/api/accounts/{email}/toggle", """{"enabled":false}""")).Body.ShouldBe($$"""{"status":"ok","message":"Account {{email}} disabled"}""");
        (await rig.SendAsync("GET", "/api/accounts")).Json["accounts"]![0]!["enabled"]!.GetValue<bool>().ShouldBeFalse();
        await rig.SendAsync("POST", $"/api/accounts/{email}/toggle", """{"enabled":true}""");

        foreach (var (body, error) in ((string, string)[])[("""{"quotaThreshold":1}""", "quotaThreshold must be 0-0.99 or null"), ("""{"modelQuotaThresholds":[]}""", "modelQuotaThresholds must be an object or null"), ("""{"modelQuotaThresholds":{"m":2}}""", "Invalid threshold for model m: must be 0-0.99")])
            (await rig.SendAsync("PATCH", $"/api/accounts/{email}", body)).Body.ShouldBe($$"""{"status":"error","error":"{{error}}"}""");
        var patched = (await rig.SendAsync("PATCH", $"/api/accounts/{email}", """{"quotaThreshold":0.2,"modelQuotaThresholds":{"m":0.5}}""")).Json;
        patched["account"]!.ToJsonString().ShouldBe($$$"""{"email":"{{{email}}}","quotaThreshold":0.2,"modelQuotaThresholds":{"m":0.5}}""");
        (await rig.SendAsync("GET", "/api/accounts")).Json["accounts"]![0]!["quotaThreshold"]!.GetValue<double>().ShouldBe(0.2);
        (rig.Rig.Gateway.Config.Accounts.Single().Reserve!.ShareOf("n"), rig.Rig.Gateway.Config.Accounts.Single().Reserve!.ShareOf("m")).ShouldBe((0.2, 0.5));
        await rig.SendAsync("PATCH", $"/api/accounts/{email}", """{"quotaThreshold":null}""");
        rig.Rig.Gateway.Config.Accounts.Single().Reserve!.ShareOf("n").ShouldBeNull("the threshold of all holds for it");
        await rig.SendAsync("PATCH", $"/api/accounts/{email}", """{"modelQuotaThresholds":null}""");
        rig.Rig.Gateway.Config.Accounts.Single().Reserve.ShouldBeNull();

        foreach (var path in (string[])["/account-limits", "/health", "/api/accounts", "/api/config", "/api/settings", "/api/logs"]) (await rig.SendAsync("GET", path)).Body.ShouldNotContain("1//of-");
        var exported = (await rig.SendAsync("GET", "/api/accounts/export")).Body;
        exported.ShouldBe($$"""[{"email":"{{email}}","refresh_token":"1//of-paid"}]""");
        (await rig.SendAsync("DELETE", $"/api/accounts/{email}")).Body.ShouldBe($$"""{"status":"ok","message":"Account {{email}} removed"}""");

        (await rig.SendAsync("POST", "/api/accounts/import", "[]")).Body.ShouldBe("""{"status":"error","error":"accounts must be a non-empty array"}""");
        var results = (await rig.SendAsync("POST", "/api/accounts/import", $$"""{"accounts":[{"email":"{{email}}","refreshToken":"1//of-paid"},{"email":"x@y"},{}]}""")).Json;
        results.ToJsonString().ShouldBe($$$"""{"status":"ok","results":{"added":["{{{email}}}"],"updated":[],"failed":[{"email":"x@y","reason":"Missing refresh_token or api_key"},{"email":"unknown","reason":"Missing email"}]},"message":"Imported 1 accounts"}""");
        (await rig.SendAsync("POST", "/api/accounts/import", exported)).Json["results"]!["updated"]!.ToJsonString().ShouldBe($$"""["{{email}}"]""");
    }

    [Fact]
    [Trait("check", "antigravity 64")]
    public async Task An_account_whose_page_fails_is_shown_so_and_the_others_whole()
    {
        await using var broken = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(500, "{}"));
        await using var rig = await SurfaceFixture.StartWithAsync("antigravity", address => $$"""
            antigravity-account:
              - { name: fine, access-token: ya29-login-paid, project: project-of-paid, base-url: "{{address}}/antigravity" }
              - { name: broken, access-token: ya29-login-other, project: p, base-url: "{{broken.Address}}" }
            """);
        var answer = await rig.SendAsync("GET", "/account-limits");
        answer.Status.ShouldBe(200);
        var accounts = answer.Json["accounts"]!.AsArray();
        accounts.Select(account => (account!["email"]!.GetValue<string>(), account["status"]!.GetValue<string>())).ShouldBe([("fine", "ok"), ("broken", "error")], answer.Body);
        accounts[0]!["limits"]!["gemini-3.8-flash-high"]!["remaining"]!.GetValue<string>().ShouldBe("85%");
        accounts[1]!["error"]!.GetValue<string>().ShouldNotBeEmpty();
        accounts[1]!["limits"]!.AsObject().ShouldAllBe(limit => limit.Value == null);
    }

    [Fact]
    [Trait("check", "antigravity 65")]
    [Trait("check", "antigravity 66")]
    public async Task The_table_is_that_of_the_contract_to_the_letter()
    {
        await using var rig = await StartAsync();
        await SignInAsync(rig, "paid");
        await SignInAsync(rig, "spent");
        var answer = await rig.SendAsync("GET", "/account-limits?format=table");
        answer.Headers["content-type"].ShouldBe("text/plain; charset=utf-8");
        var lines = answer.Body.Split('\n');
        lines[0].ShouldMatch(@"^Account Limits \(\d{1,2}/\d{1,2}/\d{4}, \d{1,2}:\d\d:\d\d [AP]M\)$");
        lines[1].ShouldBe("Accounts: 2 total, 2 available, 0 rate-limited, 0 invalid");
        lines[2].ShouldBe("");
        lines[3].ShouldBe("Account                  Status         Last Used                Quota Reset");
        lines[4].ShouldBe(new string('─', 90));
        lines[5].ShouldStartWith("paid                     ok             never                    ");
        lines[6].ShouldStartWith("spent                    (1/2) limited  never                    ");
        lines[7].ShouldBe("");
        lines[8].ShouldBe("Model                         paid                          spent                         ");
        lines[9].ShouldBe(new string('─', 90));
        lines[10].ShouldMatch(@"^claude-opus-4-6-thinking      40%                           0% \(wait 1h5\dm\d{1,2}s\) {12,13}$");
        lines[11].ShouldBe("gemini-3.8-flash-high         85%                           85%                           ");
        lines.Length.ShouldBe(12, "no line behind the last");
        var spent = (await rig.SendAsync("GET", "/account-limits")).Json["accounts"]![1]!["limits"]!["claude-opus-4-6-thinking"]!;
        (spent["remaining"]!.GetValue<string>(), spent["remainingFraction"]!.GetValue<double>()).ShouldBe(("0%", 0));
    }

    [Fact]
    public async Task Settings_presets_and_models_last()
    {
        var data = Directory.CreateTempSubdirectory("dragoman-antigravity-").FullName;
        await using (var rig = await StartAsync(data: data))
        {
            var config = (await rig.SendAsync("GET", "/api/config")).Json;
            config.AsObject().Select(member => member.Key).ShouldBe(["status", "config", "version", "note"]);
            (config["config"]!["maxRetries"]!.GetValue<int>(), config["config"]!["accountSelection"]!["strategy"]!.GetValue<string>(), config["config"]!["accountSelection"]!["healthScore"]!["initial"]!.GetValue<int>()).ShouldBe((5, "round-robin", 70));
            (await rig.SendAsync("POST", "/api/config", """{"maxRetries":99,"nothing":1}""")).Body.ShouldBe("""{"status":"error","error":"No valid configuration updates provided"}""");
            (await rig.SendAsync("GET", "/api/strategy/health")).Status.ShouldBe(403);
            // Without a file of its own there is no configuration to be changed: nothing is kept that would not hold.
            (await rig.SendAsync("POST", "/api/config", """{"maxRetries":7,"accountSelection":{"weights":{"lru":0.2}}}""")).Status.ShouldBe(500);
            var changed = (await rig.SendAsync("POST", "/api/config", """{"maxRetries":7,"devMode":true,"accountSelection":{"weights":{"lru":0.1}}}""")).Json;
            (changed["updates"]!["maxRetries"]!.GetValue<int>(), changed["config"]!["maxRetries"]!.GetValue<int>(), changed["config"]!["accountSelection"]!["weights"]!["health"]!.GetValue<int>()).ShouldBe((7, 7, 2));
            (await rig.SendAsync("GET", "/api/strategy/health")).Body.ShouldBe("""{"status":"ok","strategy":"round-robin","trackers":{"accounts":[]}}""");
            (await rig.SendAsync("GET", "/api/settings")).Json["settings"]!["port"]!.GetValue<int>().ShouldBe(rig.Address.Port);
            (await rig.SendAsync("POST", "/api/models/config", "{}")).Body.ShouldBe("""{"status":"error","error":"Invalid parameters"}""");
            await rig.SendAsync("POST", "/api/models/config", """{"modelId":"m","config":{"hidden":true}}""");
            (await rig.SendAsync("POST", "/api/models/config", """{"modelId":"m","config":{"alias":"n"}}""")).Body.ShouldBe("""{"status":"ok","modelConfig":{"hidden":true,"alias":"n"}}""");

            var presets = (await rig.SendAsync("GET", "/api/claude/presets")).Json["presets"]!.AsArray();
            presets.Select(preset => preset!["name"]!.GetValue<string>()).ShouldBe(["Claude Thinking", "Gemini 1M"]);
            (await rig.SendAsync("POST", "/api/claude/presets", """{"name":" ","config":{}}""")).Body.ShouldBe("""{"status":"error","error":"Preset name is required"}""");
            (await rig.SendAsync("POST", "/api/claude/presets", """{"name":"x"}""")).Body.ShouldBe("""{"status":"error","error":"Config object is required"}""");
            (await rig.SendAsync("POST", "/api/claude/presets", """{"name":"Mine","config":{"A":"b"}}""")).Json["message"]!.GetValue<string>().ShouldBe("Preset \"Mine\" saved");
            (await rig.SendAsync("DELETE", "/api/claude/presets/Gemini%201M")).Json["presets"]!.AsArray().Count.ShouldBe(2);

            var server = (await rig.SendAsync("GET", "/api/server/presets")).Json["presets"]!.AsArray();
            server.Select(preset => preset!["name"]!.GetValue<string>()).ShouldBe(["Default (3-5 Accounts)", "Many Accounts (10+)", "Conservative"]);
            foreach (var (method, path, body, error) in ((string, string, string?, string)[])
            [
                ("POST", "", """{"name":"x","config":{"a":1}}""", "No valid config fields provided"), ("POST", "", """{"name":"Conservative","config":{"maxRetries":2}}""", "Cannot overwrite built-in preset \\\"Conservative\\\""),
                ("PATCH", "/Conservative", """{"name":"y"}""", "Cannot edit built-in preset \\\"Conservative\\\""), ("PATCH", "/none", """{"name":"y"}""", "Preset \\\"none\\\" not found"), ("PATCH", "/none", "{}", "No updates provided"),
                ("DELETE", "/Conservative", null, "Cannot delete built-in preset \\\"Conservative\\\""),
            ])
            {
                var wrong = await rig.SendAsync(method, $"/api/server/presets{path}", body);
                (wrong.Status, wrong.Body).ShouldBe((400, $$"""{"status":"error","error":"{{error}}"}"""));
            }

            await rig.SendAsync("POST", "/api/server/presets", """{"name":"Own","config":{"maxRetries":2},"description":"d"}""");
            (await rig.SendAsync("PATCH", "/api/server/presets/Own", """{"name":"Owned","config":{"maxAccounts":3}}""")).Status.ShouldBe(200);
        }

        await using (var again = await StartAsync(data: data))
        {
            (await again.SendAsync("GET", "/api/config")).Json["config"]!["maxRetries"]!.GetValue<int>().ShouldBe(7);
            (await again.SendAsync("GET", "/account-limits")).Json["modelConfig"]!.ToJsonString().ShouldBe("""{"m":{"hidden":true,"alias":"n"}}""");
            (await again.SendAsync("GET", "/api/server/presets")).Json["presets"]![3]!.ToJsonString().ShouldBe("""{"name":"Owned","config":{"maxRetries":2,"maxAccounts":3},"description":"d"}""");
            (await again.SendAsync("GET", "/api/claude/presets")).Json["presets"]!.AsArray().Select(preset => preset!["name"]!.GetValue<string>()).ShouldBe(["Claude Thinking", "Mine"]);
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task The_password_is_the_management_secret_and_stands_in_the_address_of_the_log_alone()
    {
        await using var rig = await StartAsync("remote-management: { require-secret-on-loopback: true, secret-key: \"a-secret-of-the-owner\" }\n");
        foreach (var path in (string[])["/health", "/account-limits", "/api/accounts", "/api/claude/presets", "/api/stats/history"])
        {
            (await rig.SendAsync("GET", path)).Body.ShouldBe("""{"status":"error","error":"Unauthorized: Password required"}""");
            (await rig.SendAsync("GET", $"{path}?password=a-secret-of-the-owner")).Status.ShouldBe(401, "no secret in an address");
            (await rig.SendAsync("GET", path, null, ("x-webui-password", "a-secret-of-the-owner"))).Status.ShouldBe(200, path);
        }

        using var http = new HttpClient();
        using var stream = await http.GetAsync(new Uri(rig.Address, "/api/logs/stream?history=true&password=a-secret-of-the-owner"), HttpCompletionOption.ResponseHeadersRead);
        ((int)stream.StatusCode, stream.Content.Headers.ContentType!.MediaType).ShouldBe((200, "text/event-stream"));
        (await rig.SendAsync("GET", "/api/logs/stream")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_password_is_changed_by_who_knows_it()
    {
        await using var rig = await StartAsync();
        (await rig.SendAsync("POST", "/api/config/password", "{}")).Body.ShouldBe("""{"status":"error","error":"New password is required"}""");
        (await rig.SendAsync("POST", "/api/config/password", """{"newPassword":"a-new-secret-of-the-owner"}""")).Body.ShouldBe("""{"status":"ok","message":"Password changed successfully"}""");
        var wrong = await rig.SendAsync("POST", "/api/config/password", """{"oldPassword":"guessed","newPassword":"another-secret-of-somebody"}""");
        (wrong.Status, wrong.Body).ShouldBe((403, """{"status":"error","error":"Invalid current password"}"""));
        (await rig.SendAsync("POST", "/api/config/password", """{"oldPassword":"a-new-secret-of-the-owner","newPassword":"the-next-secret-of-the-owner"}""")).Status.ShouldBe(200);
        (await rig.SendAsync("GET", "/api/config")).Json["config"]!["webuiPassword"]!.GetValue<string>().ShouldBe("********");
    }

    [Fact]
    public async Task Claude_Code_is_pointed_here_and_back()
    {
        var home = Directory.CreateTempSubdirectory("dragoman-home-").FullName;
        await using (var closed = await StartAsync(home: home))
        {
            foreach (var (method, path, body) in ((string, string, string?)[])[("GET", "/api/claude/config", null), ("POST", "/api/claude/config", "{\"env\":{}}"), ("POST", "/api/claude/config/restore", null), ("GET", "/api/claude/mode", null), ("POST", "/api/claude/mode", "{\"mode\":\"proxy\"}")])
            {
                var refused = await closed.SendAsync(method, path, body);
                refused.Status.ShouldBe(403);
                refused.Json["error"]!.GetValue<string>().ShouldContain("surfaces.write-user-files");
            }

            Directory.GetFileSystemEntries(home).ShouldBeEmpty();
        }

        await using var rig = await StartAsync("surfaces: { write-user-files: true }\n", home);
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(home, ".claude")).FullName, "settings.json");
        await File.WriteAllTextAsync(file, """{"model":"opus","env":{"OWN":"1"}}""");
        (await rig.SendAsync("GET", "/api/claude/mode")).Body.ShouldBe("""{"status":"ok","mode":"paid"}""");
        (await rig.SendAsync("POST", "/api/claude/mode", """{"mode":"x"}""")).Body.ShouldBe("""{"status":"error","error":"mode must be \"proxy\" or \"paid\""}""");
        var proxy = (await rig.SendAsync("POST", "/api/claude/mode", """{"mode":"proxy"}""")).Json;
        (proxy["mode"]!.GetValue<string>(), proxy["config"]!["env"]!["ANTHROPIC_BASE_URL"]!.GetValue<string>(), proxy["config"]!["env"]!["OWN"]!.GetValue<string>()).ShouldBe(("proxy", $"http://localhost:{rig.Address.Port}", "1"));
        (await rig.SendAsync("GET", "/api/claude/mode")).Json["mode"]!.GetValue<string>().ShouldBe("proxy");
        (await rig.SendAsync("POST", "/api/claude/config", """{"env":{"EXTRA":"2"}}""")).Json["message"]!.GetValue<string>().ShouldBe("Claude configuration updated");
        (await rig.SendAsync("POST", "/api/claude/config/restore")).Json["config"]!.ToJsonString().ShouldBe("""{"model":"opus","env":{"OWN":"1","EXTRA":"2"}}""");
        var read = (await rig.SendAsync("GET", "/api/claude/config")).Json;
        (read["path"]!.GetValue<string>(), read["config"]!["model"]!.GetValue<string>()).ShouldBe((file, "opus"));
        Directory.Delete(home, recursive: true);
    }

    private static Task<SurfaceFixture> StartAsync(string more = "", string? home = null, string? data = null)
        => SurfaceFixture.StartWithAsync("antigravity", address => LoginPlan.Of("antigravity").Configuration(address) + more, home, data);

    private static async Task<string> SignInAsync(SurfaceFixture rig, string user)
    {
        var begun = (await rig.SendAsync("GET", "/api/auth/url?acknowledged=true")).Json;
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var consent = await browser.GetAsync(new Uri(begun["url"]!.GetValue<string>() + $"&emulated_user={user}"));
        var state = begun["state"]!.GetValue<string>();
        HttpUtility.ParseQueryString(new Uri(begun["url"]!.GetValue<string>()).Query)["state"].ShouldBe(state);
        var done = await rig.SendAsync("POST", "/api/auth/complete", new JsonObject { ["callbackInput"] = consent.Headers.Location!.AbsoluteUri, ["state"] = state }.ToJsonString());
        (done.Status, done.Body).ShouldBe((200, $$"""{"status":"ok","email":"{{user}}@example.com","message":"Account {{user}}@example.com added successfully"}"""));
        return $"{user}@example.com";
    }
}

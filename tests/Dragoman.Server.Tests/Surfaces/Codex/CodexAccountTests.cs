using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>Accounts of the surface <c>codex</c>: wire note codex-and-antigravity.md A.3, A.4 and the checks G.1.</summary>
public sealed class CodexAccountTests
{
    [Fact]
    [Trait("check", "codex 1")]
    [Trait("check", "codex 11")]
    [Trait("check", "codex 13")]
    public async Task Without_accounts_everything_answers()
    {
        await using var rig = await CodexFixture.StartAsync();
        var health = (await rig.SendAsync("GET", "/health")).Json;
        (health["status"]!.GetValue<string>(), health["total"]!.GetValue<int>(), health["active"], health["accounts"]!.AsArray().Count, health["configPath"]!.GetValue<string>().Length > 0).ShouldBe(("ok", 0, null, 0, true));
        health.AsObject().ContainsKey("active").ShouldBeTrue();
        (await rig.SendAsync("GET", "/accounts")).Body.ShouldBe("""{"accounts":[],"activeAccount":null,"total":0}""");
        (await rig.SendAsync("GET", "/accounts/status")).Body.ShouldBe("""{"total":0,"active":null,"accounts":[]}""");
        await SaysAsync(rig, "POST", "/accounts/refresh", null, 200, """{"success":false,"message":"No active account"}""");
        await SaysAsync(rig, "POST", "/accounts/refresh/all", null, 200, "[]");
        await SaysAsync(rig, "POST", "/accounts/switch", "{}", 400, """{"success":false,"message":"Email is required"}""");
        await SaysAsync(rig, "POST", "/accounts/switch", """{"email":"no@body"}""", 200, """{"success":false,"message":"Account not found: no@body"}""");
        await SaysAsync(rig, "POST", "/accounts/no%40body/refresh", null, 200, """{"success":false,"message":"Account not found: no@body"}""");
        await SaysAsync(rig, "DELETE", "/accounts/no%40body", null, 200, """{"success":false,"message":"Account not found: no@body"}""");
        await SaysAsync(rig, "POST", "/accounts/import", null, 200, """{"success":false,"message":"No Codex auth.json found"}""");
        await SaysAsync(rig, "POST", "/accounts/oauth/cleanup", null, 200, """{"success":true,"message":"OAuth servers cleaned up"}""");
        await SaysAsync(rig, "GET", "/accounts/quota", null, 404, """{"success":false,"error":"No active account"}""");
        await SaysAsync(rig, "GET", "/accounts/usage?email=no@body", null, 404, """{"success":false,"error":"Account not found: no@body"}""");
        await SaysAsync(rig, "GET", "/accounts/models?email=no@body", null, 404, """{"success":false,"error":"Account not found: no@body"}""");
        await SaysAsync(rig, "GET", "/accounts/quota/all", null, 200, """{"accounts":[]}""");
        (await rig.SendAsync("POST", "/accounts/switch", "{")).Status.ShouldBe(400);
        (await rig.SendAsync("GET", "/nothing/here")).Status.ShouldBe(404);
    }

    [Fact]
    [Trait("check", "codex 2")]
    [Trait("check", "codex 11")]
    [Trait("check", "codex 12")]
    public async Task Two_accounts_are_shown_and_one_of_them_is_active_and_used_first()
    {
        var data = Directory.CreateTempSubdirectory("dragoman-codex-").FullName;
        string shown;
        await using (var rig = await CodexFixture.StartAsync(data: data))
        {
            var (ada, bob) = (await rig.SignInAsync("ada"), await rig.SignInAsync("bob"));
            var health = (await rig.SendAsync("GET", "/health")).Json;
            (health["total"]!.GetValue<int>(), health["active"]!.GetValue<string>()).ShouldBe((2, bob), "who has signed in last is the active one");
            health["accounts"]!.AsArray().Select(account => account!["isActive"]!.GetValue<bool>()).ShouldBe([false, true]);
            (await UsedAsync(rig)).ShouldBe(bob);
            await SaysAsync(rig, "POST", "/accounts/switch", $$"""{"email":"{{ada}}"}""", 200, $$"""{"success":true,"message":"Switched to account: {{ada}}"}""");
            for (var again = 0; again < 3; again++) (await UsedAsync(rig)).ShouldBe(ada);

            shown = (await rig.SendAsync("GET", "/accounts")).Body;
            var first = JsonNode.Parse(shown)!["accounts"]![0]!.AsObject();
            first.Select(member => member.Key).ShouldBe(["email", "accountId", "planType", "addedAt", "lastUsed", "isActive", "tokenExpired", "quota"]);
            (first["email"]!.GetValue<string>(), first["accountId"]!.GetValue<string>(), first["planType"]!.GetValue<string>(), first["isActive"]!.GetValue<bool>(), first["tokenExpired"]!.GetValue<bool>()).ShouldBe((ada, "acct-ada", "plus", true, false));
            foreach (var body in (string[])[shown, (await rig.SendAsync("GET", "/health")).Body, (await rig.SendAsync("GET", "/accounts/status")).Body, (await rig.SendAsync("GET", "/api/logs")).Body])
                foreach (var secret in (string[])["rt_", "eyJ"]) body.ShouldNotContain(secret);
        }

        await using (var again = await CodexFixture.StartAsync(data: data))
        {
            var accounts = (await again.SendAsync("GET", "/accounts")).Json;
            (accounts["activeAccount"]!.GetValue<string>(), accounts["total"]!.GetValue<int>()).ShouldBe(("ada@example.com", 2), "it lasts");
            await SaysAsync(again, "DELETE", "/accounts/ada%40example.com", null, 200, """{"success":true,"message":"Account removed: ada@example.com"}""");
            (await again.SendAsync("GET", "/accounts")).Json["activeAccount"]!.GetValue<string>().ShouldBe("bob@example.com");
            await SaysAsync(again, "DELETE", "/accounts/bob%40example.com", null, 200, """{"success":true,"message":"Account removed: bob@example.com"}""");
            (await again.SendAsync("GET", "/health")).Json["active"].ShouldBeNull();
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    [Trait("check", "codex 15")]
    public async Task A_login_that_has_ended_is_marked_and_another_account_goes_on()
    {
        await using var rig = await CodexFixture.StartAsync();
        var (ada, bob) = (await rig.SignInAsync("ada"), await rig.SignInAsync("bob"));
        (await UsedAsync(rig)).ShouldBe(bob);
        await rig.VendorAsync("revoke?account=acct-bob");
        (await UsedAsync(rig)).ShouldBe(ada, "unseen by the client");
        var refreshes = rig.Asked("/chatgpt/auth/oauth/token");
        (await UsedAsync(rig)).ShouldBe(ada);
        rig.Asked("/chatgpt/auth/oauth/token").ShouldBe(refreshes, "an ended login is not renewed again and again");
        (await rig.SendAsync("GET", "/accounts")).Json["accounts"]!.AsArray().Select(account => account!["tokenExpired"]!.GetValue<bool>()).ShouldBe([false, true]);
    }

    [Fact]
    public async Task Logins_are_renewed_one_by_one_and_all()
    {
        await using var rig = await CodexFixture.StartAsync();
        await rig.SignInAsync("ada");
        await rig.SignInAsync("bob");
        await SaysAsync(rig, "POST", "/accounts/ada%40example.com/refresh", null, 200, """{"success":true,"message":"Token refreshed for: ada@example.com"}""");
        await SaysAsync(rig, "POST", "/accounts/refresh", null, 200, """{"success":true,"message":"Token refreshed for: bob@example.com"}""");
        await rig.VendorAsync("revoke?account=acct-bob");
        var all = (await rig.SendAsync("POST", "/accounts/refresh/all")).Json.AsArray();
        all.Select(one => (one!["email"]!.GetValue<string>(), one["success"]!.GetValue<bool>())).ShouldBe([("ada@example.com", true), ("bob@example.com", false)]);
        all[1]!["message"]!.GetValue<string>().ShouldStartWith("Token refresh failed: ");
    }

    [Fact]
    public async Task The_login_of_Codex_is_imported_and_becomes_active_only_where_nobody_was()
    {
        var home = Directory.CreateTempSubdirectory("dragoman-home-").FullName;
        await using var rig = await CodexFixture.StartAsync(home: home);
        await SaysAsync(rig, "POST", "/accounts/import", null, 200, """{"success":false,"message":"No Codex auth.json found"}""");
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(home, ".codex")).FullName, "auth.json");
        await File.WriteAllTextAsync(file, """{"auth_mode":"apikey","OPENAI_API_KEY":"sk-of-nobody","tokens":null}""");
        await SaysAsync(rig, "POST", "/accounts/import", null, 200, """{"success":false,"message":"No valid tokens in Codex auth.json"}""");
        await rig.SignInAsync("bob");
        static string Token(string part) => $"e30.{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(part)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.x";
        var tokens = new JsonObject
        {
            ["tokens"] = new JsonObject
            {
                ["access_token"] = Token("""{"https://api.openai.com/auth":{"chatgpt_account_id":"acct-eve","chatgpt_user_id":"user-eve","chatgpt_plan_type":"pro"}}"""),
                ["id_token"] = Token("""{"email":"eve@example.com"}"""), ["refresh_token"] = "rt_eve", ["account_id"] = "acct-eve",
            },
        };
        await File.WriteAllTextAsync(file, tokens.ToJsonString());
        await SaysAsync(rig, "POST", "/accounts/import", null, 200, """{"success":true,"message":"Imported account: eve@example.com (pro)"}""");
        (await rig.SendAsync("GET", "/accounts")).Json["activeAccount"]!.GetValue<string>().ShouldBe("bob@example.com");
        (await File.ReadAllTextAsync(file)).ShouldBe(tokens.ToJsonString(), "the file is read and never changed");
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Strangers_get_nothing()
    {
        await using var rig = await CodexFixture.StartAsync(_ => "remote-management: { require-secret-on-loopback: true, secret-key: \"a-secret-of-the-owner\" }\n");
        foreach (var path in (string[])["/health", "/accounts", "/settings/haiku-model", "/claude/config", "/api/logs"])
        {
            var refused = await rig.SendAsync("GET", path);
            refused.Status.ShouldBe(401, path);
            refused.Json["success"]!.GetValue<bool>().ShouldBeFalse();
            refused.Json["error"]!.GetValue<string>().ShouldNotBeEmpty();
            (await rig.SendAsync("GET", path == "/claude/config" ? "/accounts" : path, null, ("Authorization", "Bearer a-secret-of-the-owner"))).Status.ShouldBe(200, path);
        }
    }

    private static async Task SaysAsync(SurfaceFixture rig, string method, string path, string? body, int status, string expected)
    {
        var answer = await rig.SendAsync(method, path, body);
        (answer.Status, answer.Body).ShouldBe((status, expected), path);
    }

    /// <summary>Whose account answers a request.</summary>
    private static async Task<string> UsedAsync(SurfaceFixture rig)
    {
        var answer = await rig.SendAsync("POST", "/v1/messages", """{"model":"gpt-5.2","max_tokens":50,"messages":[{"role":"user","content":"say:hello"}]}""");
        answer.Status.ShouldBe(200, answer.Body);
        return answer.Headers["x-dragoman-account"];
    }
}

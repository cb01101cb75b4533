using System.Text.Json.Nodes;
using System.Web;
using Dragoman.Emulators.Script;
using Dragoman.Testing;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>Signing in by the surface <c>kiro</c>: wire note kiro-and-bedrock.md A.5 and F.1.</summary>
public sealed class KiroLoginTests
{
    [Fact]
    [Trait("check", "kiro K16")]
    [Trait("check", "kiro K17")]
    [Trait("check", "kiro K18")]
    public async Task A_code_is_shown_waited_for_and_becomes_an_account()
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync(time: time);
        (await rig.AskAsync("GET", "/api/kiro/login/poll"))["ok"]!.GetValue<bool>().ShouldBeFalse();
        (await rig.AskAsync("GET", "/api/kiro/login/status")).ToJsonString().ShouldBe("""{"ok":true,"in_progress":false}""");
        var begun = await StartAsync(rig);
        begun["user_code"]!.GetValue<string>().ShouldMatch("^[0-9A-F]{4}-[0-9A-F]{4}$");
        begun["verification_uri"]!.GetValue<string>().ShouldContain("user_code=");
        (begun["expires_in"]!.GetValue<int>(), begun["interval"]!.GetValue<int>()).ShouldBe((600, 5));
        (await rig.AskAsync("GET", "/api/kiro/login/poll")).ToJsonString().ShouldBe("""{"ok":true,"completed":false,"status":"pending"}""");
        var status = await rig.AskAsync("GET", "/api/kiro/login/status");
        (status["in_progress"]!.GetValue<bool>(), status["user_code"]!.GetValue<string>()).ShouldBe((true, begun["user_code"]!.GetValue<string>()));
        var first = await FinishAsync(rig, time, begun, "ada");
        begun = await StartAsync(rig);
        var second = await FinishAsync(rig, time, begun, "bob");
        second.ShouldNotBe(first);
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().Select(account => (account!["id"]!.GetValue<string>(), account["auth_method"]!.GetValue<string>(), account["idc_config_complete"]!.GetValue<bool>())).ShouldBe([(first, "idc", true), (second, "idc", true)], ignoreOrder: true);
        await rig.RestartAsync();
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_login_that_is_refused_or_given_up_is_over()
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync(time: time);
        (await rig.AskAsync("POST", "/api/kiro/login/cancel")).ToJsonString().ShouldBe("""{"ok":false}""");
        await StartAsync(rig);
        (await rig.AskAsync("POST", "/api/kiro/login/cancel")).ToJsonString().ShouldBe("""{"ok":true}""");
        (await rig.AskAsync("GET", "/api/kiro/login/poll"))["ok"]!.GetValue<bool>().ShouldBeFalse();
        var begun = await StartAsync(rig);
        using (await rig.OpenAsync(begun["verification_uri"]!.GetValue<string>() + "&deny=1")) { }
        JsonNode poll = begun;
        await UntilAsync(rig, time, answer => !(poll = answer)["ok"]!.GetValue<bool>());
        poll["error"]!.GetValue<string>().ShouldContain("refused");
    }

    [Fact]
    public async Task An_identity_center_and_a_region_are_taken_from_the_body()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AskAsync("POST", "/api/kiro/login/start", """{"start_url":"https://d-1111111111.awsapps.com/start","region":"eu-central-1","acknowledged":true}""");
        rig.Upstream.Requests.Select(static request => request.Target).ShouldContain("/kiro/oidc/eu-central-1/client/register");
        (await rig.AskAsync("POST", "/api/kiro/login/start", """{"region":"evil.example.com/","acknowledged":true}"""))["ok"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Without_the_vendors_position_read_nothing_begins()
    {
        await using var rig = await KiroRig.StartAsync();
        foreach (var (path, body) in ((string, string)[])[("/api/kiro/login/start", "{}"), ("/api/kiro/login/start", ""), ("/api/kiro/social/start", """{"provider":"google"}""")])
        {
            var answer = await rig.AskAsync("POST", path, body);
            (answer["ok"]!.GetValue<bool>(), answer["error"]!.GetValue<string>().Contains("\"acknowledged\": true", StringComparison.Ordinal)).ShouldBe((false, true), answer.ToJsonString());
        }

        // Said once, it holds.
        await rig.AskAsync("POST", "/api/kiro/social/start", """{"provider":"google","acknowledged":true}""");
        (await rig.AskAsync("POST", "/api/kiro/login/start", "{}"))["ok"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    [Trait("check", "kiro K19")]
    [Trait("check", "kiro K20")]
    [Trait("check", "kiro K22")]
    public async Task A_social_login_is_finished_with_code_and_state()
    {
        await using var rig = await KiroRig.StartAsync();
        (await rig.AskAsync("POST", "/api/kiro/social/start", """{"provider":"gitlab","acknowledged":true}"""))["ok"]!.GetValue<bool>().ShouldBeFalse();
        (await rig.AskAsync("GET", "/api/kiro/social/status")).ToJsonString().ShouldBe("""{"ok":true,"in_progress":false}""");
        var begun = await rig.AskAsync("POST", "/api/kiro/social/start", """{"provider":"google","browser":"default","incognito":false,"acknowledged":true}""");
        (begun["ok"]!.GetValue<bool>(), begun["provider"]!.GetValue<string>()).ShouldBe((true, "Google"));
        var query = HttpUtility.ParseQueryString(new Uri(begun["login_url"]!.GetValue<string>()).Query);
        (query["idp"], query["code_challenge_method"], query["state"], query["code_challenge"]!.Length).ShouldBe(("Google", "S256", begun["state"]!.GetValue<string>(), 43));
        var status = await rig.AskAsync("GET", "/api/kiro/social/status");
        (status["in_progress"]!.GetValue<bool>(), status["provider"]!.GetValue<string>()).ShouldBe((true, "Google"));
        status["expires_in"]!.GetValue<int>().ShouldBeInRange(1, 600);
        var (code, state) = await ConsentAsync(rig, begun);
        var done = await rig.AskAsync("POST", "/api/kiro/social/exchange", $$"""{"code":"{{code}}","state":"{{state}}"}""");
        (done["ok"]!.GetValue<bool>(), done["completed"]!.GetValue<bool>(), done["provider"]!.GetValue<string>()).ShouldBe((true, true, "Google"), done.ToJsonString());
        // The profile that came with the tokens is kept.
        var id = done["account_id"]!.GetValue<string>();
        (await rig.AskAsync("GET", "/api/accounts/export"))["accounts"]![0]!["credentials"]!["profileArn"]!.GetValue<string>().ShouldBe("arn:aws:codewhisperer:us-east-1:111122223333:profile/ADA");
        (await rig.AskAsync("GET", $"/api/accounts/{id}"))["credentials"]!["auth_method"]!.GetValue<string>().ShouldBe("social");
    }

    [Fact]
    [Trait("check", "kiro K21")]
    public async Task A_wrong_state_ends_the_login()
    {
        await using var rig = await KiroRig.StartAsync();
        (await rig.AskAsync("POST", "/api/kiro/social/exchange", """{"code":"c","state":"s"}"""))["ok"]!.GetValue<bool>().ShouldBeFalse();
        var begun = await rig.AskAsync("POST", "/api/kiro/social/start", """{"provider":"github","acknowledged":true}""");
        begun["provider"]!.GetValue<string>().ShouldBe("Github");
        var (code, state) = await ConsentAsync(rig, begun);
        (await rig.AskAsync("POST", "/api/kiro/social/exchange", "{}"))["error"]!.GetValue<string>().ShouldBe("Missing code or state");
        (await rig.AskAsync("POST", "/api/kiro/social/exchange", $$"""{"code":"{{code}}","state":"another"}"""))["ok"]!.GetValue<bool>().ShouldBeFalse();
        (await rig.AskAsync("POST", "/api/kiro/social/exchange", $$"""{"code":"{{code}}","state":"{{state}}"}"""))["ok"]!.GetValue<bool>().ShouldBeFalse();
        (await rig.AskAsync("POST", "/api/kiro/social/cancel")).ToJsonString().ShouldBe("""{"ok":false}""");
    }

    [Fact]
    public async Task A_page_lets_somebody_sign_in_from_elsewhere()
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync(time: time);
        var made = await rig.AskAsync("POST", "/api/remote-login/create");
        var sid = made["session_id"]!.GetValue<string>();
        sid.ShouldMatch("^[0-9a-f]{32}$");
        (made["login_url"]!.GetValue<string>(), made["expires_in"]!.GetValue<int>()).ShouldBe((new Uri(rig.Gateway.Addresses[1], $"/remote-login/{sid}").AbsoluteUri, 600));
        (await rig.SendAsync("GET", $"/remote-login/{sid}")).Body.ShouldContain("Sign in to Kiro");
        (await rig.SendAsync("GET", "/api/remote-login/none/status")).Status.ShouldBe(404);
        (await rig.AskAsync("GET", $"/api/remote-login/{sid}/status")).ToJsonString().ShouldBe("""{"ok":true,"status":"pending","account_id":null}""");
        var missing = await rig.SendAsync("POST", $"/api/remote-login/{sid}/complete", "{}");
        (missing.Status, missing.Body).ShouldBe((400, """{"detail":"Missing code or state"}"""));
        var (code, state) = await ConsentAsync(rig, await rig.AskAsync("POST", "/api/kiro/social/start", """{"provider":"google","acknowledged":true}"""));
        var done = await rig.AskAsync("POST", $"/api/remote-login/{sid}/complete", $$"""{"code":"{{code}}","state":"{{state}}"}""");
        (done["ok"]!.GetValue<bool>(), done["completed"]!.GetValue<bool>()).ShouldBe((true, true), done.ToJsonString());
        (await rig.AskAsync("GET", $"/api/remote-login/{sid}/status"))["status"]!.GetValue<string>().ShouldBe("completed");
        var other = (await rig.AskAsync("POST", "/api/remote-login/create"))["session_id"]!.GetValue<string>();
        (await rig.AskAsync("POST", $"/api/remote-login/{other}/complete", $$"""{"device_flow_completed":true,"account_id":"{{done["account_id"]}}"}"""))["completed"]!.GetValue<bool>().ShouldBeTrue();
        var late = (await rig.AskAsync("POST", "/api/remote-login/create"))["session_id"]!.GetValue<string>();
        time.Advance(TimeSpan.FromMinutes(11));
        (await rig.AskAsync("GET", $"/api/remote-login/{late}/status")).ToJsonString().ShouldBe("""{"ok":false,"error":"Session expired"}""");
        (await rig.SendAsync("POST", $"/api/remote-login/{late}/complete", """{"code":"c","state":"s"}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task The_helpers_of_the_page_are_there()
    {
        await using var rig = await KiroRig.StartAsync();
        var help = await rig.AskAsync("GET", "/api/kiro/login-url");
        (help["token_exists"]!.GetValue<bool>(), help["token_path"]!.GetValue<string>()).ShouldBe((false, "~/.aws/sso/cache/kiro-auth-token.json"));
        help["instructions"]!.AsArray().ShouldNotBeEmpty();
        rig.Write("kiro-auth-token.json", "{\"accessToken\":\"a\"}");
        (await rig.AskAsync("GET", "/api/kiro/login-url"))["token_exists"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.AskAsync("GET", "/api/browsers"))["browsers"]![0]!["supports_incognito"]!.GetValue<bool>().ShouldBeFalse();
        var documents = (await rig.AskAsync("GET", "/api/docs"))["docs"]!.AsArray();
        foreach (var document in documents) (await rig.AskAsync("GET", $"/api/docs/{document!["id"]}"))["content"]!.GetValue<string>().ShouldStartWith("# ");
        (await rig.SendAsync("GET", "/api/docs/none")).Status.ShouldBe(404);
        (await rig.SendAsync("GET", "/")).Body.ShouldContain("<!doctype html>");
        (await rig.SendAsync("GET", "/assets/icon.svg")).Headers["content-type"].ShouldBe("image/svg+xml");
        (await rig.SendAsync("GET", "/assets/none.js")).Status.ShouldBe(404);
        var api = await rig.AskAsync("GET", "/openapi.json");
        (api["openapi"]!.GetValue<string>(), api["paths"]!["/api/accounts/{id}"]!["get"]!["parameters"]![0]!["name"]!.GetValue<string>(), api["paths"]!["/api/accounts"]!.AsObject().Count).ShouldBe(("3.1.0", "id", 2));
        foreach (var path in (string[])["/docs", "/redoc"]) (await rig.SendAsync("GET", path)).Body.ShouldContain("<code>/api/accounts/{id}</code>");
    }

    [Fact]
    [Trait("check", "kiro K17")]
    public async Task A_vendor_that_is_asked_too_often_is_asked_more_slowly()
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync(time: time);
        var begun = await StartAsync(rig);
        rig.Upstream.Script.Add(ScriptedReply.Whole("""{"error":"slow_down","error_description":"Slow down"}""", status: 400) with { Path = "/token" });
        await UntilAsync(rig, time, _ => rig.Upstream.Requests.Any(static request => request.Status == 400 && request.Target.EndsWith("/token", StringComparison.Ordinal)));
        (await rig.AskAsync("GET", "/api/kiro/login/poll")).ToJsonString().ShouldBe("""{"ok":true,"completed":false,"status":"pending"}""");
        var id = await FinishAsync(rig, time, begun, "ada");
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(id);
    }

    private static async Task<JsonNode> StartAsync(KiroRig rig)
    {
        var begun = await rig.AskAsync("POST", "/api/kiro/login/start", """{"region":"us-east-1","browser":"default","incognito":false,"acknowledged":true}""");
        begun["ok"]!.GetValue<bool>().ShouldBeTrue(begun.ToJsonString());
        return begun;
    }

    private static async Task<string> FinishAsync(KiroRig rig, ManualTime time, JsonNode begun, string person)
    {
        using (await rig.OpenAsync($"{begun["verification_uri"]}&emulated_user={person}")) { }
        JsonNode done = begun;
        await UntilAsync(rig, time, answer => (done = answer)["completed"]?.GetValue<bool>() != false);
        done["ok"]!.GetValue<bool>().ShouldBeTrue(done.ToJsonString());
        return done["account_id"]!.GetValue<string>();
    }

    /// <summary>Lets the clock run until a poll says what is waited for.</summary>
    private static async Task UntilAsync(KiroRig rig, ManualTime time, Func<JsonNode, bool> isSo)
    {
        for (var step = 0; step < 800; step++)
        {
            // Slowly enough that no exchange with the vendor runs out of its time meanwhile.
            time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(10);
            if (isSo(await rig.AskAsync("GET", "/api/kiro/login/poll"))) return;
        }

        throw new TimeoutException("It never became so.");
    }

    private static async Task<(string Code, string State)> ConsentAsync(KiroRig rig, JsonNode begun)
    {
        using var consent = await rig.OpenAsync(begun["login_url"]!.GetValue<string>());
        var query = HttpUtility.ParseQueryString(consent.Headers.Location!.Query);
        return (query["code"]!, query["state"]!);
    }
}

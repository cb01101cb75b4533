namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Signing in over CLIProxyAPI's management (wire notes cliproxyapi 1.8, checks 67 and 68), at an emulated ChatGPT.</summary>
public sealed class LoginTests
{
    private const string Ok = """{"status":"ok"}""";

    [Fact]
    [Trait("check", "cliproxy 68")]
    public async Task A_person_signs_in_and_pastes_what_the_browser_ended_at()
    {
        await using var rig = await AuthFileTests.StartAsync();
        var begun = (await rig.SendAsync("GET", "/codex-auth-url?is_webui=true")).Json;
        begun["status"]!.GetValue<string>().ShouldBe("ok");
        var (url, state) = (begun["url"]!.GetValue<string>(), begun["state"]!.GetValue<string>());
        url.ShouldContain($"state={state}");
        (await rig.SendAsync("GET", $"/get-auth-status?state={state}")).Json["status"]!.GetValue<string>().ShouldBe("wait");
        (await rig.SendAsync("POST", "/oauth-callback", $$"""{"provider":"claude","code":"x","state":"{{state}}"}""")).ShouldBe(400, """{"status":"error","error":"provider does not match state"}""");
        (await rig.SendAsync("POST", "/oauth-callback", $$"""{"provider":"nobody","code":"x","state":"{{state}}"}""")).ShouldBe(400, """{"status":"error","error":"unsupported provider"}""");
        var back = await ConsentAsync(url);
        (await rig.SendAsync("POST", "/oauth-callback", $$"""{"provider":"openai","redirect_url":"{{back}}"}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", $"/get-auth-status?state={state}")).ShouldBe(200, Ok);
        (await rig.SendAsync("POST", "/oauth-callback", $$"""{"provider":"codex","redirect_url":"{{back}}"}""")).ShouldBe(409, """{"status":"error","error":"oauth flow is already completed"}""");
        var file = (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray().ShouldHaveSingleItem()!;
        file["type"]!.GetValue<string>().ShouldBe("codex");
        file["name"]!.GetValue<string>().ShouldStartWith("codex-");
    }

    [Fact]
    public async Task The_browser_itself_may_come_back_to_the_main_port()
    {
        await using var rig = await AuthFileTests.StartAsync();
        var begun = (await rig.SendAsync("GET", "/codex-auth-url")).Json;
        var query = (await ConsentAsync(begun["url"]!.GetValue<string>())).Query;
        var page = await rig.AskAsync("GET", "/codex/callback" + query, null);
        page.Status.ShouldBe(200);
        page.Headers["Content-Type"].ShouldBe("text/html; charset=utf-8");
        page.Body.ShouldContain("Signed in to");
        (await rig.SendAsync("GET", $"/get-auth-status?state={begun["state"]}")).ShouldBe(200, Ok);
        (await rig.AskAsync("GET", "/anthropic/callback?code=x&state=unknown", null)).Body.ShouldContain("Nothing waits for this sign-in");
    }

    [Fact]
    public async Task A_login_fails_with_the_vendors_words_and_is_given_up()
    {
        await using var rig = await AuthFileTests.StartAsync();
        var state = (await rig.SendAsync("GET", "/codex-auth-url")).Json["state"]!.GetValue<string>();
        (await rig.SendAsync("GET", $"/oauth-callback?state={state}&error=access_denied")).ShouldBe(200, Ok);
        var failed = (await rig.SendAsync("GET", $"/get-auth-status?state={state}")).Json;
        failed["status"]!.GetValue<string>().ShouldBe("error");
        failed["error"]!.GetValue<string>().ShouldContain("access_denied");
        (await rig.SendAsync("POST", "/oauth-callback", $$"""{"code":"x","state":"{{state}}"}""")).Status.ShouldBe(409);
        state = (await rig.SendAsync("GET", "/codex-auth-url")).Json["state"]!.GetValue<string>();
        (await rig.SendAsync("DELETE", $"/oauth-session?state={state}")).ShouldBe(200, """{"status":"ok","cancelled":true}""");
        (await rig.SendAsync("DELETE", $"/oauth-session?state={state}")).ShouldBe(200, """{"status":"ok","cancelled":false}""");
        (await rig.SendAsync("GET", $"/get-auth-status?state={state}")).ShouldBe(200, """{"status":"error","error":"unknown or expired state"}""");
    }

    [Fact]
    [Trait("check", "cliproxy 67")]
    public async Task What_is_asked_wrongly_is_told_in_the_known_order()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.SendAsync("GET", "/get-auth-status")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/get-auth-status?state=../x")).ShouldBe(400, """{"status":"error","error":"invalid state"}""");
        (await rig.SendAsync("GET", "/get-auth-status?state=abc")).ShouldBe(200, """{"status":"error","error":"unknown or expired state"}""");
        (await rig.SendAsync("POST", "/oauth-callback", "no json")).ShouldBe(400, """{"status":"error","error":"invalid body"}""");
        (await rig.SendAsync("POST", "/oauth-callback", """{"redirect_url":"no address"}""")).ShouldBe(400, """{"status":"error","error":"invalid redirect_url"}""");
        (await rig.SendAsync("POST", "/oauth-callback", """{"code":"x"}""")).ShouldBe(400, """{"status":"error","error":"state is required"}""");
        (await rig.SendAsync("POST", "/oauth-callback", """{"code":"x","state":"a b"}""")).ShouldBe(400, """{"status":"error","error":"invalid state"}""");
        (await rig.SendAsync("POST", "/oauth-callback", """{"state":"abc"}""")).ShouldBe(400, """{"status":"error","error":"code or error is required"}""");
        (await rig.SendAsync("POST", "/oauth-callback", """{"state":"abc","code":"x"}""")).ShouldBe(404, """{"status":"error","error":"unknown or expired state"}""");
        (await rig.AskAsync("POST", "/v0/management/oauth-callback", new StringContent("{}"))).Status.ShouldBe(401, "what comes back is bound to who may manage");
        foreach (var ended in (string[])["qwen", "iflow"])
        {
            var refused = await rig.SendAsync("GET", $"/{ended}-auth-url");
            refused.Status.ShouldBe(500);
            refused.Json["error"]!.GetValue<string>().ShouldStartWith("failed to generate authorization url");
        }

        (await rig.SendAsync("POST", "/iflow-auth-url", """{"cookie":"BXAuth=x"}""")).Status.ShouldBe(400);
        (await rig.SendAsync("POST", "/gemini-web-token", "{}")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_device_login_shows_its_code_and_a_vendor_that_forbids_it_is_shown_first()
    {
        await using var rig = await CliProxyFixture.StartWithAsync(static address => $$"""
            providers:
              xai:
                discovery-url: {{address}}/xai/.well-known/openid-configuration
                device-url: {{address}}/xai/oauth2/device/code
                authorize-url: {{address}}/xai/oauth2/authorize
                userinfo-url: {{address}}/xai/oauth2/userinfo
                base-url: {{address}}/xai/v1

            """);
        var device = (await rig.SendAsync("GET", "/xai-auth-url")).Json;
        (device["status"]!.GetValue<string>(), device["flow"]!.GetValue<string>()).ShouldBe(("ok", "device"));
        device["user_code"]!.GetValue<string>().ShouldNotBeEmpty();
        device["expires_in"]!.GetValue<int>().ShouldBeGreaterThan(0);
        (await rig.SendAsync("GET", $"/get-auth-status?state={device["state"]}")).Json["status"]!.GetValue<string>().ShouldBe("wait");
        (await rig.SendAsync("POST", "/oauth-callback", $$"""{"code":"x","state":"{{device["state"]}}"}""")).ShouldBe(409, """{"status":"error","error":"oauth flow is not pending"}""");
        var first = await rig.SendAsync("GET", "/antigravity-auth-url");
        first.Status.ShouldBe(409);
        first.Json["error"]!.GetValue<string>().ShouldContain("begin once more");
        (await rig.SendAsync("GET", "/antigravity-auth-url")).Status.ShouldNotBe(409);
    }

    private static async Task<Uri> ConsentAsync(string url)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var consent = await browser.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
        ((int)consent.StatusCode).ShouldBe(302, await consent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return consent.Headers.Location!;
    }
}

using System.Net.Sockets;

namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>Adding an account by OAuth on the surface <c>codex</c>: wire note codex-and-antigravity.md A.5, G.1 3 to 10.</summary>
public sealed class CodexLoginTests
{
    [Fact]
    [Trait("check", "codex 3")]
    public async Task The_address_to_open_is_given_with_its_state_and_port()
    {
        await using var rig = await CodexFixture.StartAsync();
        var begun = await rig.SendAsync("POST", "/accounts/add", "{}");
        begun.Status.ShouldBe(200, begun.Body);
        begun.Json.AsObject().Select(member => member.Key).ShouldBe(["status", "oauth_url", "verifier", "state", "callback_port"]);
        var address = begun.Json["oauth_url"]!.GetValue<string>();
        begun.Json["status"]!.GetValue<string>().ShouldBe("oauth_url");
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("code_challenge_method", "S256"), ("id_token_add_organizations", "true"), ("codex_cli_simplified_flow", "true"), ("response_type", "code"), ("state", begun.Json["state"]!.GetValue<string>())])
            CodexFixture.Parameter(address, name).ShouldBe(value, name);
        begun.Json["callback_port"]!.GetValue<int>().ShouldBeOneOf(1455, 1457);
        CodexFixture.Parameter(address, "redirect_uri").ShouldBe($"http://localhost:{begun.Json["callback_port"]}/auth/callback");
        (await rig.SendAsync("POST", "/accounts/add")).Status.ShouldBe(200, "a new one takes the place of the old one, also without a body");
        await using var usual = await SurfaceFixture.StartWithAsync("codex", _ => "");
        new Uri((await usual.SendAsync("POST", "/accounts/add", "{}")).Json["oauth_url"]!.GetValue<string>()).Host.ShouldBe("auth.openai.com");
    }

    [Fact]
    [Trait("check", "codex 7")]
    [Trait("check", "codex 8")]
    public async Task The_callback_on_this_address_adds_the_account_once_and_makes_it_active()
    {
        await using var rig = await CodexFixture.StartAsync();
        await rig.SignInAsync("bob");
        var tokens = new HashSet<string>();
        for (var time = 0; time < 2; time++)
        {
            var begun = (await rig.SendAsync("POST", "/accounts/add", "{}")).Json;
            var back = new Uri(await CodexFixture.ConsentAsync(begun));
            var page = await rig.SendAsync("GET", back.PathAndQuery);
            page.Status.ShouldBe(200, page.Body);
            page.Headers["content-type"].ShouldStartWith("text/html");
            page.Body.ShouldContain("oauth-success");
            page.Headers["content-security-policy"].ShouldContain("script-src 'sha256-");
            var accounts = (await rig.SendAsync("GET", "/accounts")).Json;
            (accounts["total"]!.GetValue<int>(), accounts["activeAccount"]!.GetValue<string>()).ShouldBe((2, "ada@example.com"));
            (await rig.SendAsync("GET", back.PathAndQuery)).Body.ShouldBe("State mismatch", "a code is good once");
            (await rig.SendAsync("POST", "/v1/messages", """{"model":"gpt-5.2","messages":[{"role":"user","content":"say:hello"}]}""")).Status.ShouldBe(200);
            tokens.Add(rig.Rig.Upstream.Requests.Last(request => request.Target.EndsWith("/codex/responses", StringComparison.Ordinal)).Headers["authorization"]);
        }

        tokens.Count.ShouldBe(2, "who signs in again is asked for by the new token");
    }

    [Fact]
    [Trait("check", "codex 5")]
    [Trait("check", "codex 6")]
    public async Task What_is_wrong_with_a_callback_is_said_and_the_vendor_not_asked()
    {
        await using var rig = await CodexFixture.StartAsync();
        var begun = (await rig.SendAsync("POST", "/accounts/add", "{}")).Json;
        var wrong = await rig.SendAsync("GET", "/auth/callback?code=abcdefghijkl&state=another");
        (wrong.Status, wrong.Body).ShouldBe((400, "State mismatch"));
        var nothing = await rig.SendAsync("GET", "/auth/callback");
        (nothing.Status, nothing.Body).ShouldBe((400, "Waiting for authorization code..."));
        rig.Asked("/chatgpt/auth/oauth/token").ShouldBe(0);
        var denied = await rig.SendAsync("GET", new Uri(await CodexFixture.ConsentAsync(begun, "&deny=1")).PathAndQuery);
        (denied.Status, denied.Headers["content-type"].StartsWith("text/html", StringComparison.Ordinal), denied.Body.Contains("oauth-success", StringComparison.Ordinal)).ShouldBe((400, true, false));
        await rig.SignInAsync("ada");
    }

    [Fact]
    [Trait("check", "codex 9")]
    [Trait("check", "codex 10")]
    public async Task A_code_is_taken_by_hand()
    {
        await using var rig = await CodexFixture.StartAsync();
        foreach (var body in (string?[])["{}", null, """{"code":""}"""])
        {
            var missing = await rig.SendAsync("POST", "/accounts/add/manual", body);
            (missing.Status, missing.Body).ShouldBe((400, """{"success":false,"error":"Code is required"}"""));
        }

        var early = await rig.SendAsync("POST", "/accounts/add/manual", """{"code":"abcdefghijkl"}""");
        (early.Status, early.Json["success"]!.GetValue<bool>(), early.Json["error"]!.GetValue<string>().Length > 0).ShouldBe((400, false, true));
        var begun = (await rig.SendAsync("POST", "/accounts/add", "{}")).Json;
        var back = await CodexFixture.ConsentAsync(begun);
        (await rig.SendAsync("POST", "/accounts/add/manual", $$"""{"code":"http://localhost:1455/auth/callback?code=x&state=another"}""")).Json["error"]!.GetValue<string>().ShouldBe("State mismatch");
        // The bare code, without a verifier: the login is the one that waits.
        var added = await rig.SendAsync("POST", "/accounts/add/manual", $$"""{"code":"{{CodexFixture.Parameter(back, "code")}}"}""");
        (added.Status, added.Body).ShouldBe((200, """{"success":true,"message":"Account ada@example.com added successfully"}"""));
        // The whole address that the browser ended at.
        await rig.SignInAsync("bob");
        (await rig.SendAsync("GET", "/accounts")).Json["total"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    [Trait("check", "codex 4")]
    public async Task With_the_port_taken_the_next_one_is_used()
    {
        using var other = new TcpListener(System.Net.IPAddress.Loopback, 1455);
        try
        {
            other.Start();
        }
        catch (SocketException)
        {
            // Another program has it already, which is as well.
        }

        await using var rig = await CodexFixture.StartAsync();
        var begun = (await rig.SendAsync("POST", "/accounts/add", "{}")).Json;
        // Where another program has the second too, the browser's last page is pasted; as soon as it is free, it is ours.
        for (var left = 20; left > 0 && begun["callback_port"]!.GetValue<int>() == 1455 && IsFree(1457); left--) begun = (await rig.SendAsync("POST", "/accounts/add", "{}")).Json;
        begun["callback_port"]!.GetValue<int>().ShouldBe(IsFree(1457) ? 1457 : begun["callback_port"]!.GetValue<int>());
        CodexFixture.Parameter(begun["oauth_url"]!.GetValue<string>(), "redirect_uri").ShouldBe($"http://localhost:{begun["callback_port"]}/auth/callback");
        (await rig.SendAsync("POST", "/accounts/oauth/cleanup")).Body.ShouldBe("""{"success":true,"message":"OAuth servers cleaned up"}""");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using System.Net.Sockets;

namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>Adding an account by OAuth on the surface <c>codex</c>: wire note codex-and-antigravity.md A.5, G.1 3 to 10.</summary>
public sealed class CodexLoginTests
{
    [Fact]
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
    }

    [Fact]
    public async Task The_callback_on_this_address_adds_the_account_once_and_makes_it_active()
    {
        await using var rig = await CodexFixture.StartAsync();
        await rig.SignInAsync("bob");
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
        }
    }

    [Fact]
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
    }

    [Fact]
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
        // Where the second is taken too, the browser's last page is pasted.
        begun["callback_port"]!.GetValue<int>().ShouldBeOneOf(1457, 1455);
        CodexFixture.Parameter(begun["oauth_url"]!.GetValue<string>(), "redirect_uri").ShouldBe($"http://localhost:{begun["callback_port"]}/auth/callback");
        (await rig.SendAsync("POST", "/accounts/oauth/cleanup")).Body.ShouldBe("""{"success":true,"message":"OAuth servers cleaned up"}""");
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Logins;

/// <summary>Signing in over the management API and the callback on the main port, at an emulated OpenRouter.</summary>
[Trait("speed", "fast")]
public sealed class LoginRouteTests
{
    [Fact]
    public async Task A_person_signs_in_confirms_and_the_account_serves()
    {
        await using var rig = await StartAsync();
        var begun = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = "openrouter" });
        (Text(begun, "status"), Text(begun, "method"), Text(begun["third_party_use"]!, "position"), Text(begun["third_party_use"]!, "as_of")).ShouldBe(("waiting", "browser", "allowed", "2026-11-29"));
        var page = await SignInAsync(begun);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync()).ShouldContain("<h1>Signed in to OpenRouter</h1>");
        var shown = await AskAsync(rig, HttpMethod.Get, $"logins/{Text(begun, "id")}", 200);
        (Text(shown, "status"), Text(shown["result"]!, "vendor_account_id"), Text(shown["result"]!, "credential_kind")).ShouldBe(("awaiting-confirmation", "user_emulated", "api-key"));
        (await AskAsync(rig, HttpMethod.Get, "accounts?provider=openrouter", 200))["accounts"]!.AsArray().ShouldBeEmpty();
        var saved = await AskAsync(rig, HttpMethod.Post, $"logins/{Text(begun, "id")}/confirm", 200, new { label = "router" });
        (Text(saved, "status"), Text(saved, "account")).ShouldBe(("saved", "router"));
        using var answer = await rig.PostAsync("/v1/chat/completions", """{"model":"any-model","messages":[{"role":"user","content":"say:hello there"}]}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        answer.Headers.GetValues("x-dragoman-provider").ShouldBe(["openrouter"]);
        var key = rig.Upstream.Requests[^1].Headers["authorization"]["Bearer ".Length..];
        key.ShouldStartWith("sk-or-v1-");
        foreach (var path in (string[])["logins", $"logins/{Text(begun, "id")}", "accounts", "audit"]) (await AskAsync(rig, HttpMethod.Get, path, 200)).ToJsonString().ShouldNotContain(key);
    }

    [Fact]
    public async Task The_same_user_is_renewed_and_another_is_added()
    {
        await using var rig = await StartAsync();
        async Task<JsonNode> SaveAsync(string user)
        {
            var begun = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = "openrouter", save = true });
            (await SignInAsync(begun, $"&emulated_user={user}")).StatusCode.ShouldBe(HttpStatusCode.OK);
            return await AskAsync(rig, HttpMethod.Get, $"logins/{Text(begun, "id")}", 200);
        }

        var (first, again, other) = (await SaveAsync("user_a"), await SaveAsync("user_a"), await SaveAsync("user_b"));
        (Text(first, "status"), Text(again["result"]!, "renews")).ShouldBe(("saved", Text(first, "account")));
        Text(again, "account_id").ShouldBe(Text(first, "account_id"));
        Text(other, "account_id").ShouldNotBe(Text(first, "account_id"));
        var accounts = (await AskAsync(rig, HttpMethod.Get, "accounts?provider=openrouter", 200))["accounts"]!.AsArray();
        accounts.Select(account => Text(account!, "label")).ShouldBe(["OpenRouter", "OpenRouter #2"], ignoreOrder: true);
        var audit = (await AskAsync(rig, HttpMethod.Get, "audit?action=login.", 200)).ToJsonString();
        audit.ShouldContain("renewed");
        audit.ShouldNotContain("sk-or");
    }

    [Fact]
    public async Task The_page_loads_nothing_and_a_strangers_state_is_worth_nothing()
    {
        await using var rig = await StartAsync();
        var begun = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = "openrouter" });
        foreach (var path in (string[])["/login/callback", "/login/callback?code=x&state=y", "/login/callback/<script>alert(1)<%2Fscript>?code=x", $"/login/callback/{new string('A', 43)}?code=x"])
        {
            using var page = await rig.GetAsync(path, ("Sec-Fetch-Site", "cross-site"));
            page.StatusCode.ShouldBe(HttpStatusCode.BadRequest, path);
            page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
            page.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
            var html = await page.Content.ReadAsStringAsync();
            html.ShouldContain("Nothing waits for this sign-in");
            foreach (var word in (string[])["<script", "src=", "href=", "<style", "style=", "alert("]) html.ShouldNotContain(word);
        }

        Text(await AskAsync(rig, HttpMethod.Get, $"logins/{Text(begun, "id")}", 200), "status").ShouldBe("waiting");
    }

    [Fact]
    public async Task What_the_browser_ended_at_can_be_pasted()
    {
        await using var rig = await StartAsync();
        var begun = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = "openrouter", headless = true });
        Text(begun, "hint").ShouldContain("paste");
        var back = await ConsentAsync(begun);
        var id = Text(begun, "id");
        (await AskAsync(rig, HttpMethod.Post, $"logins/{id}/complete", 400, new { text = back.AbsoluteUri.Replace("/login/callback/", "/login/callback/X", StringComparison.Ordinal) }))["error"]!["code"]!.GetValue<string>().ShouldBe("state_mismatch");
        Text(await AskAsync(rig, HttpMethod.Post, $"logins/{id}/complete", 200, new { text = back.AbsoluteUri }), "status").ShouldBe("awaiting-confirmation");
        (await rig.SendAsync(HttpMethod.Delete, $"/api/v1/logins/{id}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await AskAsync(rig, HttpMethod.Post, $"logins/{id}/confirm", 409, new { });
        (await AskAsync(rig, HttpMethod.Get, "accounts?provider=openrouter", 200))["accounts"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_is_followed_until_it_is_over()
    {
        await using var rig = await StartAsync();
        var begun = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = "openrouter", save = true });
        using var stream = await rig.GetAsync($"/api/v1/logins/{Text(begun, "id")}/events");
        stream.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        (await lines.ReadLineAsync()).ShouldBe(": listening");
        (await SignInAsync(begun)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await lines.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var states = text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => Text(JsonNode.Parse(line[6..])!, "status")).ToList();
        (states[0], states[^1]).ShouldBe(("waiting", "saved"));
    }

    [Fact]
    public async Task The_panel_follows_its_logins_though_a_browser_s_event_stream_has_no_header_of_the_panel()
    {
        await using var rig = await StartAsync();
        using var begun = await rig.SendAsync(HttpMethod.Post, "/api/v1/logins", JsonContent.Create(new { provider = "openrouter" }), ("x-dragoman-panel", "1"));
        var id = Text(JsonNode.Parse(await begun.Content.ReadAsStringAsync())!, "id");
        var origin = rig.Gateway.Address.GetLeftPart(UriPartial.Authority);
        foreach (var path in (string[])["/panel", "/panel/accounts/add?provider=openrouter"])
        {
            using var page = await rig.GetAsync($"/api/v1/logins/{id}/events", ("Sec-Fetch-Site", "same-origin"), ("Referer", origin + path));
            page.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        // Neither another page of the same origin, nor a program, nor one that only names the panel as the page behind it.
        foreach (var headers in ((string Name, string Value)[][])[[], [("Sec-Fetch-Site", "same-origin")], [("Sec-Fetch-Site", "same-origin"), ("Referer", origin + "/management.html")], [("Sec-Fetch-Site", "same-origin"), ("Referer", origin + "/panels")], [("Referer", origin + "/panel")]])
        {
            using var other = await rig.GetAsync($"/api/v1/logins/{id}/events", headers);
            other.StatusCode.ShouldBe(HttpStatusCode.NotFound, string.Join(' ', headers));
        }
    }

    [Fact]
    public async Task Providers_with_a_login_are_listed_and_others_refused()
    {
        await using var rig = await StartAsync();
        var provider = (await AskAsync(rig, HttpMethod.Get, "logins", 200))["providers"]!.AsArray().Single(item => Text(item!, "id") == "openrouter")!;
        (Text(provider, "name"), Text(provider["flows"]![0]!, "id"), Text(provider, "defaults_as_of")).ShouldBe(("OpenRouter", "browser", "2026-11-29"));
        await AskAsync(rig, HttpMethod.Post, "logins", 400, new { provider = "bedrock" });
        await AskAsync(rig, HttpMethod.Post, "logins", 400, new { });
        await AskAsync(rig, HttpMethod.Get, "logins/unknown", 404);
    }

    [Theory]
    [InlineData("qwen-code", "qwen", "15 April 2026")]
    [InlineData("iflow", "iflow", "17 April 2026")]
    public async Task An_ended_offer_says_so_and_its_files_are_still_taken(string provider, string type, string day)
    {
        await using var rig = await StartAsync();
        var refused = (await AskAsync(rig, HttpMethod.Post, "logins", 409, new { provider }))["error"]!;
        (Text(refused, "code"), Text(refused, "message").Contains(day, StringComparison.Ordinal)).ShouldBe(("login_ended", true));
        var saved = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider, save = true, content = $$"""{"type":"{{type}}","access_token":"old-token","email":"a@example.com"}""" });
        (Text(saved, "status"), Text(saved, "account")).ShouldBe(("saved", "a@example.com"));
        var account = (await AskAsync(rig, HttpMethod.Get, $"accounts?provider={provider}", 200))["accounts"]!.AsArray().Single()!;
        account["warnings"]!.AsArray().Single()!.GetValue<string>().ShouldContain(day);
    }

    private static Task<GatewayFixture> StartAsync() => GatewayFixture.StartWithAsync(static address => $$"""
        providers:
          openrouter:
            authorize-url: {{address}}/openrouter/auth
            base-url: {{address}}/openrouter/api/v1

        """);

    /// <summary>Consents at the vendor, as a browser does, and gives where it is sent back to.</summary>
    private static async Task<Uri> ConsentAsync(JsonNode login, string more = "")
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var consent = await browser.GetAsync(new Uri(Text(login, "address") + more));
        consent.StatusCode.ShouldBe(HttpStatusCode.Found, await consent.Content.ReadAsStringAsync());
        return consent.Headers.Location!;
    }

    private static async Task<HttpResponseMessage> SignInAsync(JsonNode login, string more = "")
    {
        var back = await ConsentAsync(login, more);
        using var browser = new HttpClient();
        return await browser.GetAsync(back);
    }

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, HttpMethod method, string path, int status, object? body = null)
    {
        using var answer = await rig.SendAsync(method, $"/api/v1/{path}", body is null ? null : JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }

    private static string Text(JsonNode node, string name) => node[name].ShouldNotBeNull($"{name} in {node.ToJsonString()}").GetValue<string>();
}

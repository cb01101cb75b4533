using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Logins;

/// <summary>A ChatGPT account from its login over the management API to its end: used, renewed when the backend takes its token no more, and signed in again after it was revoked.</summary>
public sealed class ChatGptAccountTests
{
    private const string Question = """{"model":"gpt-5.5","messages":[{"role":"user","content":"say:hello there"}]}""";

    [Fact]
    [Trait("check", "codex 14")]
    [Trait("check", "codex 35")]
    public async Task An_expired_token_is_renewed_within_the_request_and_nobody_notices()
    {
        await using var rig = await StartAsync();
        await SignInAsync(rig);
        await AnswerAsync(rig, HttpStatusCode.OK);
        var first = TokenOf(rig);
        await OpenAsync(rig, "expire?account=acct-ada");
        await AnswerAsync(rig, HttpStatusCode.OK);
        var second = TokenOf(rig);
        second.ShouldNotBe(first);
        var refreshes = Refreshes(rig);
        refreshes.ShouldBe(1);
        await AnswerAsync(rig, HttpStatusCode.OK);
        (TokenOf(rig), Refreshes(rig)).ShouldBe((second, refreshes), "a token that works is not renewed");
        await OpenAsync(rig, "expire?account=acct-ada");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AnswerAsync(rig, HttpStatusCode.OK)));
        Refreshes(rig).ShouldBe(2, "requests that find it expired at once wait for one exchange");
    }

    [Fact]
    public async Task A_token_that_a_WebSockets_handshake_or_a_message_finds_expired_is_renewed_within_the_request()
    {
        await using var rig = await StartAsync();
        var account = await SignInAsync(rig);
        await AskAsync(rig, HttpMethod.Patch, $"accounts/{account}", 200, new { settings = new { transport = "websocket" } });
        await OpenAsync(rig, "expire?account=acct-ada");
        await AnswerAsync(rig, HttpStatusCode.OK);
        (Refreshes(rig), Sockets(rig)).ShouldBe((1, 1), "the handshake is refused, and the next one is not");
        var first = TokenOf(rig);
        await AnswerAsync(rig, HttpStatusCode.OK);
        Sockets(rig).ShouldBe(1);
        // The idle connection was opened with a token that has ended since.
        await OpenAsync(rig, "expire?account=acct-ada");
        await AnswerAsync(rig, HttpStatusCode.OK);
        (Refreshes(rig), Sockets(rig), TokenOf(rig) == first).ShouldBe((2, 2, false));
        rig.Upstream.Requests.ShouldNotContain(request => request.Method == "POST" && request.Target.EndsWith("/responses", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_login_that_was_revoked_asks_for_its_owner_and_the_same_account_signs_in_again()
    {
        await using var rig = await StartAsync();
        var account = await SignInAsync(rig);
        await OpenAsync(rig, "revoke?account=acct-ada");
        var error = await AnswerAsync(rig, HttpStatusCode.FailedDependency);
        error.ShouldContain("sign in again");
        var shown = (await AskAsync(rig, HttpMethod.Get, $"accounts/{account}", 200)).ToJsonString();
        shown.ShouldContain("Sign in again: the login was revoked at OpenAI");
        (await SignInAsync(rig)).ShouldBe(account, "it is renewed in place");
        await AnswerAsync(rig, HttpStatusCode.OK);
        var accounts = (await AskAsync(rig, HttpMethod.Get, "accounts?provider=chatgpt", 200))["accounts"]!.AsArray();
        accounts.Count.ShouldBe(1);
        accounts[0]!.ToJsonString().ShouldNotContain("Sign in again");
    }

    [Fact]
    public async Task A_reset_credit_is_used_when_its_owner_has_seen_what_follows()
    {
        await using var rig = await StartAsync();
        var account = await SignInAsync(rig);
        await OpenAsync(rig, "usage?account=acct-ada&primary=100");
        (await AnswerAsync(rig, HttpStatusCode.TooManyRequests)).ShouldContain("usage limit");
        var action = (await AskAsync(rig, HttpMethod.Get, $"accounts/{account}/actions", 200))["actions"]!.AsArray().ShouldHaveSingleItem()!;
        Text(action, "effect").ShouldContain("cannot be undone");
        var shown = await AskAsync(rig, HttpMethod.Post, $"accounts/{account}/actions/use-reset-credit", 200);
        (shown["done"]!.GetValue<bool>(), Text(shown, "message")[..32]).ShouldBe((false, "The account has 2 reset credits "));
        Consumed(rig).ShouldBe(0);
        Text((await AskAsync(rig, HttpMethod.Post, $"accounts/{account}/actions/use-reset-credit", 409, new { confirmation = "guessed" }))["error"]!, "code").ShouldBe("confirmation_unknown");
        var done = await AskAsync(rig, HttpMethod.Post, $"accounts/{account}/actions/use-reset-credit", 200, new { confirmation = Text(shown, "confirmation") });
        (done["done"]!.GetValue<bool>(), Consumed(rig)).ShouldBe((true, 1));
        await AnswerAsync(rig, HttpStatusCode.OK);

        var url = rig.Gateway.Address.ToString();
        await OpenAsync(rig, "usage?account=acct-ada&primary=100");
        (await Cli.Program.RunAsync("accounts", "action", account, "--url", url)).Out.ShouldContain("use-reset-credit");
        var asked = await Cli.Program.RunAsync("accounts", "action", account, "use-reset-credit", "--url", url);
        (asked.Code, asked.Error.Contains("--yes", StringComparison.Ordinal), Consumed(rig)).ShouldBe((1, true, 1));
        var run = await Cli.Program.RunAsync("accounts", "action", account, "use-reset-credit", "--yes", "--url", url);
        (run.Code, run.Error.Contains("The account has 1 reset credit ", StringComparison.Ordinal), run.Out.Contains("were set back", StringComparison.Ordinal), Consumed(rig)).ShouldBe((0, true, true, 2), run.Error);
        var none = await Cli.Program.RunAsync("accounts", "action", account, "use-reset-credit", "--yes", "--url", url);
        (none.Code, none.Error.Contains("no reset credit", StringComparison.Ordinal)).ShouldBe((1, true), none.Error);
        (await AskAsync(rig, HttpMethod.Get, "audit", 200)).ToJsonString().ShouldContain("account.action");
    }

    [Fact]
    public async Task Another_workspace_of_the_same_person_is_another_account_and_a_file_of_the_first_renews_the_first()
    {
        await using var rig = await StartAsync();
        var (own, lab) = (await SignInAsync(rig), await SignInAsync(rig, "&emulated_workspace=lab"));
        lab.ShouldNotBe(own);
        foreach (var secret in (string[])["rt_", "eyJ"])
            foreach (var path in (string[])["accounts", "logins", "audit"]) (await AskAsync(rig, HttpMethod.Get, path, 200)).ToJsonString().ShouldNotContain(secret);
        var flows = (await AskAsync(rig, HttpMethod.Get, "logins", 200))["providers"]!.AsArray().Single(item => Text(item!, "id") == "chatgpt")!["flows"]!.AsArray().Select(flow => Text(flow!, "id"));
        flows.ShouldBe(["browser", "device", "import"]);
    }

    [Fact]
    public async Task The_plans_models_are_listed_and_the_account_can_be_tested()
    {
        await using var rig = await StartAsync();
        var account = await SignInAsync(rig);
        using var listed = await rig.GetAsync("/v1/models");
        var ids = (await listed.JsonAsync())["data"]!.AsArray().Select(model => Text(model!, "id")).ToList();
        ids.ShouldContain("gpt-5.5");
        ids.ShouldContain("gpt-6.2-sol");
        ids.ShouldNotContain("gpt-4.1", "the backend has none of the API's older models");
        var tested = await AskAsync(rig, HttpMethod.Post, $"accounts/{account}/test", 200, new { });
        (tested["ok"]!.GetValue<bool>(), Text(tested, "model")).ShouldBe((true, "gpt-5.4-mini"));
    }

    [Fact]
    public async Task The_plans_windows_are_asked_for_and_signing_out_revokes_the_login()
    {
        await using var rig = await StartAsync();
        var account = await SignInAsync(rig);
        var seen = (await AskAsync(rig, HttpMethod.Post, $"accounts/{account}/quota", 200)).ToJsonString();
        foreach (var word in (string[])["\"5h\"", "\"7d\"", "12.5", "the gateway never uses one"]) seen.ShouldContain(word);
        var left = await AskAsync(rig, HttpMethod.Post, $"accounts/{account}/sign-out", 200);
        left["revoked"]!.GetValue<bool>().ShouldBeTrue(left.ToJsonString());
        rig.Upstream.Requests.Count(request => request.Target == "/chatgpt/auth/oauth/revoke" && request.Status == 200).ShouldBe(1);
        (await AskAsync(rig, HttpMethod.Get, "accounts?provider=chatgpt", 200))["accounts"]!.AsArray().ShouldBeEmpty();
    }

    private static Task<GatewayFixture> StartAsync() => GatewayFixture.StartWithAsync(static address => $$"""
        providers:
          chatgpt:
            auth-url: {{address}}/chatgpt/auth
            base-url: {{address}}/chatgpt/backend-api/codex

        """);

    /// <summary>Signs in by the paste box, since the browser's port may be somebody else's; gives the account's id.</summary>
    private static async Task<string> SignInAsync(GatewayFixture rig, string more = "")
    {
        var begun = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = "chatgpt", headless = true, save = true });
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var consent = await browser.GetAsync(new Uri(Text(begun, "address") + more));
        consent.StatusCode.ShouldBe(HttpStatusCode.Found, await consent.Content.ReadAsStringAsync());
        var done = await AskAsync(rig, HttpMethod.Post, $"logins/{Text(begun, "id")}/complete", 200, new { text = consent.Headers.Location!.AbsoluteUri });
        Text(done, "status").ShouldBe("saved", done.ToJsonString());
        return Text(done, "account_id");
    }

    private static async Task<string> AnswerAsync(GatewayFixture rig, HttpStatusCode expected)
    {
        using var answer = await rig.PostAsync("/v1/chat/completions", Question);
        var text = await answer.TextAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return text;
    }

    private static async Task OpenAsync(GatewayFixture rig, string what)
    {
        using var http = new HttpClient();
        (await http.GetAsync(new Uri(rig.Upstream.Address, $"/chatgpt/emulated/{what}"))).EnsureSuccessStatusCode();
    }

    private static string TokenOf(GatewayFixture rig) => rig.Upstream.Requests.Last(request => request.Target.EndsWith("/responses", StringComparison.Ordinal)).Headers["authorization"];

    private static int Refreshes(GatewayFixture rig) => rig.Upstream.Requests.Count(request => request.Target == "/chatgpt/auth/oauth/token" && request.Text.Contains("\"refresh_token\"", StringComparison.Ordinal));

    private static int Sockets(GatewayFixture rig) => rig.Upstream.Requests.Count(request => request is { Method: "GET", Status: 101 });

    private static int Consumed(GatewayFixture rig) => rig.Upstream.Requests.Count(request => request.Target.EndsWith("rate-limit-reset-credits/consume", StringComparison.Ordinal));

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, HttpMethod method, string path, int status, object? body = null)
    {
        using var answer = await rig.SendAsync(method, $"/api/v1/{path}", body is null ? null : JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }

    private static string Text(JsonNode node, string name) => node[name].ShouldNotBeNull($"{name} in {node.ToJsonString()}").GetValue<string>();
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Web;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Logins;

/// <summary>
/// Accounts with plans from their login over the management API to their end: used, renewed when the vendor takes their token no more, asked for their owner when the login was revoked, and signed in again in
/// place.
/// </summary>
public sealed class PlanAccountTests
{
    private static readonly Dictionary<string, Plan> Plans = new Plan[]
    {
        new("claude-subscription", "claude", "claude-sonnet-4-5", "/claude/v1/messages", "/claude/v1/oauth/token", ["sk-ant-oat01-", "sk-ant-ort01-"], at => $$"""
            authorize-url: {{at}}/claude/cai/oauth/authorize
            token-url: {{at}}/claude/v1/oauth/token
            code-page: {{at}}/claude/oauth/code/callback
            api-url: {{at}}/claude
            """),
        new("xai", "xai", "grok-4.5", "/xai/v1/responses", "/xai/oauth2/token", ["eyJ-grok-", "grok-refresh-"], at => $$"""
            discovery-url: {{at}}/xai/.well-known/openid-configuration
            device-url: {{at}}/xai/oauth2/device/code
            authorize-url: {{at}}/xai/oauth2/authorize
            userinfo-url: {{at}}/xai/oauth2/userinfo
            base-url: {{at}}/xai/v1
            """),
        new("kimi-code", "kimi", "kimi-for-coding", "/kimi/coding/v1/chat/completions", "/kimi/api/oauth/token", ["kimi-access-", "kimi-refresh-"], at => $$"""
            auth-url: {{at}}/kimi
            base-url: {{at}}/kimi/coding/v1
            """),
        new("code-assist", "google", "gemini-2.5-pro", "/google/v1internal:generateContent", "/google/token", ["ya29.", "1//of-"], at => $$"""
            authorize-url: {{at}}/google/o/oauth2/v2/auth
            token-url: {{at}}/google/token
            revoke-url: {{at}}/google/revoke
            userinfo-url: {{at}}/google/oauth2/v1/userinfo
            code-page: {{at}}/google/authcode
            base-url: {{at}}/google
            client-secret: emulated-secret
            """),
    }.ToDictionary(plan => plan.Provider);

    public static TheoryData<string> Providers => [.. Plans.Keys];

    [Theory, MemberData(nameof(Providers))]
    public async Task An_expired_token_is_renewed_within_the_request_and_a_revoked_login_asks_for_its_owner(string provider)
    {
        var plan = Plans[provider];
        await using var rig = await StartAsync(plan);
        var account = await SignInAsync(rig, plan);
        await AnswerAsync(rig, plan, HttpStatusCode.OK);
        var first = TokenOf(rig, plan);
        var before = Exchanges(rig, plan);
        await ControlAsync(rig, plan, "_expire");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AnswerAsync(rig, plan, HttpStatusCode.OK)));
        (TokenOf(rig, plan) == first, Exchanges(rig, plan)).ShouldBe((false, before + 1), "requests that find it expired at once wait for one exchange");
        await ControlAsync(rig, plan, "_revoke");
        (await AnswerAsync(rig, plan, HttpStatusCode.ServiceUnavailable)).ShouldContain("sign in again");
        (await AskAsync(rig, HttpMethod.Get, $"accounts/{account}", 200))["problem"]!.GetValue<string>().ShouldStartWith("Sign in again");
        (await SignInAsync(rig, plan)).ShouldBe(account, "it is renewed in place");
        await AnswerAsync(rig, plan, HttpStatusCode.OK);
        foreach (var path in (string[])["accounts", "logins", "audit"])
        {
            var shown = (await AskAsync(rig, HttpMethod.Get, path, 200)).ToJsonString();
            foreach (var secret in plan.Secrets) shown.ShouldNotContain(secret);
        }
    }

    private static Task<GatewayFixture> StartAsync(Plan plan)
        => GatewayFixture.StartWithAsync(at => $"request-retry: 0\nproviders:\n  {plan.Provider}:\n    {plan.Settings(at).ReplaceLineEndings("\n    ")}\n");

    /// <summary>Signs in as a person whose browser is elsewhere; gives the account's id.</summary>
    private static async Task<string> SignInAsync(GatewayFixture rig, Plan plan)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        if (plan.Vendor == "kimi")
        {
            // A code for a device may be asked about every five seconds of the system's clock: the file of a program that has signed in does as well.
            var tokens = JsonNode.Parse(await browser.GetStringAsync(new Uri(rig.Upstream.Address, "/kimi/_login?device=0123456789abcdef0123456789abcdef")))!.AsObject();
            (tokens["type"], tokens["device_id"]) = ("kimi", "0123456789abcdef0123456789abcdef");
            return Text(await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = plan.Provider, save = true, acknowledged = true, content = tokens.ToJsonString() }), "account_id");
        }

        var begun = await AskAsync(rig, HttpMethod.Post, "logins", 201, new { provider = plan.Provider, flow = "browser", headless = true, save = true, acknowledged = true });
        using var consent = await browser.GetAsync(new Uri(Text(begun, "address")));
        consent.StatusCode.ShouldBe(HttpStatusCode.Found, await consent.Content.ReadAsStringAsync());
        var query = HttpUtility.ParseQueryString(consent.Headers.Location!.Query);
        var done = await AskAsync(rig, HttpMethod.Post, $"logins/{Text(begun, "id")}/complete", 200, new { text = $"{query["code"]}#{query["state"]}" });
        Text(done, "status").ShouldBe("saved", done.ToJsonString());
        return Text(done, "account_id");
    }

    private static async Task<string> AnswerAsync(GatewayFixture rig, Plan plan, HttpStatusCode expected)
    {
        using var answer = await rig.PostAsync("/v1/chat/completions", new JsonObject { ["model"] = plan.Model, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "say:hello there" }) }.ToJsonString());
        var text = await answer.TextAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return text;
    }

    private static async Task ControlAsync(GatewayFixture rig, Plan plan, string what)
    {
        using var http = new HttpClient();
        (await http.PostAsync(new Uri(rig.Upstream.Address, $"/{plan.Vendor}/{what}"), null)).EnsureSuccessStatusCode();
    }

    private static string TokenOf(GatewayFixture rig, Plan plan) => rig.Upstream.Requests.Last(request => request.Target == plan.Upstream && request.Status == 200).Headers["authorization"];

    private static int Exchanges(GatewayFixture rig, Plan plan) => rig.Upstream.Requests.Count(request => request.Target == plan.TokenEndpoint && request.Text.Contains("refresh_token", StringComparison.Ordinal));

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, HttpMethod method, string path, int status, object? body = null)
    {
        using var answer = await rig.SendAsync(method, $"/api/v1/{path}", body is null ? null : JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }

    private static string Text(JsonNode node, string name) => node[name].ShouldNotBeNull($"{name} in {node.ToJsonString()}").GetValue<string>();

    private sealed record Plan(string Provider, string Vendor, string Model, string Upstream, string TokenEndpoint, IReadOnlyList<string> Secrets, Func<string, string> Settings);
}

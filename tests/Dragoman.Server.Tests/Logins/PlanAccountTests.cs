using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Logins;

/// <summary>
/// Accounts with plans from their login over the management API to their end: used, renewed when the vendor takes their token no more, asked for their owner when the login was revoked, and signed in again in
/// place.
/// </summary>
public sealed class PlanAccountTests
{
    public static TheoryData<string> Providers => ["claude-subscription", "xai", "kimi-code", "code-assist", "github-copilot"];

    [Theory, MemberData(nameof(Providers))]
    public async Task An_expired_token_is_renewed_within_the_request_and_a_revoked_login_asks_for_its_owner(string provider)
    {
        var plan = LoginPlan.Of(provider);
        await using var rig = await StartAsync(plan);
        var account = await plan.SignInAsync(rig.Http, rig.Upstream.Address);
        await AnswerAsync(rig, plan, HttpStatusCode.OK);
        var first = TokenOf(rig, plan);
        var before = Exchanges(rig, plan);
        await ControlAsync(rig, plan, "_expire");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AnswerAsync(rig, plan, HttpStatusCode.OK)));
        (TokenOf(rig, plan) == first, Exchanges(rig, plan)).ShouldBe((false, before + 1), "requests that find it expired at once wait for one exchange");
        await ControlAsync(rig, plan, "_revoke");
        (await AnswerAsync(rig, plan, HttpStatusCode.FailedDependency)).ShouldContain("sign in again");
        // Also once the account is known to be of no use: it is no model that does not exist.
        for (var time = 0; time < 2; time++) (await AnswerAsync(rig, plan, HttpStatusCode.FailedDependency)).ShouldContain("ign in again");
        var asleep = await AskAsync(rig, HttpMethod.Get, $"accounts/{account}", 200);
        asleep["problem"]!.GetValue<string>().ShouldStartWith("Sign in again");
        (asleep["problem_code"]!.GetValue<string>(), asleep["problem"]!.GetValue<string>()).ShouldBe(("sign_in_because", $"Sign in again: {asleep["problem_values"]!["reason"]!.GetValue<string>()}."));
        (await plan.SignInAsync(rig.Http, rig.Upstream.Address)).ShouldBe(account, "it is renewed in place");
        await AnswerAsync(rig, plan, HttpStatusCode.OK);
        foreach (var path in (string[])["accounts", "logins", "audit"])
        {
            var shown = (await AskAsync(rig, HttpMethod.Get, path, 200)).ToJsonString();
            foreach (var secret in plan.Secrets) shown.ShouldNotContain(secret);
        }
    }

    private static Task<GatewayFixture> StartAsync(LoginPlan plan) => GatewayFixture.StartWithAsync(at => "request-retry: 0\n" + plan.Configuration(at));

    private static async Task<string> AnswerAsync(GatewayFixture rig, LoginPlan plan, HttpStatusCode expected)
    {
        using var answer = await rig.PostAsync("/v1/chat/completions", new JsonObject { ["model"] = plan.Model, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "say:hello there" }) }.ToJsonString());
        var text = await answer.TextAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return text;
    }

    private static async Task ControlAsync(GatewayFixture rig, LoginPlan plan, string what)
    {
        using var http = new HttpClient();
        (await http.PostAsync(new Uri(rig.Upstream.Address, $"/{plan.Vendor}/{what}"), null)).EnsureSuccessStatusCode();
    }

    private static string TokenOf(GatewayFixture rig, LoginPlan plan) => rig.Upstream.Requests.Last(request => request.Target == plan.Upstream && request.Status == 200).Headers["authorization"];

    private static int Exchanges(GatewayFixture rig, LoginPlan plan) => rig.Upstream.Requests.Count(request => request.Target == plan.TokenEndpoint && plan.IsRenewal(request.Text));

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, HttpMethod method, string path, int status, object? body = null)
    {
        using var answer = await rig.SendAsync(method, $"/api/v1/{path}", body is null ? null : JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }
}

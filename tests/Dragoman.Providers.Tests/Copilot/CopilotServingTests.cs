using System.Net;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Copilot;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>A Copilot account in the whole gateway, over real HTTP: every client's protocol, every model's own, and premium requests only for what users begin.</summary>
public sealed class CopilotServingTests
{
    [Theory]
    [InlineData("/v1/chat/completions", "gpt-5-mini", "/copilot/plan/chat/completions")]
    [InlineData("/v1/chat/completions", "claude-sonnet-4.5", "/copilot/plan/v1/messages")]
    [InlineData("/v1/messages", "claude-sonnet-4.5", "/copilot/plan/v1/messages")]
    [InlineData("/v1/messages", "gpt-5.2-codex", "/copilot/plan/responses")]
    public async Task A_users_turn_is_counted_and_an_agents_is_not(string client, string model, string upstream)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor);
        var token = ((OAuthCredential)login.Credential).AccessToken;
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions { ConfigText = $"github-copilot: [ {{ name: mine, access-token: {token}, account-id: '{login.AccountId}', base-url: '{login.Settings["base-url"]}' }} ]\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None },
            TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var first = await AskAsync(http, client, client == "/v1/messages" ? Messages(model) : Chat(model));
        first.StatusCode.ShouldBe(HttpStatusCode.OK, await first.Content.ReadAsStringAsync());
        vendor.Host.Requests[^1].Target.ShouldBe(upstream);
        vendor.Host.Requests[^1].Headers["x-initiator"].ShouldBe("user");
        var second = await AskAsync(http, client, client == "/v1/messages" ? MessagesWithResult(model) : ChatWithResult(model));
        second.StatusCode.ShouldBe(HttpStatusCode.OK, await second.Content.ReadAsStringAsync());
        vendor.Host.Requests[^1].Headers["x-initiator"].ShouldBe("agent");
        (await second.Content.ReadAsStringAsync()).ShouldNotContain(token);
    }

    private static async Task<LoginResult> SignInAsync(EmulatedVendor vendor)
    {
        var module = CopilotModule.Create();
        var flow = module.Logins.OfType<IDeviceLogin>().Single();
        var context = vendor.ContextFor(module, $"login-url: '{vendor.Address}/copilot/github', api-url: '{vendor.Address}/copilot/api'");
        var code = await flow.BeginAsync(context, default);
        await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}"));
        vendor.Time.Advance(code.Interval);
        return (await flow.PollAsync(code, context, default)).Result.ShouldNotBeNull();
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string path, string body) => http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static string Chat(string model) => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"say:hello"}]}""";

    private static string Messages(string model) => $$"""{"model":"{{model}}","max_tokens":200,"messages":[{"role":"user","content":"say:hello"}]}""";

    private static string ChatWithResult(string model) => $$$$"""
        {"model":"{{{{model}}}}","tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{} } } }],
        "messages":[{"role":"user","content":"look"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"a tree"}]}
        """;

    private static string MessagesWithResult(string model) => $$$$"""
        {"model":"{{{{model}}}}","max_tokens":200,"tools":[{"name":"look","input_schema":{"type":"object","properties":{}}}],
        "messages":[{"role":"user","content":"look"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"a tree"}]}]}
        """;
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.ClaudeSubscription;

/// <summary>Accounts with a Claude plan in the whole gateway, over real HTTP.</summary>
public sealed class ClaudeServingTests
{
    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    public async Task A_plan_serves_every_clients_protocol(string path)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor, "max");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var answer = await AskAsync(http, path, "claude-sonnet-4-5");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Text.ShouldContain("hello");
        answer.Text.ShouldNotContain("sk-ant-");
        var seen = vendor.Host.Requests[^1];
        (seen.Target, seen.Refused, seen.Headers.ContainsKey("x-api-key"), seen.Headers["anthropic-beta"]).ShouldBe(("/claude/v1/messages", null, false, "oauth-2025-04-20"));
        var account = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/accounts", UriKind.Relative)))!["accounts"]![0]!;
        account["warnings"]!.AsArray().Single()!.GetValue<string>().ShouldContain("sign in again");
        account["cooldowns"]!.AsArray().Single(item => item!["model"] is null)!["quotas"]!.AsArray().Select(quota => quota!["name"]!.GetValue<string>()).ShouldBe(["5h", "7d"]);
    }

    [Fact]
    public async Task The_large_models_week_is_over_and_the_others_go_on()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor, "large-spent");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await AskAsync(http, "/v1/messages", "claude-fable-5")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        var asked = vendor.Host.Requests.Count;
        (await AskAsync(http, "/v1/messages", "claude-fable-5")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        vendor.Host.Requests.Count.ShouldBe(asked, "the model cools down until its reset");
        (await AskAsync(http, "/v1/messages", "claude-sonnet-4-5")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Five_hours_that_are_used_up_hold_for_all_models()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor, "spent");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await AskAsync(http, "/v1/messages", "claude-sonnet-4-5")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        var asked = vendor.Host.Requests.Count;
        (await AskAsync(http, "/v1/messages", "claude-haiku-4-5")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        vendor.Host.Requests.Count.ShouldBe(asked);
    }

    [Fact]
    public async Task What_only_extra_usage_pays_for_goes_to_another_account_and_cools_nothing()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor, "third", "max");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        for (var round = 0; round < 2; round++)
        {
            (await AskAsync(http, "/v1/messages", "claude-sonnet-4-5")).Status.ShouldBe(HttpStatusCode.OK);
            vendor.Host.Requests.Count(seen => seen.Status == 400).ShouldBe(round + 1, "the first account was asked again");
        }

        var own = await AskAsync(http, "/v1/messages", "claude-sonnet-4-5", "You are Claude Code, Anthropic's official CLI for Claude.");
        (own.Status, vendor.Host.Requests.Count(seen => seen.Status == 400)).ShouldBe((HttpStatusCode.OK, 2), "what the vendor's own program asks is paid by the plan");
    }

    private static async Task<GatewayHost> StartAsync(EmulatedVendor vendor, params string[] people)
    {
        // The gateway goes by the system's clock, and so have the resets.
        vendor.Time.Advance(TimeProvider.System.GetUtcNow() - vendor.Time.GetUtcNow());
        var accounts = new StringBuilder("claude-subscription:\n");
        foreach (var (person, number) in people.Select((person, number) => (person, number)))
        {
            var login = (OAuthCredential)(await ClaudeRig.SignInAsync(vendor, person)).Credential;
            accounts.Append($"  - {{ name: {person}, priority: {people.Length - number}, access-token: {login.AccessToken}, account-id: {login.AccountId}, base-url: '{vendor.Address}/claude', extra: {{ authorized-at: '2026-01-01T00:00:00Z' }} }}\n");
        }

        return await GatewayHost.StartAsync(
            new StartOptions { ConfigText = $"request-retry: 0\n{accounts}", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(HttpClient http, string path, string model, string? system = null)
    {
        var body = new JsonObject { ["model"] = model };
        if (system is not null) body["system"] = system;
        if (path == "/v1/responses") body["input"] = "say:hello";
        else body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "say:hello" });
        if (path == "/v1/messages") body["max_tokens"] = 200;
        using var answer = await http.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}

using System.Net;
using System.Text;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.CodingPlan;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Dragoman.Testing;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.CodingPlan;

/// <summary>Keys of coding plans: the table of plans, and what their emulated vendors are asked.</summary>
public sealed class CodingPlanTests
{
    private static readonly ProviderModule Module = CodingPlanModule.Create();

    [Fact]
    public void Every_plan_says_where_it_is_where_keys_are_made_and_what_its_vendor_allows()
    {
        var page = File.ReadAllText(RepositoryFiles.File("docs", "guide", "providers", "coding-plans.md"));
        CodingPlanSettings.Defaults.Offers.Count.ShouldBeGreaterThan(9);
        foreach (var offer in CodingPlanSettings.Defaults.Offers)
        {
            offer.Id.ShouldMatch("^[a-z-]+$");
            offer.Host.ShouldStartWith("https://");
            offer.PathOf(Protocol.OpenAiChat).ShouldNotBeNull();
            offer.PathOf(Protocol.AnthropicMessages).ShouldNotBeNull();
            new Uri(offer.KeysPage!).Scheme.ShouldBe("https");
            var terms = offer.ThirdPartyUse.ShouldNotBeNull();
            terms.Statement.ShouldEndWith(".");
            page.ShouldContain($"| `{offer.Id}` | {offer.Name} | `{offer.Host}` | {(offer.UsagePath is null ? "no" : "yes")} | {terms.Position.ToString().ToLowerInvariant()} |", customMessage: "docs/guide/providers/coding-plans.md lists every plan");
            page.ShouldContain(offer.KeysPage!);
            page.ShouldContain(terms.Statement);
            page.ShouldContain(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{terms.AsOf:d MMMM yyyy}"));
        }
    }

    [Theory]
    [InlineData("zai", "", Protocol.OpenAiChat, "https://api.z.ai/api/coding/paas/v4", "https://api.z.ai/api/monitor/usage/quota/limit")]
    [InlineData("zai", ", wire-api: messages", Protocol.AnthropicMessages, "https://api.z.ai/api/anthropic", "https://api.z.ai/api/monitor/usage/quota/limit")]
    [InlineData("zai", ", wire-api: responses", Protocol.OpenAiResponses, "https://api.z.ai/api/v1", "https://api.z.ai/api/monitor/usage/quota/limit")]
    [InlineData("alibaba", ", wire-api: messages", Protocol.AnthropicMessages, "https://coding-intl.dashscope.aliyuncs.com/apps/anthropic", null)]
    [InlineData("minimax", "", Protocol.OpenAiChat, "https://api.minimax.io/v1", "https://api.minimax.io/v1/token_plan/remains")]
    [InlineData("xiaomi-cn", "", Protocol.OpenAiChat, "https://token-plan-cn.xiaomimimo.com/v1", null)]
    [InlineData("kimi", ", wire-api: messages", Protocol.AnthropicMessages, "https://api.kimi.com/coding", "https://api.kimi.com/coding/v1/usages")]
    // An address of one's own: the page moves with it, or nothing is asked. The key goes to no other host.
    [InlineData("zai", ", base-url: 'https://relay.example/glm/api/coding/paas/v4/chat/completions'", Protocol.OpenAiChat, "https://relay.example/glm/api/coding/paas/v4", "https://relay.example/glm/api/monitor/usage/quota/limit")]
    [InlineData("zai", ", wire-api: messages, base-url: 'https://relay.example'", Protocol.AnthropicMessages, "https://relay.example", null)]
    [InlineData("minimax", ", base-url: 'https://relay.example/chat'", Protocol.OpenAiChat, "https://relay.example/chat", null)]
    [InlineData("minimax", ", base-url: 'https://relay.example/chat', usage-url: 'https://relay.example/left'", Protocol.OpenAiChat, "https://relay.example/chat", "https://relay.example/left")]
    [InlineData("kimi", ", usage-url: off", Protocol.OpenAiChat, "https://api.kimi.com/coding/v1", null)]
    public void An_account_is_where_its_plan_is_and_asks_what_is_left_nowhere_else(string plan, string more, Protocol protocol, string baseUrl, string? usage)
    {
        var account = AccountOf(plan, more);
        (account.Protocol, account.BaseUrl, account.Options.GetValueOrDefault("usage-url")).ShouldBe((protocol, baseUrl, usage));
        Module.QuotaReader!.Covers(account).ShouldBe(usage is not null);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "zai", "", "/plans/zai/api/coding/paas/v4", "/chat/completions")]
    [InlineData("/v1/chat/completions", "zai", ", wire-api: messages", "/plans/zai/api/anthropic", "/v1/messages")]
    [InlineData("/v1/messages", "zai", ", wire-api: messages", "/plans/zai/api/anthropic", "/v1/messages")]
    [InlineData("/v1/messages", "zai", ", wire-api: responses", "/plans/zai/api/v1", "/responses")]
    [InlineData("/v1/messages", "alibaba", "", "/plans/alibaba/v1", "/chat/completions")]
    [InlineData("/v1/messages", "alibaba", ", wire-api: messages", "/plans/alibaba/apps/anthropic", "/v1/messages")]
    [InlineData("/v1/chat/completions", "minimax", "", "/plans/minimax/v1", "/chat/completions")]
    [InlineData("/v1/messages", "minimax", ", wire-api: messages", "/plans/minimax/anthropic", "/v1/messages")]
    [InlineData("/v1/messages", "xiaomi", "", "/plans/xiaomi/v1", "/chat/completions")]
    [InlineData("/v1/chat/completions", "kimi", "", "/plans/kimi/coding/v1", "/chat/completions")]
    [InlineData("/v1/messages", "kimi", ", wire-api: messages", "/plans/kimi/coding", "/v1/messages")]
    public async Task A_plan_that_is_used_up_gives_way_and_the_key_is_kept(string path, string plan, string more, string prefix, string operation)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var config = $"""
            request-retry: 0
            coding-plan:
              - {YamlOf(plan, "spent-key", 2)}
              - {YamlOf(plan, "a-key", 1)}
            """;
        string YamlOf(string id, string key, int priority) => $"{{ name: {key}, plan: {id}, api-key: {key}, priority: {priority}, base-url: '{vendor.Address}{prefix}'{more} }}";
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions { ConfigText = config, Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        async Task<(HttpStatusCode Status, string Text, string? Account)> AskAsync(string model)
        {
            using var body = new StringContent($$"""{"model":"{{model}}","max_tokens":100,"messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(path, body);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.TryGetValues("x-dragoman-account", out var names) ? names.Single() : null);
        }

        var model = plan switch { "zai" => "glm-5.3", "alibaba" => "qwen4-max", "minimax" => "MiniMax-M3.1-Flash", "xiaomi" => "mimo-v2.6-pro", _ => "kimi-for-coding" };
        for (var round = 0; round < 2; round++)
        {
            var (status, text, account) = await AskAsync(model);
            (status, text.Contains("hello", StringComparison.Ordinal), account).ShouldBe((HttpStatusCode.OK, true, "a-key"), text);
        }

        var asked = vendor.Host.Requests.Where(seen => seen.Method == "POST").ToList();
        asked.Count.ShouldBe(3, "the spent account is asked once, and after the other one from then on");
        asked.ShouldAllBe(seen => seen.Target == prefix + operation && seen.Headers["user-agent"].StartsWith("dragoman/"));
        asked.ShouldAllBe(seen => seen.Headers["authorization"].StartsWith("Bearer ") && !seen.Headers.ContainsKey("x-api-key"));
    }

    [Theory]
    [InlineData("zai", "1308", "rate_limit_error", "[1308][Usage limit reached]", FailureClass.QuotaExhausted)]
    [InlineData("zai", "1302", null, "High concurrency usage of this API; 1308 was not said", FailureClass.RateLimited)]
    [InlineData("zai", "1311", null, "Your plan does not include this model.", FailureClass.Gone)]
    [InlineData("alibaba", "Throttling.AllocationQuota", null, "hour allocated quota exceeded.", FailureClass.QuotaExhausted)]
    [InlineData("alibaba", null, null, "concurrency allocated quota exceeded.", FailureClass.RateLimited)]
    [InlineData("minimax", null, "rate_limit_error", "usage limit exceeded, 5-hour usage limit reached (2056)", FailureClass.QuotaExhausted)]
    [InlineData("kimi", null, "access_terminated_error", "You've reached your usage limit.", FailureClass.QuotaExhausted)]
    public void The_signs_of_a_plan_tell_a_used_up_plan_from_haste(string plan, string? code, string? type, string message, FailureClass expected)
    {
        using var answer = new HttpResponseMessage();
        var failure = Module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.RateLimit, message) { Code = code, Type = type }, answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(plan) });
        (failure.Class, failure.IsOfAccount).ShouldBe((expected, expected == FailureClass.QuotaExhausted));
        // What the protocol does not read of the body is read here.
        var body = Encoding.UTF8.GetBytes($$"""{"error":{"code":"{{code}}","type":"{{type}}","message":"{{message}}" } }""");
        Module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.RateLimit, "No."), answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(plan), Body = body }).Class.ShouldBe(type == "access_terminated_error" ? FailureClass.QuotaExhausted : expected);
    }

    [Fact]
    public async Task Models_are_listed_where_the_plan_lists_them()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        async Task<string?> ListAsync(string plan, string prefix, string more = "")
        {
            var account = AccountOf(plan, $", base-url: '{vendor.Address}/plans/{plan}{prefix}'{more}");
            using var request = await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), default);
            if (request is null) return null;
            using var http = new HttpClient();
            using var answer = await http.SendAsync(request);
            return Module.Models!.Read(await answer.Content.ReadAsByteArrayAsync())![0];
        }

        (await ListAsync("zai", "/api/coding/paas/v4")).ShouldBe("gpt-6.2-sol");
        (await ListAsync("kimi", "/coding/v1")).ShouldBe("gpt-6.2-sol");
        (await ListAsync("zai", "/api/anthropic", ", wire-api: messages")).ShouldBeNull();
        (await ListAsync("alibaba", "/v1")).ShouldBeNull();
    }

    [Fact]
    public void What_a_vendor_forbids_is_said_of_the_account()
    {
        Module.WarningsOf(AccountOf("zai"), default).ShouldHaveSingleItem().Text.ShouldStartWith("The vendor's position on Z.ai GLM Coding Plan (30 November 2026): Z.ai limits the plan");
        Module.WarningsOf(AccountOf("minimax"), default).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("api-key: k", "plan", "The account needs a plan.")]
    [InlineData("api-key: k, plan: glm", "plan", "There is no plan 'glm'.")]
    [InlineData("api-key: k, plan: xiaomi, wire-api: responses", "wire-api", "The plan 'xiaomi' is not served by this protocol.")]
    [InlineData("plan: xiaomi", "api-key", "An API key is needed.")]
    [InlineData("api-key: k, plan: zai, usage-url: nowhere", "usage-url", "'nowhere' is not an address.")]
    public void What_does_not_fit_is_reported_at_its_place(string entry, string key, string message)
        => Load($"coding-plan: [ {{ {entry} }} ]\n").Problems.ShouldHaveSingleItem().ToString().ShouldSatisfyAllConditions(text => text.ShouldContain($"coding-plan[0].{key}"), text => text.ShouldContain(message));

    internal static Gateway.Accounts.Account AccountOf(string plan, string more = "")
    {
        var loaded = Load($"coding-plan: [ {{ name: mine, api-key: a-key, plan: {plan}{more} }} ]\n");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts.Single();
    }

    internal static ConfigResult Load(string yaml) => new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load(yaml, "config.yaml");
}

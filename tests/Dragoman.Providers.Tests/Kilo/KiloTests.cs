using System.Net;
using System.Text;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Kilo;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Kilo;

/// <summary>Kilo's gateway, as its emulated self answers.</summary>
public sealed class KiloTests
{
    private static readonly ProviderModule Module = KiloModule.Create();

    [Fact]
    public void An_account_is_at_the_documented_address()
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load("kilo-api-key:\n  - api-key: a-key\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        (account.Provider, account.Protocol, account.BaseUrl).ShouldBe(("kilo", Protocol.OpenAiChat, "https://api.kilo.ai/api/gateway"));
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task A_key_that_may_not_use_a_model_gives_way_to_one_that_may_and_serves_what_is_free(string path)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var config = $"""
            request-retry: 0
            kilo-api-key:
              - name: free
                api-key: anonymous
                priority: 3
                base-url: '{vendor.Address}/kilo/api/gateway'
              - name: spent
                api-key: spent-key
                priority: 2
                base-url: '{vendor.Address}/kilo/api/gateway/chat/completions'
              - name: paid
                api-key: a-key
                priority: 1
                base-url: '{vendor.Address}/kilo/api/gateway'
            """;
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions { ConfigText = config, Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        async Task<string> AccountFor(string model)
        {
            using var body = new StringContent($$"""{"model":"{{model}}","max_tokens":100,"messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(path, body);
            var text = await answer.Content.ReadAsStringAsync();
            (answer.StatusCode, text.Contains("hello", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true), text);
            return answer.Headers.GetValues("x-dragoman-account").Single();
        }

        (await AccountFor("anthropic/claude-sonnet-5")).ShouldBe("paid");
        (await AccountFor("minimax/minimax-m2.5:free")).ShouldBe("free");
        vendor.Host.Requests.Where(seen => seen.Status is 401 or 402).Select(seen => seen.Status).ShouldBe([401, 402]);
        vendor.Host.Requests.ShouldAllBe(seen => seen.Target == "/kilo/api/gateway/chat/completions");
    }

    [Theory]
    [InlineData("PAID_MODEL_AUTH_REQUIRED", FailureClass.Forbidden)]
    [InlineData("PROMOTION_MODEL_LIMIT_REACHED", FailureClass.QuotaExhausted)]
    [InlineData("401", FailureClass.AuthDead)]
    [InlineData(null, FailureClass.AuthDead)]
    public void Only_a_401_against_the_key_ends_it(string? code, FailureClass expected)
    {
        using var answer = new HttpResponseMessage();
        Module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Authentication, "No.") { Code = code }, answer.Headers, DateTimeOffset.UnixEpoch)).Class.ShouldBe(expected);
    }

    [Fact]
    public async Task The_models_are_those_of_the_gateway()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        using var http = new HttpClient { DefaultRequestHeaders = { { "Authorization", "Bearer a-key" } } };
        var body = await http.GetByteArrayAsync($"{vendor.Address}/kilo/api/gateway/models");
        Module.Models!.Read(body).ShouldBe(["anthropic/claude-sonnet-5", "minimax/minimax-m2.5:free", "kilo-auto/free"]);
        using var refused = await new HttpClient().GetAsync($"{vendor.Address}/kilo/api/gateway/models");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}

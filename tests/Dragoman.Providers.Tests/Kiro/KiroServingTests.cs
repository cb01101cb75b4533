using System.Net;
using System.Text;
using System.Text.Json;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>A Kiro account in the whole gateway, over real HTTP. The conformance suite runs every client's protocol against it; here is what is Kiro's own.</summary>
public sealed class KiroServingTests
{
    private const string Search = """{"model":"claude-sonnet-4.5","max_tokens":500,"stream":STREAM,"messages":[{"role":"user","content":"Perform a web search for the query: old cats"}],"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":8}]}""";

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    [Trait("check", "kiro R33")]
    public async Task R33_a_request_that_only_searches_is_a_search_of_the_service(string stream)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync($"kiro: [ {{ name: mine, access-token: tok, profile-arn: '{KiroTesting.Arn}', base-url: '{vendor.Address}' }} ]");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.PostAsync("/v1/messages", Json(Search.Replace("STREAM", stream, StringComparison.Ordinal)));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var asked = vendor.Host.Requests.ShouldHaveSingleItem();
        (asked.Target, asked.Headers["x-amzn-kiro-profile-arn"]).ShouldBe(("/mcp", KiroTesting.Arn));
        text.ShouldContain("\"server_tool_use\"");
        text.ShouldContain("\"web_search_tool_result\"");
        text.ShouldContain("https://example.com/found");
        if (stream == "true") return;
        using var whole = JsonDocument.Parse(text);
        var blocks = whole.RootElement.GetProperty("content");
        blocks[1].GetProperty("tool_use_id").GetString().ShouldBe(blocks[0].GetProperty("id").GetString());
        (whole.RootElement.GetProperty("usage").GetProperty("server_tool_use").GetProperty("web_search_requests").GetInt32(), whole.RootElement.GetProperty("stop_reason").GetString()).ShouldBe((1, "end_turn"));
    }

    [Fact]
    [Trait("check", "kiro R23")]
    public async Task R23_a_model_that_one_account_lacks_is_served_by_another()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync($$"""
            kiro:
              - { name: poor, priority: 2, access-token: tok-a, base-url: '{{vendor.Address}}', models: [ { name: claude-opus-9, alias: m }, { name: claude-sonnet-4.5, alias: s } ] }
              - { name: rich, access-token: tok-b, base-url: '{{vendor.Address}}', models: [ { name: claude-opus-4.5, alias: m } ] }
            """);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await AskAsync(http, "m")).ShouldBe((HttpStatusCode.OK, "rich"));
        (await AskAsync(http, "s")).ShouldBe((HttpStatusCode.OK, "poor"));
    }

    [Theory]
    [InlineData("suspended-token")]
    [InlineData("invalid-token")]
    [Trait("check", "kiro R20")]
    public async Task R20_an_account_that_is_refused_is_followed_by_the_next(string token)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync($$"""
            kiro:
              - { name: first, priority: 2, access-token: {{token}}, base-url: '{{vendor.Address}}' }
              - { name: second, access-token: tok-b, base-url: '{{vendor.Address}}' }
            """);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await AskAsync(http, "claude-sonnet-4.5")).ShouldBe((HttpStatusCode.OK, "second"));
    }

    private static async Task<(HttpStatusCode Status, string? Account)> AskAsync(HttpClient http, string model)
    {
        using var answer = await http.PostAsync("/v1/chat/completions", Json($$"""{"model":"{{model}}","messages":[{"role":"user","content":"say:hello"}]}"""));
        return (answer.StatusCode, answer.Headers.TryGetValues("x-dragoman-account", out var names) ? names.Single() : null);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static Task<GatewayHost> StartAsync(string config)
        => GatewayHost.StartAsync(new StartOptions { ConfigText = config + "\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
}

using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Testing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>The routes of Amp's command line: wire notes cliproxyapi 6.14 and 2.6, surface-clients 1.3.</summary>
public sealed class AmpTests
{
    private const string Turn = """{"model":"MODEL","max_tokens":50,"messages":[{"role":"user","content":"Hello"}]}""";

    [Theory]
    [InlineData("/api/provider/anthropic/v1/messages")]
    [InlineData("/api/provider/claude/messages")]
    public async Task A_model_that_is_served_here_is_answered_here(string path)
    {
        await using var amp = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, "{}"));
        await using var rig = await StartAsync(amp);
        var answer = await PostAsync(rig, path, Turn.Replace("MODEL", "claude-1", StringComparison.Ordinal));
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["content"]![0]!["text"]!.GetValue<string>().ShouldNotBeEmpty();
        amp.Calls.ShouldBe(0);
    }

    [Theory]
    [InlineData("/api/provider/openai/v1/chat/completions", "choices")]
    [InlineData("/api/provider/openai/chat/completions", "choices")]
    [InlineData("/api/provider/xai/v1/completions", "choices")]
    [InlineData("/api/provider/openai/v1/responses", "output")]
    public async Task Every_protocol_has_its_routes(string path, string member)
    {
        await using var rig = await CliProxyFixture.StartWithAsync(Dragoman.Server.Tests.Support.GatewayFixture.Everything);
        var prompt = path.EndsWith("/completions", StringComparison.Ordinal) ? "prompt" : "input";
        var answer = await PostAsync(rig, path, """{"model":"claude-1","max_tokens":50,"PROMPT":"Hello","messages":[{"role":"user","content":"Hello"}]}""".Replace("PROMPT", prompt, StringComparison.Ordinal));
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json[member].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/api/provider/google/v1beta/models/claude-1:generateContent")]
    [InlineData("/api/provider/google/v1beta1/publishers/google/models/claude-1:generateContent")]
    public async Task Gemini_has_its_routes(string path)
    {
        await using var rig = await CliProxyFixture.StartWithAsync(Dragoman.Server.Tests.Support.GatewayFixture.Everything);
        var answer = await PostAsync(rig, path, """{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}""");
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["candidates"].ShouldNotBeNull();
        (await PostAsync(rig, "/api/provider/anthropic/v1/messages/count_tokens", Turn.Replace("MODEL", "claude-1", StringComparison.Ordinal))).Json["input_tokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("google", "models")]
    [InlineData("anthropic", "has_more")]
    [InlineData("openai", "object")]
    public async Task Models_are_listed_in_the_form_of_the_provider(string provider, string member)
    {
        await using var rig = await CliProxyFixture.StartWithAsync(Dragoman.Server.Tests.Support.GatewayFixture.Everything);
        foreach (var path in (string[])["models", "v1/models"])
            (await rig.AskAsync("GET", $"/api/provider/{provider}/{path}", null)).Json[member].ShouldNotBeNull();
        (await rig.AskAsync("GET", "/api/provider/google/v1beta/models", null)).Json["models"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("claude-opus-4-5", "claude-opus-4-5")]
    [InlineData("CLAUDE-OPUS-4-5", "CLAUDE-OPUS-4-5")]
    [InlineData("gpt-5-codex-special", "gpt-5-codex-special")]
    [InlineData("claude-opus-4-5(high)", "claude-opus-4-5(high)")]
    public async Task A_mapping_answers_by_another_model_under_the_name_that_was_asked_for(string asked, string shown)
    {
        await using var amp = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, "{}"));
        await using var rig = await StartAsync(amp, """
              model-mappings:
                - { from: nobody, to: not-served }
                - { from: claude-opus-4-5, to: claude-1 }
                - { from: "^gpt-5.*codex", to: claude-1, regex: true }
            """);
        var answer = await PostAsync(rig, "/api/provider/anthropic/v1/messages", Turn.Replace("MODEL", asked, StringComparison.Ordinal));
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["model"]!.GetValue<string>().ShouldBe(shown);
        amp.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_model_that_nobody_here_serves_is_Amps_with_Amps_key_and_the_bytes_as_they_came()
    {
        var seen = new List<string>();
        await using var amp = await RawUpstream.StartAsync((context, _) =>
        {
            lock (seen)
                foreach (var name in (string[])["x-api-key", "authorization", "anthropic-beta", "x-amp-thread-id"]) seen.Add(context.Request.Headers[name].ToString());
            return context.SayAsync(200, """{"from":"amp"}""", headers: ("Access-Control-Allow-Origin", "*"));
        });
        await using var rig = await StartAsync(amp, "", "api-keys: [ sk-client-1 ]\n");
        var body = Turn.Replace("MODEL", "amp-only-model", StringComparison.Ordinal);
        var answer = await PostAsync(rig, "/api/provider/anthropic/v1/messages?key=sk-client-1&beta=true", body, ("x-api-key", "sk-client-1"), ("Authorization", "Bearer sk-client-1"), ("anthropic-beta", "a,context-1m-2025-08-07,b"), ("x-amp-thread-id", "T-1"));
        answer.Body.ShouldBe("""{"from":"amp"}""");
        answer.Headers.Keys.ShouldNotContain("Access-Control-Allow-Origin");
        amp.Bodies.ShouldHaveSingleItem().ShouldBe(body);
        seen.ShouldBe(["key-of-amp", "Bearer key-of-amp", "a,b", "T-1"]);
    }

    [Theory]
    [InlineData("POST", "/api/internal?getUserInfo")]
    [InlineData("GET", "/api/threads/T-1")]
    [InlineData("POST", "/api/telemetry")]
    [InlineData("PUT", "/api/user/settings")]
    [InlineData("GET", "/threads/T-1")]
    [InlineData("GET", "/settings")]
    [InlineData("GET", "/news.rss")]
    public async Task What_is_not_about_models_goes_on_to_Amp(string method, string path)
    {
        var targets = new List<string>();
        await using var amp = await RawUpstream.StartAsync((context, _) =>
        {
            lock (targets) targets.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            return context.SayAsync(201, """{"ok":true}""");
        });
        await using var rig = await StartAsync(amp);
        var answer = await rig.AskAsync(method, path, method == "GET" ? null : new StringContent("{}", Encoding.UTF8, "application/json"));
        answer.Status.ShouldBe(201, answer.Body);
        answer.Body.ShouldBe("""{"ok":true}""");
        targets.ShouldBe([$"{method} {path}"]);
    }

    [Fact]
    public async Task A_client_may_have_a_key_of_its_own_at_Amp_and_needs_one_here()
    {
        var keys = new List<string>();
        await using var amp = await RawUpstream.StartAsync((context, _) =>
        {
            lock (keys) keys.Add(context.Request.Headers["x-api-key"].ToString());
            return context.SayAsync(200, "{}");
        });
        await using var rig = await StartAsync(amp, """
              upstream-api-keys:
                - { upstream-api-key: key-of-a-team, api-keys: [ sk-team ] }
            """, "api-keys: [ sk-team, sk-other ]\n");
        (await PostAsync(rig, "/api/internal", "{}")).Status.ShouldBe(401);
        await PostAsync(rig, "/api/internal", "{}", ("Authorization", "Bearer sk-team"));
        await PostAsync(rig, "/api/internal", "{}", ("Authorization", "Bearer sk-other"));
        // A page is opened by a browser, which has no key.
        (await rig.AskAsync("GET", "/docs/manual", null)).Status.ShouldBe(200);
        keys.ShouldBe(["key-of-a-team", "key-of-amp", "key-of-amp"]);
    }

    [Fact]
    public async Task Without_an_address_and_with_one_that_is_away_it_is_told()
    {
        await using (var none = await CliProxyFixture.StartWithAsync(Dragoman.Server.Tests.Support.GatewayFixture.Everything))
        {
            var answer = await PostAsync(none, "/api/internal", "{}");
            answer.Status.ShouldBe(503);
            answer.Body.ShouldBe("""{"error":"amp upstream proxy not available"}""");
            // A model that nobody serves is told as ever.
            (await PostAsync(none, "/api/provider/anthropic/v1/messages", Turn)).Json["error"]!["type"]!.GetValue<string>().ShouldBe("not_found_error");
        }

        await using var away = await CliProxyFixture.StartWithAsync(address => Dragoman.Server.Tests.Support.GatewayFixture.Everything(address) + "ampcode: { upstream-url: \"http://127.0.0.1:9\" }\n");
        var refused = await PostAsync(away, "/api/internal", "{}");
        refused.Status.ShouldBe(502);
        refused.Json["error"]!.GetValue<string>().ShouldBe("amp_upstream_proxy_error");
    }

    [Fact]
    public async Task An_account_of_Amp_says_where_it_is_too_and_its_key_goes_to_no_other_host()
    {
        var keys = new List<string>();
        await using var amp = await RawUpstream.StartAsync((context, _) =>
        {
            lock (keys) keys.Add(context.Request.Headers["x-api-key"].ToString());
            return context.SayAsync(200, "{}");
        });
        await using (var rig = await CliProxyFixture.StartAsync($"amp-api-key: [ {{ api-key: key-of-account, base-url: \"{amp.Address}\" }} ]\n"))
            await PostAsync(rig, "/api/internal", "{}");
        await using (var rig = await CliProxyFixture.StartAsync($"amp-api-key: [ {{ api-key: key-of-account }} ]\nampcode: {{ upstream-url: \"{amp.Address}\" }}\n"))
            await PostAsync(rig, "/api/internal", "{}");
        keys.ShouldBe(["key-of-account", ""]);
    }

    [Fact]
    public async Task Pages_are_not_let_in()
    {
        await using var amp = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, "{}"));
        await using var rig = await StartAsync(amp);
        (await rig.AskAsync("OPTIONS", "/api/internal", null)).Status.ShouldBe(403);
        amp.Calls.ShouldBe(0);
    }

    private static Task<CliProxyFixture> StartAsync(RawUpstream amp, string more = "", string top = "")
        => CliProxyFixture.StartWithAsync(address => $"{Dragoman.Server.Tests.Support.GatewayFixture.Everything(address)}{top}ampcode:\n  upstream-url: {amp.Address}\n  upstream-api-key: key-of-amp\n{more}\n");

    private static Task<CliProxyAnswer> PostAsync(CliProxyFixture rig, string path, string body, params (string Name, string Value)[] headers)
        => rig.AskAsync("POST", path, new StringContent(body, Encoding.UTF8, "application/json"), headers);
}

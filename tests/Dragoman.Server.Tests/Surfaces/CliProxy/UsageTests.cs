using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Usage over CLIProxyAPI's management (wire notes cliproxyapi 1.10 and 1.12, check 70).</summary>
public sealed class UsageTests
{
    private const string Chat = """{"model":"m","messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public async Task Sums_come_from_the_ledger_and_no_number_is_null()
    {
        await using var rig = await StartAsync();
        var nothing = (await rig.SendAsync("GET", "/usage")).Json;
        nothing["failed_requests"]!.GetValue<long>().ShouldBe(0);
        foreach (var name in (string[])["total_requests", "success_count", "failure_count", "total_tokens"]) nothing["usage"]![name]!.GetValue<long>().ShouldBe(0, name);
        foreach (var name in (string[])["apis", "requests_by_day", "requests_by_hour", "tokens_by_day", "tokens_by_hour"]) nothing["usage"]![name]!.AsObject().Count.ShouldBe(0, name);
        await AskAsync(rig, "m", 200);
        await AskAsync(rig, "m", 200);
        await AskAsync(rig, "none", 404);
        var usage = (await rig.SendAsync("GET", "/usage")).Json["usage"]!;
        (usage["total_requests"]!.GetValue<long>(), usage["success_count"]!.GetValue<long>(), usage["failure_count"]!.GetValue<long>()).ShouldBe((3, 2, 1));
        var tokens = usage["total_tokens"]!.GetValue<long>();
        tokens.ShouldBeGreaterThan(0);
        var api = usage["apis"]!.AsObject().ShouldHaveSingleItem().Value!;
        api["total_requests"]!.GetValue<long>().ShouldBe(3);
        var details = api["models"]!["gpt-4o"]!["details"]!.AsArray();
        details.Count.ShouldBe(2);
        foreach (var name in (string[])["timestamp", "latency_ms", "source", "auth_index", "failed"]) details[0]![name].ShouldNotBeNull(name);
        foreach (var name in (string[])["input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "total_tokens"]) details[0]!["tokens"]![name].ShouldNotBeNull(name);
        details[0]!["auth_index"]!.GetValue<string>().ShouldBe((await rig.SendAsync("GET", "/openai-compatibility")).Json["openai-compatibility"]![0]!["api-key-entries"]![0]!["auth-index"]!.GetValue<string>());
        usage["requests_by_day"]!.AsObject().ShouldHaveSingleItem().Value!.GetValue<long>().ShouldBe(3);
        usage["requests_by_hour"]!.AsObject().Select(pair => pair.Key.Length).ShouldAllBe(length => length == 2);
        usage.ToJsonString().ShouldNotContain("sk-of-a-client");
    }

    [Fact]
    public async Task An_export_is_taken_over_once()
    {
        await using var rig = await StartAsync();
        const string Export = """
            {"version":1,"usage":{"apis":{"sk-client-1":{"models":{"gpt-5":{"details":[
              {"timestamp":"2026-01-02T03:04:05Z","latency_ms":900,"source":"a@b.c","auth_index":"9c1f0a2b3d4e5f60","tokens":{"input_tokens":30,"output_tokens":10,"reasoning_tokens":0,"cached_tokens":0,"total_tokens":40},"failed":false},
              {"timestamp":"2026-01-02T03:04:06Z","source":"a@b.c","auth_index":"9c1f0a2b3d4e5f60","tokens":{"input_tokens":1},"failed":true}]}}}}}}
            """;
        (await rig.SendAsync("POST", "/usage/import", Export)).ShouldBe(200, """{"added":2,"skipped":0,"total_requests":2,"failed_requests":1}""");
        (await rig.SendAsync("POST", "/usage/import", Export)).ShouldBe(200, """{"added":0,"skipped":2,"total_requests":2,"failed_requests":1}""");
        var export = (await rig.SendAsync("GET", "/usage/export")).Json;
        export["version"]!.GetValue<int>().ShouldBe(1);
        export["exported_at"].ShouldNotBeNull();
        export["usage"]!["total_tokens"]!.GetValue<long>().ShouldBe(41);
        export["usage"]!["requests_by_hour"]!.ToJsonString().ShouldBe("""{"03":2}""");
        export.ToJsonString().ShouldNotContain("sk-client-1");
        (await rig.SendAsync("POST", "/usage/import", "no json")).ShouldBe(400, """{"error":"invalid json"}""");
        (await rig.SendAsync("POST", "/usage/import", """{"version":2,"usage":{}}""")).ShouldBe(400, """{"error":"unsupported version"}""");
    }

    [Fact]
    [Trait("check", "cliproxy 70")]
    public async Task Each_reader_of_the_queue_gets_every_record_once()
    {
        await using var rig = await StartAsync();
        await AskAsync(rig, "m", 200);
        await AskAsync(rig, "m", 200);
        await AskAsync(rig, "none", 404);
        var first = (await rig.SendAsync("GET", "/usage-queue?count=2", null, ("User-Agent", "one"))).Json.AsArray();
        first.Count.ShouldBe(2);
        foreach (var name in (string[])["timestamp", "latency_ms", "ttft_ms", "source", "auth_index", "client_ip", "x_forwarded_for", "user_agent", "tokens", "failed", "generate", "fail", "accounting_version", "token_breakdown", "provider", "executor_type", "model", "alias", "endpoint", "auth_type", "api_key", "request_id", "reasoning_effort", "service_tier"])
            first[0]![name].ShouldNotBeNull(name);
        foreach (var name in (string[])["input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cache_read_tokens", "cache_read_tokens_present", "cache_creation_tokens", "total_tokens"]) first[0]!["tokens"]![name].ShouldNotBeNull(name);
        (first[0]!["endpoint"]!.GetValue<string>(), first[0]!["auth_type"]!.GetValue<string>(), first[0]!["alias"]!.GetValue<string>()).ShouldBe(("POST /v1/chat/completions", "apikey", "m"));
        first.ToJsonString().ShouldNotContain("sk-of-a-client");
        var rest = (await rig.SendAsync("GET", "/usage-queue", null, ("User-Agent", "one"))).Json.AsArray().ShouldHaveSingleItem()!;
        rest["failed"]!.GetValue<bool>().ShouldBeTrue();
        rest["fail"]!["status_code"]!.GetValue<int>().ShouldBe(404);
        (await rig.SendAsync("GET", "/usage-queue?count=2", null, ("User-Agent", "one"))).ShouldBe(200, "[]");
        (await rig.SendAsync("GET", "/usage-queue?count=1000", null, ("User-Agent", "two"))).Json.AsArray().Count.ShouldBe(3, "another reader has a copy of its own");
        (await rig.SendAsync("GET", "/usage-queue?count=9&reader=three", null, ("User-Agent", "one"))).Json.AsArray().Count.ShouldBe(3);
        foreach (var count in (string[])["0", "-1", "many"]) (await rig.SendAsync("GET", $"/usage-queue?count={count}")).ShouldBe(400, """{"error":"count must be a positive integer"}""");
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","reasoning_effort":"High","service_tier":"priority","messages":[{"role":"user","content":"hi"}]}""", "high", "priority")]
    [InlineData("/v1/chat/completions", """{"model":"m(8192)","reasoning_effort":"low","messages":[{"role":"user","content":"hi"}]}""", "medium", "")]
    [InlineData("/v1/chat/completions", """{"model":"m(none)","reasoning_effort":"low","service_tier":null,"messages":[{"role":"user","content":"hi"}]}""", "none", "")]
    [InlineData("/v1/chat/completions", """{"model":"m(auto)","messages":[{"role":"user","content":"hi"}]}""", "auto", "")]
    [InlineData("/v1/chat/completions", """{"model":"m","reasoning_effort":7,"messages":[{"role":"user","content":"hi"}]}""", "", "")]
    [InlineData("/v1/responses", """{"model":"m","reasoning":{"effort":"xhigh"},"service_tier":"flex","input":"hi"}""", "xhigh", "flex")]
    [InlineData("/v1/messages", """{"model":"m","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":1024},"service_tier":"auto","messages":[{"role":"user","content":"hi"}]}""", "low", "auto")]
    [InlineData("/v1/messages", """{"model":"m","max_tokens":4000,"output_config":{"effort":"max"},"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"hi"}]}""", "max", "")]
    [InlineData("/v1/messages", """{"model":"m","max_tokens":4000,"thinking":{"type":"disabled"},"output_config":{"effort":"high"},"messages":[{"role":"user","content":"hi"}]}""", "none", "")]
    [InlineData("/v1beta/models/m:generateContent", """{"generationConfig":{"thinkingConfig":{"thinkingBudget":30000}},"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""", "xhigh", "")]
    [InlineData("/v1beta/models/m:generateContent", """{"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}},"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""", "low", "")]
    public async Task A_record_says_how_hard_the_model_was_asked_to_reason_by_which_tier_and_by_whom_it_came(string path, string body, string effort, string tier)
    {
        await using var rig = await StartAsync();
        var answer = await rig.AskAsync("POST", path, new StringContent(body, Encoding.UTF8, "application/json"), ("Authorization", "Bearer sk-of-a-client"), ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "198.51.100.2"));
        var record = (await rig.SendAsync("GET", "/usage-queue")).Json.AsArray().ShouldHaveSingleItem()!;
        (record["reasoning_effort"]!.GetValue<string>(), record["service_tier"]!.GetValue<string>(), record["x_forwarded_for"]!.GetValue<string>()).ShouldBe((effort, tier, "203.0.113.7, 198.51.100.2"), answer.Body);
        record["client_ip"]!.GetValue<string>().ShouldBe("127.0.0.1", "what proxies say is shown and not believed");
    }

    [Fact]
    public async Task What_a_trusted_proxy_says_is_shown_as_it_stood()
    {
        await using var rig = await StartAsync("trusted-proxies: [ 127.0.0.1 ]\n");
        await rig.AskAsync("POST", "/v1/chat/completions", new StringContent(Chat, Encoding.UTF8, "application/json"), ("Authorization", "Bearer sk-of-a-client"), ("X-Forwarded-For", "203.0.113.7"));
        // The management of this surface is for this machine, which a caller by a proxy is not: it is asked as one without.
        var record = (await rig.SendAsync("GET", "/usage-queue")).Json.AsArray().ShouldHaveSingleItem()!;
        (record["x_forwarded_for"]!.GetValue<string>(), record["client_ip"]!.GetValue<string>()).ShouldBe(("203.0.113.7", "203.0.113.7"));
    }

    [Fact]
    public async Task Requests_by_key_are_counted_in_spans_of_ten_minutes()
    {
        await using var rig = await StartAsync();
        await AskAsync(rig, "m", 200);
        var shown = (await rig.SendAsync("GET", "/api-key-usage")).Json.AsObject();
        var key = shown["up"]!.AsObject().ShouldHaveSingleItem();
        key.Key.ShouldEndWith("|up-key");
        (key.Value!["success"]!.GetValue<long>(), key.Value["failed"]!.GetValue<long>()).ShouldBe((1, 0));
        var spans = key.Value["recent_requests"]!.AsArray();
        spans.Count.ShouldBe(20);
        spans[19]!["success"]!.GetValue<long>().ShouldBe(1);
        spans[19]!["time"]!.GetValue<string>().ShouldMatch("^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$");
    }

    [Fact]
    public async Task Sums_outlive_a_restart()
    {
        await using var rig = await StartAsync();
        await AskAsync(rig, "m", 200);
        await rig.RestartAsync();
        (await rig.SendAsync("GET", "/usage")).Json["usage"]!["total_requests"]!.GetValue<long>().ShouldBe(1);
    }

    internal static Task<CliProxyFixture> StartAsync(string more = "") => CliProxyFixture.StartWithAsync(address => $$"""
        api-keys: [ sk-of-a-client ]
        request-retry: 0
        openai-compatibility:
          - { name: up, base-url: "{{address}}/v1", api-key-entries: [ { api-key: up-key } ], models: [ { name: gpt-4o, alias: m } ] }
        {{more}}
        """);

    internal static async Task AskAsync(CliProxyFixture rig, string model, int status)
    {
        var answer = await rig.AskAsync("POST", "/v1/chat/completions", new StringContent(Chat.Replace("\"m\"", $"\"{model}\"", StringComparison.Ordinal), Encoding.UTF8, "application/json"), ("Authorization", "Bearer sk-of-a-client"));
        answer.Status.ShouldBe(status, answer.Body);
    }
}

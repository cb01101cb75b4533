using System.Text;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Keys of CLIProxyAPI's configuration that change what upstreams are sent and clients are shown: wire note cliproxyapi 2.3 and 2.5.</summary>
public sealed class PayloadTests
{
    private const string Chat = """{"id":"c1","object":"chat.completion","created":1,"model":"upstream-name","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
    private const string Response = """{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"grok-4.2","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"fine","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""";
    private const string Gemini = """{"candidates":[{"content":{"role":"model","parts":[{"text":"fine"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2},"modelVersion":"gemini-3-flash"}""";

    [Fact]
    public async Task Rules_change_bodies_that_pass_and_those_that_are_translated_and_are_reported()
    {
        await using var raw = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, Chat));
        await using var rig = await CliProxyFixture.StartAsync(Compatible(raw) + """
            payload:
              default: [ { models: [ { name: m, protocol: openai } ], params: { temperature: 0.25 } } ]
              override: [ { models: [ { name: upstream-*, from-protocol: openai } ], params: { reasoning_effort: low } } ]
              filter: [ { models: [ { name: m } ], params: [ user ] } ]

            """);
        var passed = await AskAsync(rig, "/v1/chat/completions", """{"model":"m","user":"u","messages":[{"role":"user","content":"hi"}]}""");
        passed.Status.ShouldBe(200, passed.Body);
        raw.Bodies[0].ShouldBe("""{"model":"upstream-name","messages":[{"role":"user","content":"hi"}],"temperature":0.25,"reasoning_effort":"low"}""");
        passed.Headers["x-dragoman-losses"].ShouldContain("reasoning_effort");
        (await AskAsync(rig, "/v1/chat/completions", """{"model":"m","temperature":1,"messages":[{"role":"user","content":"hi"}]}""")).Status.ShouldBe(200);
        raw.Bodies[1].ShouldContain("\"temperature\":1,", Case.Sensitive, "the client's own counts");

        (await AskAsync(rig, "/v1/messages", """{"model":"m","max_tokens":50,"messages":[{"role":"user","content":"hi"}]}""")).Status.ShouldBe(200);
        raw.Bodies[2].ShouldContain("\"temperature\":0.25");
        raw.Bodies[2].ShouldNotContain("reasoning_effort", Case.Sensitive, "another protocol of the client");
    }

    [Fact]
    public async Task A_rule_is_for_clients_that_send_a_header_and_for_tools_that_a_query_finds()
    {
        await using var raw = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, Chat));
        await using var rig = await CliProxyFixture.StartAsync(Compatible(raw) + """
            payload:
              override: [ { models: [ { name: m, headers: { X-Team: blue* } } ], params: { 'tools.#(function.name=="a").strict': true } } ]

            """);
        const string body = """{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"b"}},{"type":"function","function":{"name":"a"}}]}""";
        var changed = body.Replace("\"m\"", "\"upstream-name\"", StringComparison.Ordinal).Replace("\"name\":\"a\"}}", "\"name\":\"a\"},\"strict\":true}", StringComparison.Ordinal);
        foreach (var (team, expected) in ((string?, string)[])[("blue-1", changed), ("red", body.Replace("\"m\"", "\"upstream-name\"", StringComparison.Ordinal)), (null, body.Replace("\"m\"", "\"upstream-name\"", StringComparison.Ordinal))])
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            if (team is not null) content.Headers.Add("x-team", team);
            var answer = await rig.AskAsync("POST", "/v1/chat/completions", content);
            answer.Status.ShouldBe(200, answer.Body);
            raw.Bodies[^1].ShouldBe(expected, team);
        }
    }

    [Theory]
    [InlineData(true, "m")]
    [InlineData(false, "upstream-name")]
    [Trait("check", "cliproxy 17")]
    public async Task An_alias_is_answered_by_its_name_where_the_mapping_is_forced(bool isForced, string shown)
    {
        await using var raw = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, Chat));
        await using var rig = await CliProxyFixture.StartAsync(Compatible(raw, isForced ? ", force-mapping: true" : ""));
        (await AskAsync(rig, "/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"hi"}]}""")).Json["model"]!.GetValue<string>().ShouldBe(shown);
    }

    [Fact]
    public async Task Keys_of_xAI_and_of_Vertex_are_accounts()
    {
        var seen = new List<string>();
        await using var raw = await RawUpstream.StartAsync((context, _) =>
        {
            lock (seen) seen.Add($"{context.Request.Path} {context.Request.Headers.Authorization}{context.Request.Headers["x-goog-api-key"]}");
            return context.SayAsync(200, context.Request.Path.Value!.EndsWith("/responses", StringComparison.Ordinal) ? Response : Gemini);
        });
        await using var rig = await CliProxyFixture.StartAsync($"xai-api-key: [ {{ api-key: xai-key, base-url: '{raw.Address}/v1' }} ]\nvertex-api-key: [ {{ api-key: vertex-key, base-url: '{raw.Address}', models: [ {{ name: gemini-3-flash, alias: v }} ] }} ]\n");
        foreach (var (path, body) in ((string, string)[])[("/v1/responses", """{"model":"grok-4.2","input":"hi"}"""), ("/v1/chat/completions", """{"model":"v","messages":[{"role":"user","content":"hi"}]}""")])
            (await AskAsync(rig, path, body)).Status.ShouldBe(200, path);
        seen.ShouldBe(["/v1/responses Bearer xai-key", "/v1/publishers/google/models/gemini-3-flash:generateContent vertex-key"]);
        (await rig.SendAsync("GET", "/xai-api-key")).Json["xai-api-key"]![0]!["api-key"]!.GetValue<string>().ShouldBe("xai-key");
        rig.Gateway.Services.GetService(typeof(Dragoman.Gateway.Configuration.ConfigWatcher)).ShouldBeOfType<Dragoman.Gateway.Configuration.ConfigWatcher>().LastResult.Problems.ShouldNotContain(static problem => problem.Message.StartsWith("Not supported", StringComparison.Ordinal));
    }

    private static string Compatible(RawUpstream raw, string model = "")
        => $"openai-compatibility: [ {{ name: raw, base-url: '{raw.Address}/v1', api-key-entries: [ {{ api-key: k }} ], models: [ {{ name: upstream-name, alias: m{model} }} ] }} ]\n";

    private static Task<CliProxyAnswer> AskAsync(CliProxyFixture rig, string path, string body) => rig.AskAsync("POST", path, new StringContent(body, Encoding.UTF8, "application/json"));
}

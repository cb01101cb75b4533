using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Providers.Tests.Support;
using Dragoman.Providers.Vertex;

namespace Dragoman.Providers.Tests.Vertex;

/// <summary>Claude on Vertex AI: addresses, names, beta flags, bodies, and what refusals mean.</summary>
public sealed class VertexClaudeTests
{
    private static readonly ProviderModule Module = VertexModule.Create();

    [Theory]
    [InlineData("claude-opus-4-6", UpstreamOperation.Generate, false, "claude-opus-4-6:rawPredict")]
    [InlineData("claude-sonnet-4-5@20250929", UpstreamOperation.Generate, true, "claude-sonnet-4-5@20250929:streamRawPredict")]
    [InlineData("claude-sonnet-4-5@20250929", UpstreamOperation.CountTokens, false, "count-tokens:rawPredict")]
    [InlineData("claude-../../x", UpstreamOperation.Generate, false, "claude-..%2F..%2Fx:rawPredict")]
    public async Task Claude_is_asked_at_its_own_publisher(string model, UpstreamOperation operation, bool streams, string end)
    {
        using var message = await Module.CreateRequestAsync(new UpstreamCall(AccountOf(", location: eu"), new UpstreamModel(model), operation) { Stream = streams, Body = "{}"u8.ToArray() }, default);
        message!.RequestUri!.AbsoluteUri.ShouldBe($"https://aiplatform.eu.rep.googleapis.com/v1/projects/p-1/locations/eu/publishers/anthropic/models/{end}");
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", "claude-sonnet-4-5@20250929")]
    [InlineData("claude-sonnet-4.5-20250929", "claude-sonnet-4-5@20250929")]
    [InlineData("claude-haiku-4-5-thinking", "claude-haiku-4-5@20251001")]
    [InlineData("claude-4-opus", "claude-opus-4@20250514")]
    [InlineData("claude-3-5-sonnet-20241022", "claude-3-5-sonnet-v2@20241022")]
    [InlineData("claude-3-5-sonnet-20240620", "claude-3-5-sonnet@20240620")]
    [InlineData("claude-opus-4-6", "claude-opus-4-6")]
    [InlineData("claude-fable-5", "claude-fable-5")]
    [InlineData("claude-sonnet-4-5@20250929", "claude-sonnet-4-5@20250929")]
    [InlineData("gemini-3-pro-preview", "gemini-3-pro-preview")]
    public void A_model_is_asked_for_by_vertexs_own_id(string asked, string id)
    {
        var scope = Module.ScopeOf(AccountOf());
        scope.Fits(asked).ShouldBeTrue();
        scope.Spell(asked).Name.ShouldBe(id);
    }

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("anthropic/claude-sonnet-4-5")]
    [InlineData("gpt-5.2")]
    public void Names_of_other_hosts_are_not_its_own(string model) => Module.ScopeOf(AccountOf()).Fits(model).ShouldBeFalse();

    [Theory]
    [InlineData(UpstreamOperation.Generate, "claude-code-20250219, advanced-tool-use-2025-11-20,web-search-2025-03-05,effort-2025-11-24", "", "tool-search-tool-2025-10-19,web-search-2025-03-05")]
    [InlineData(UpstreamOperation.CountTokens, "web-search-2025-03-05,context-management-2025-06-27", "", "context-management-2025-06-27")]
    [InlineData(UpstreamOperation.Generate, "prompt-caching-scope-2026-01-05", "", null)]
    [InlineData(UpstreamOperation.Generate, "new-thing-2026-12-01", ", anthropic-betas: [ new-thing-2026-12-01 ]", "new-thing-2026-12-01")]
    public async Task Flags_that_vertex_refuses_are_left_out(UpstreamOperation operation, string flags, string more, string? sent)
    {
        KeyValuePair<string, string>[] headers = [new("anthropic-version", "2023-06-01"), new("anthropic-beta", flags)];
        using var message = await Module.CreateRequestAsync(new UpstreamCall(AccountOf(more), new UpstreamModel("claude-opus-4-6"), operation) { Body = "{}"u8.ToArray(), ClientHeaders = headers }, default);
        (message!.Headers.TryGetValues("anthropic-beta", out var values) ? values.Single() : null).ShouldBe(sent);
        message.Headers.GetValues("anthropic-version").ShouldBe(["2023-06-01"]);
    }

    [Fact]
    public void The_body_has_the_version_and_not_the_model()
    {
        var (body, lost) = Edit("""{"model":"claude-opus-4-6","max_tokens":5,"service_tier":"auto","inference_geo":"us","container":null,"metadata":{"user_id":"u"},"stream":true,"messages":[{"role":"user","content":"hi"}]}""");
        body.ShouldBe("""{"anthropic_version":"vertex-2023-10-16","max_tokens":5,"metadata":{"user_id":"u"},"stream":true,"messages":[{"role":"user","content":"hi"}]}""");
        lost.ShouldBe(["service_tier", "inference_geo"]);
    }

    [Fact]
    public void Marks_lose_their_scope_wherever_they_stand_and_arguments_stay()
    {
        const string mark = """{"type":"ephemeral","scope":"global","ttl":"1h"}""";
        const string input = """{"cache_control":{"scope":"mine"},"source":{"type":"url"}}""";
        var (body, lost) = Edit(
            $$$$"""{"system":[{"type":"text","text":"s","cache_control":{{{{mark}}}}}],"tools":[{"name":"t","input_schema":{"type":"object","properties":{"url":{"type":"string"}}},"cache_control":{{{{mark}}}}}],"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"t","input":{{{{input}}}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"\"scope\"","cache_control":{{{{mark}}}}}]}]}]}""");
        body.ShouldContain(input);
        body.ShouldContain("""{"name":"t","input_schema":{"type":"object","properties":{"url":{"type":"string"}}},"cache_control":{"type":"ephemeral","ttl":"1h"}}""");
        body.Split("""{"type":"ephemeral","ttl":"1h"}""").Length.ShouldBe(4);
        lost.ShouldAllBe(path => path == "cache_control.scope");
        _ = JsonNode.Parse(body);
    }

    [Theory]
    [InlineData("\"hi\"", """[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]""", false)]
    [InlineData("""[{"type":"text","text":"a"},{"type":"text","text":"b"}]""", """[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]""", false)]
    [InlineData("""[{"type":"thinking","thinking":"a","signature":"x"}]""", """[{"type":"thinking","thinking":"a","signature":"x"}]""", true)]
    [InlineData("""[{"type":"text","text":"b","cache_control":{"type":"ephemeral","ttl":"1h"}}]""", """[{"type":"text","text":"b","cache_control":{"type":"ephemeral","ttl":"1h"}}]""", true)]
    public void A_mark_on_the_whole_request_goes_to_its_last_block(string content, string written, bool isLost)
    {
        var (body, lost) = Edit($$$"""{"messages":[{"role":"user","content":"first"},{"role":"user","content":{{{content}}}}],"cache_control":{"type":"ephemeral"}}""");
        body.ShouldBe($$"""{"anthropic_version":"vertex-2023-10-16","messages":[{"role":"user","content":"first"},{"role":"user","content":{{written}}}]}""");
        lost.ShouldBe(isLost ? ["cache_control"] : []);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://a.example/b.png"}}]}]}""", "send the image as base64 data")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"document","source":{"type":"file","file_id":"f"}}]}]}]}""", "send the document as base64 data")]
    [InlineData("""{"tools":[{"type":"web_fetch_20250910","name":"web_fetch"}],"messages":[]}""", "does not run the tool web_fetch_20250910")]
    [InlineData("""{"mcp_servers":[{"url":"https://m.example"}],"messages":[]}""", "connects to no MCP servers")]
    public void What_only_anthropic_does_is_left_to_another_account(string body, string words)
        => Should.Throw<WireException>(() => Edit(body)).Error.Message.ShouldContain(words);

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"model":"claude-opus-4-6","messages":[""")]
    public void Bytes_that_are_no_whole_json_go_on_as_they_are(string body)
        => Module.Editor!.TryEdit(Call("claude-opus-4-6", body), new PooledBuffer(), new Losses()).ShouldBeFalse();

    [Fact]
    public void Geminis_bodies_are_left_alone() => Module.Editor!.TryEdit(Call("gemini-2.5-pro", """{"contents":[]}"""), new PooledBuffer(), new Losses()).ShouldBeFalse();

    [Theory]
    [InlineData(403, """{"error":{"code":403,"message":"Vertex AI API has not been used in project p before or it is disabled.","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED"}]}}""", FailureClass.Forbidden, true)]
    [InlineData(403, """[{"error":{"code":403,"message":"Permission 'aiplatform.endpoints.predict' denied on resource (or it may not exist).","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"IAM_PERMISSION_DENIED"}]}}]""", FailureClass.Forbidden, true)]
    [InlineData(404, """{"error":{"code":404,"message":"Publisher Model `projects/p/locations/global/publishers/anthropic/models/m` was not found or your project does not have access to it.","status":"NOT_FOUND"}}""", FailureClass.Gone, false)]
    [InlineData(400, """{"error":{"code":400,"message":"Publisher Model `m` is not servable in region europe-west4.","status":"FAILED_PRECONDITION"}}""", FailureClass.Gone, false)]
    [InlineData(429, """{"error":{"code":429,"message":"Quota exceeded for aiplatform.googleapis.com/online_prediction_input_tokens_per_minute_per_base_model with base model: anthropic-claude-opus-4-6.","status":"RESOURCE_EXHAUSTED"}}""", FailureClass.RateLimited, false)]
    [InlineData(429, """{"error":{"code":429,"message":"Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_day_per_base_model.","status":"RESOURCE_EXHAUSTED"}}""", FailureClass.QuotaExhausted, false)]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}}""", FailureClass.InvalidRequest, false)]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", FailureClass.Capacity, false)]
    public void Google_is_understood_before_claude(int status, string body, FailureClass expected, bool isOfAccount)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var answer = new HttpResponseMessage();
        var error = Dragoman.Protocols.Registry.ProtocolRegistry.Upstream(Protocol.AnthropicMessages).ReadError(status, bytes) with { Origin = Protocol.AnthropicMessages };
        var failure = Module.Failures.Classify(new UpstreamFailure(error, answer.Headers, DateTimeOffset.UnixEpoch) { Body = bytes, Account = AccountOf(), Model = new UpstreamModel("claude-opus-4-6") });
        (failure.Class, failure.IsOfAccount).ShouldBe((expected, isOfAccount));
        failure.Error.Message.ShouldNotStartWith("{");
        failure.Error.Origin.ShouldBe(body.StartsWith("""{"type""", StringComparison.Ordinal) ? Protocol.AnthropicMessages : Protocol.Gemini);
    }

    private static UpstreamCall Call(string model, string body) => new(AccountOf(), new UpstreamModel(model), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body) };

    private static (string Body, List<string> Lost) Edit(string body)
    {
        using var output = new PooledBuffer();
        var losses = new Losses();
        Module.Editor!.TryEdit(Call("claude-opus-4-6", body), output, losses).ShouldBeTrue();
        return (Encoding.UTF8.GetString(output.WrittenSpan), [.. losses.Items.Select(item => item.Path)]);
    }

    private static Account AccountOf(string more = "")
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"vertex: [ {{ name: v, access-token: ya29.x, project: p-1{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts.ShouldHaveSingleItem();
    }
}

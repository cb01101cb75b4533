using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Api.Bedrock;

/// <summary>Bedrock's runtime as its clients speak it, over HTTP: addresses, keys, lists, counts and errors. The SDKs themselves are driven in the end-to-end tests.</summary>
[Trait("speed", "fast")]
public sealed class BedrockRuntimeTests : IAsyncLifetime
{
    private const string Hello = """{"messages":[{"role":"user","content":[{"text":"say:hello"}]}]}""";
    private const string Invoked = """{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"say:hello"}]}""";

    private GatewayFixture _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await GatewayFixture.StartAsync("api-keys: [ key-of-the-gateway ]\n");

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("chat-1")]
    [InlineData("resp-1")]
    [InlineData("gemini-1")]
    [InlineData("nova-1")]
    [InlineData("us.anthropic.claude-sonnet-4-5-v1:0")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/claude-1")]
    public async Task Every_upstream_answers_both_forms_whole_and_streamed(string model)
    {
        var at = $"/model/{Uri.EscapeDataString(model)}";
        using var converse = await SendAsync($"{at}/converse", Hello);
        var answer = await converse.JsonAsync();
        converse.StatusCode.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        answer["output"]!["message"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("hello");
        (answer["stopReason"]!.GetValue<string>(), answer["usage"]!["outputTokens"]!.GetValue<int>() > 0, answer["metrics"]!["latencyMs"]!.GetValue<long>() >= 0).ShouldBe(("end_turn", true, true));

        using var invoke = await SendAsync($"{at}/invoke", Invoked);
        (await invoke.JsonAsync())["content"]![0]!["text"]!.GetValue<string>().ShouldBe("hello");

        foreach (var (path, body) in ((string, string)[])[("converse-stream", Hello), ("invoke-with-response-stream", Invoked)]) await CheckStreamAsync($"{at}/{path}", body);
    }

    [Theory]
    [InlineData("Bearer key-of-the-gateway", 200)]
    [InlineData("AWS4-HMAC-SHA256 Credential=key-of-the-gateway/20261130/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00", 200)]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261130/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00", 403)]
    [InlineData("AWS4-HMAC-SHA256 key-of-the-gateway", 403)]
    [InlineData(null, 403)]
    public async Task The_gateways_key_is_a_bearer_or_the_access_key_of_a_signature(string? authorization, int status)
    {
        using var answer = await _rig.PostAsync("/model/chat-1/converse", Hello, authorization is null ? [] : [("authorization", authorization)]);
        ((int)answer.StatusCode).ShouldBe(status, await answer.TextAsync());
        if (status != 200) answer.Header("x-amzn-errortype").ShouldBe("UnrecognizedClientException");
    }

    [Theory]
    [InlineData("/model/no-such/converse", Hello, 404, "ResourceNotFoundException")]
    [InlineData("/model/no-such/invoke-with-response-stream", Invoked, 404, "ResourceNotFoundException")]
    [InlineData("/model/chat-1/converse", "{", 400, "ValidationException")]
    [InlineData("/model/chat-1/converse-stream", "{}", 400, "ValidationException")]
    [InlineData("/model/chat-1/invoke", """{"inputText":"hi"}""", 400, "ValidationException")]
    [InlineData("/model/chat-1/count-tokens", "{}", 400, "ValidationException")]
    public async Task Errors_are_those_of_AWS(string path, string body, int status, string type)
    {
        using var answer = await SendAsync(path, body);
        ((int)answer.StatusCode, answer.Header("x-amzn-errortype")).ShouldBe((status, type), await answer.TextAsync());
        (await answer.JsonAsync()).AsObject().Select(member => member.Key).ShouldBe(["message"]);
    }

    [Fact]
    public async Task Tokens_are_counted_in_both_forms()
    {
        using var converse = await SendAsync("/model/chat-1/count-tokens", """{"input":{"converse":BODY}}""".Replace("BODY", Hello, StringComparison.Ordinal));
        (await converse.JsonAsync())["inputTokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
        using var invoke = await SendAsync("/model/claude-1/count-tokens", """{"input":{"invokeModel":{"body":"BODY"}}}""".Replace("BODY", Convert.ToBase64String(Encoding.UTF8.GetBytes(Invoked)), StringComparison.Ordinal));
        (await invoke.JsonAsync())["inputTokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_models_are_listed_as_profiles_and_as_foundation_models()
    {
        var profiles = await ListAsync("/inference-profiles?type=SYSTEM_DEFINED&maxResults=2", "inferenceProfileSummaries");
        profiles.Count.ShouldBe(2);
        (await GetAsync("/inference-profiles?maxResults=2"))["nextToken"]!.GetValue<string>().ShouldBe("2");
        (await ListAsync("/inference-profiles?type=APPLICATION", "inferenceProfileSummaries")).ShouldBeEmpty();
        var models = (await ListAsync("/foundation-models?byOutputModality=TEXT&byInferenceType=ON_DEMAND", "modelSummaries")).Select(model => model!["modelId"]!.GetValue<string>()).ToList();
        foreach (var id in (string[])["chat-1", "claude-1", "nova-1"]) models.ShouldContain(id);
        (await ListAsync("/foundation-models?byOutputModality=IMAGE", "modelSummaries")).ShouldBeEmpty();
        (await GetAsync("/inference-profiles/claude-1"))["inferenceProfileId"]!.GetValue<string>().ShouldBe("claude-1");
        (await GetAsync("/foundation-models/chat-1"))["modelDetails"]!["modelId"]!.GetValue<string>().ShouldBe("chat-1");
        using var unknown = await _rig.GetAsync("/foundation-models/none", ("authorization", "Bearer key-of-the-gateway"));
        (unknown.StatusCode, unknown.Header("x-amzn-errortype")).ShouldBe((HttpStatusCode.NotFound, "ResourceNotFoundException"));
    }

    /// <summary>The frames of a stream, cut by their own lengths: what is in them is checked where the SDKs read it.</summary>
    private async Task CheckStreamAsync(string path, string body)
    {
        using var answer = await SendAsync(path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.amazon.eventstream");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var (at, frames) = (0, 0);
        while (at < bytes.Length)
        {
            at += System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            frames++;
        }

        at.ShouldBe(bytes.Length);
        frames.ShouldBeGreaterThan(4);
        Encoding.Latin1.GetString(bytes).ShouldContain(path.EndsWith("converse-stream", StringComparison.Ordinal) ? "messageStop" : "chunk");
    }

    private Task<HttpResponseMessage> SendAsync(string path, string body) => _rig.PostAsync(path, body, ("authorization", "Bearer key-of-the-gateway"));

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _rig.GetAsync(path, ("authorization", "Bearer key-of-the-gateway"));
        var json = await answer.JsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, json.ToJsonString());
        return json;
    }

    private async Task<JsonArray> ListAsync(string path, string member) => (await GetAsync(path))[member]!.AsArray();
}

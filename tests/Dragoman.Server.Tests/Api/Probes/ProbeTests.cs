using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Api.Probes;

/// <summary>What clients ask for besides answers: greetings, keys in odd headers, endpoints that other gateways have.</summary>
public sealed class ProbeTests : IAsyncLifetime
{
    private GatewayFixture _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await GatewayFixture.StartAsync("api-keys: [ a-key-of-this-gateway ]\n");

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("/api/hello")]
    [InlineData("/v1/api/hello")]
    public async Task Claude_Code_finds_out_without_a_key_that_it_can_connect(string path)
    {
        using var head = await _rig.SendAsync(HttpMethod.Head, path, null);
        ((int)head.StatusCode).ShouldBe(200);
        (await head.TextAsync()).ShouldBeEmpty();
        using var get = await _rig.GetAsync(path);
        ((int)get.StatusCode).ShouldBe(200);
        (await get.JsonAsync())["message"]!.GetValue<string>().ShouldBe("hello");
    }

    [Theory]
    [InlineData("api-key")]
    [InlineData("Api-Key")]
    [InlineData("x-api-key")]
    [InlineData("x-goog-api-key")]
    public async Task A_key_is_taken_from_any_vendors_header_and_goes_no_further(string header)
    {
        using var answer = await _rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"), (header, "a-key-of-this-gateway"));
        ((int)answer.StatusCode).ShouldBe(200);
        var sent = _rig.Upstream.Requests[^1];
        sent.Headers.Values.ShouldAllBe(value => !value.Contains("a-key-of-this-gateway"));
        using var wrong = await _rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"), (header, "another"));
        ((int)wrong.StatusCode).ShouldBe(401);
        using var none = await _rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
        (await none.TextAsync()).ShouldContain("api-key");
    }

    [Theory]
    [InlineData("POST", "/v1/embeddings")]
    [InlineData("POST", "/embeddings")]
    [InlineData("POST", "/v1/v1/embeddings")]
    [InlineData("POST", "/v1/images/generations")]
    [InlineData("POST", "/v1/audio/transcriptions")]
    [InlineData("GET", "/v1/files")]
    [InlineData("DELETE", "/v1/files/file-1")]
    [InlineData("POST", "/v1/batches")]
    [InlineData("POST", "/v1/moderations")]
    [InlineData("POST", "/v1/fine_tuning/jobs")]
    [InlineData("POST", "/v1/assistants")]
    [InlineData("POST", "/v1/threads/runs")]
    [InlineData("POST", "/v1/vector_stores")]
    [InlineData("GET", "/v1/realtime?model=gpt-realtime")]
    [InlineData("POST", "/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    public async Task What_OpenAi_has_and_we_have_not_says_so_in_its_form(string method, string path)
    {
        using var answer = await _rig.SendAsync(new HttpMethod(method), path, method == "POST" ? new StringContent("{}") : null);
        ((int)answer.StatusCode).ShouldBe(404);
        var error = (await answer.JsonAsync())["error"]!;
        error["code"]!.GetValue<string>().ShouldBe("endpoint_not_served");
        error["type"]!.GetValue<string>().ShouldNotBeEmpty();
        error["message"]!.GetValue<string>().ShouldMatch("does not serve|not served");
    }

    [Theory]
    [InlineData("POST", "/v1/messages/batches")]
    [InlineData("GET", "/v1/messages/batches/b1/results")]
    [InlineData("GET", "/v1/files?beta=true")]
    [InlineData("POST", "/v1/skills?beta=true")]
    [InlineData("POST", "/v1/projects/p/locations/global/publishers/anthropic/models/claude-opus-5-5:rawPredict")]
    [InlineData("POST", "/projects/p/locations/global/publishers/anthropic/models/claude-opus-5-5:streamRawPredict")]
    public async Task What_Anthropic_has_and_we_have_not_says_so_in_its_form(string method, string path)
    {
        using var answer = await _rig.SendAsync(new HttpMethod(method), path, method == "POST" ? new StringContent("{}") : null, ("anthropic-version", "2023-06-01"));
        ((int)answer.StatusCode).ShouldBe(404);
        var json = await answer.JsonAsync();
        json["type"]!.GetValue<string>().ShouldBe("error");
        json["error"]!["type"]!.GetValue<string>().ShouldBe("not_found_error");
        json["error"]!["message"]!.GetValue<string>().ShouldMatch("does not serve|not served");
    }

    [Theory]
    [InlineData("/v1beta/models/gemini-embedding-2:embedContent")]
    [InlineData("/v1beta/models/gemini-embedding-2:batchEmbedContents")]
    [InlineData("/v1beta/models/gemini-1:batchGenerateContent")]
    [InlineData("/v1beta/models/imagen-4:predict")]
    [InlineData("/v1beta/cachedContents")]
    [InlineData("/v1beta/files")]
    [InlineData("/v1beta/batches/b1:cancel")]
    [InlineData("/v1beta/tunedModels")]
    public async Task What_Gemini_has_and_we_have_not_says_so_in_its_form(string path)
    {
        using var answer = await _rig.PostAsync(path, "{}", ("x-goog-api-key", "a-key-of-this-gateway"));
        ((int)answer.StatusCode).ShouldBe(404);
        var error = (await answer.JsonAsync())["error"]!;
        error["code"]!.GetValue<int>().ShouldBe(404);
        error["status"]!.GetValue<string>().ShouldBe("NOT_FOUND");
        error["message"]!.GetValue<string>().ShouldContain("does not serve");
    }

    [Theory]
    [InlineData("/model/us.anthropic.claude-opus-5-5/async-invoke")]
    [InlineData("/model/amazon.nova-sonic-v1%3A0/invoke-with-bidirectional-stream")]
    [InlineData("/guardrail/abc/version/1/apply")]
    public async Task What_Bedrock_has_and_we_have_not_says_so_as_AWS_does(string path)
    {
        using var answer = await _rig.PostAsync(path, "{}");
        ((int)answer.StatusCode).ShouldBe(404);
        answer.Header("x-amzn-errortype").ShouldBe("ResourceNotFoundException");
        (await answer.JsonAsync()).AsObject().Select(pair => pair.Key).ShouldBe(["message"]);
    }

    [Theory]
    [InlineData("claude-1")]
    [InlineData("chat-1")]
    [InlineData("nova-1")]
    public async Task A_continued_thread_reaches_no_host_that_holds_none(string model)
    {
        const string Thread = ",\"thread\":{\"type\":\"continue\",\"previous_message_id\":\"msg_1\"}";
        (string, string)[] headers = [("x-api-key", "a-key-of-this-gateway"), ("anthropic-version", "2023-06-01"), ("anthropic-beta", "message-threads-2026-08-12")];
        using var refused = await _rig.PostAsync("/v1/messages", Talk.Messages(model, more: Thread), headers);
        ((int)refused.StatusCode).ShouldBe(400);
        var json = await refused.JsonAsync();
        json["error"]!["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
        json["error"]!["details"]!["error_code"]!.GetValue<string>().ShouldBe("thread_unsupported_request");
        _rig.Upstream.Requests.ShouldBeEmpty();
        using var whole = await _rig.PostAsync("/v1/messages", Talk.Messages(model, more: ",\"thread\":{\"type\":\"create\"}"), headers);
        ((int)whole.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task An_address_that_nobody_has_is_not_taken_for_one()
    {
        using var answer = await _rig.GetAsync("/v1/filesystem");
        ((int)answer.StatusCode).ShouldBe(404);
        (await answer.JsonAsync())["error"]!["code"]!.GetValue<string>().ShouldBe("not_found");
    }
}

using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.ClientKeys;
using Dragoman.Server.Tests.Http;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Security;

/// <summary>A body that an upstream may read otherwise than the gateway does passes neither a key's models nor its budget.</summary>
public sealed class TwoReadingsTests
{
    /// <summary>A request of every protocol, up to what is put in.</summary>
    public static TheoryData<string, string, string> Doors => new()
    {
        { "/v1/chat/completions", "openai", """{"model":"m","messages":[{"role":"user","content":"hi"}]""" },
        { "/v1/completions", "openai", """{"model":"m","prompt":"hi" """ },
        { "/v1/responses", "openai", """{"model":"m","input":"hi" """ },
        { "/v1/responses/compact", "openai", """{"model":"m","input":"hi" """ },
        { "/v1/responses/input_tokens", "openai", """{"model":"m","input":"hi" """ },
        { "/v1/messages", "anthropic", """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]""" },
        { "/v1/messages/count_tokens", "anthropic", """{"model":"m","messages":[{"role":"user","content":"hi"}]""" },
        { "/v1beta/models/m:generateContent", "gemini", """{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"maxOutputTokens":5}""" },
        { "/v1beta/models/m:streamGenerateContent", "gemini", """{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"maxOutputTokens":5}""" },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_second_spelling_is_refused_in_the_clients_protocol_before_any_upstream(string path, string envelope, string body)
    {
        await using var rig = await KeyFixture.StartAsync();
        var (_, key) = await rig.MakeAsync("k", "\"models\":[\"m\"]");
        string[] second = envelope == "gemini"
            ? ["\"generationConfig\":{\"maxOutputTokens\":90000}", "\"generation_config\":{\"maxOutputTokens\":90000}", "\"\\u0067enerationConfig\":{\"maxOutputTokens\":90000}", "\"GenerationConfig\":{}", "\"Contents\":[]"]
            : ["\"\\u006dodel\":\"secret\"", "\"model\":\"secret\"", "\"Model\":\"secret\"", "\"MODEL\":\"secret\"", "\"Max_Tokens\":90000", "\"max_tokens\":1,\"max_tokens\":90000", "\"stream\":false,\"\\u0073tream\":true", "\"n\":1,\"N\":9"];
        foreach (var more in second)
        {
            using var answer = await rig.AskAsync(key, $"{body},{more}}}", path);
            ((int)answer.StatusCode).ShouldBe(400, more);
            var error = await BodyTests.ErrorAsync(answer, envelope);
            error.Message.ShouldContain("The request body has", customMessage: more);
        }

        rig.Upstream.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_frame_on_a_socket_has_one_reading_too()
    {
        await using var rig = await KeyFixture.StartAsync();
        var (_, key) = await rig.MakeAsync("k", "\"models\":[\"m\"]");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("x-api-key", key);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{rig.Gateway.Address.Port}/v1/responses"), CancellationToken.None);
        foreach (var more in (string[])["\"\\u006dodel\":\"secret\"", "\"Model\":\"secret\"", "\"max_output_tokens\":1,\"max_output_tokens\":90000", "\"Background\":true", "\"generate\":false,\"Generate\":true", "\"previous_response_id\":\"a\",\"Previous_Response_Id\":\"b\""])
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"type":"response.create","model":"m","input":[],{{more}}}"""), WebSocketMessageType.Text, true, CancellationToken.None);
            var buffer = new byte[64 * 1024];
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            var frame = JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, part.Count))!;
            frame["type"]!.GetValue<string>().ShouldBe("error", more);
            frame["status"]!.GetValue<int>().ShouldBe(400, more);
        }

        rig.Upstream.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Models_that_an_upstream_falls_back_to_must_be_the_keys_too()
    {
        await using var rig = await KeyFixture.StartAsync();
        var (_, key) = await rig.MakeAsync("k", "\"models\":[\"m\"]");
        foreach (var more in (string[])["\"models\":[\"m\",\"secret\"]", "\"fallbacks\":[{\"m\":[\"secret\"]}]"])
        {
            using var answer = await rig.AskAsync(key, Talk.Chat("m", more: "," + more));
            ((int)answer.StatusCode).ShouldBe(403);
            (await answer.JsonAsync())["error"]!["code"]!.GetValue<string>().ShouldBe("model_not_allowed");
        }

        rig.Upstream.Calls.ShouldBe(0);
        (await rig.StatusAsync(key, Talk.Chat("m", more: ",\"models\":[\"m\"]"))).ShouldBe(200);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":10,"n":100}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":9e2}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":10,"max_completion_tokens":"900"}""")]
    [InlineData("/v1/completions", """{"model":"m","prompt":["a","b","c"],"max_tokens":10,"best_of":50,"n":2}""")]
    [InlineData("/v1beta/models/m:generateContent", """{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"candidateCount":8,"max_output_tokens":"100"}}""")]
    public async Task Every_answer_that_is_asked_for_is_reserved(string path, string body)
    {
        await using var rig = await KeyFixture.StartAsync();
        var (_, key) = await rig.MakeAsync("k", """ "budgets":[{"unit":"tokens","period":"total","limit":500}] """);
        using var answer = await rig.AskAsync(key, body, path);
        answer.IsSuccessStatusCode.ShouldBeFalse();
        (await answer.TextAsync()).ShouldContain("tokens");
        rig.Upstream.Calls.ShouldBe(0);
    }
}

using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>What only the gateway's owner can mend is told with a status that no client repeats, and that says nothing of the client's own key.</summary>
public sealed class NeedsOwnerTests : IAsyncLifetime
{
    private const string Words = "Every account that serves 'asleep' is disabled; its owner can enable it.";

    private GatewayFixture _rig = null!;

    public static TheoryData<string, string, int, string> Asked => new()
    {
        { "/v1/chat/completions", """{"model":"asleep","messages":[{"role":"user","content":"hi"}],"stream":true}""", 424, $$$"""{"error":{"message":"{{{Words}}}","type":"server_error","param":null,"code":"auth_unavailable"}}""" },
        { "/v1/completions", """{"model":"asleep","prompt":"hi"}""", 424, $$$"""{"error":{"message":"{{{Words}}}","type":"server_error","param":null,"code":"auth_unavailable"}}""" },
        { "/v1/responses", """{"model":"asleep","input":"hi","stream":true}""", 424, $$$"""{"error":{"message":"{{{Words}}}","type":"server_error","param":null,"code":"auth_unavailable"}}""" },
        { "/v1/messages", """{"model":"asleep","max_tokens":10,"messages":[{"role":"user","content":"hi"}],"stream":true}""", 424, $$$"""{"type":"error","error":{"type":"api_error","message":"{{{Words}}}"},"request_id":"ID"}""" },
        { "/v1beta/models/asleep:streamGenerateContent?alt=sse", """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""", 400, $$$"""{"error":{"code":400,"message":"{{{Words}}}","status":"FAILED_PRECONDITION","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"auth_unavailable"}]}}""" },
        { "/model/asleep/converse", """{"messages":[{"role":"user","content":[{"text":"hi"}]}]}""", 424, $$$"""{"message":"{{{Words}}}"}""" },
        { "/model/asleep/invoke", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""", 424, $$$"""{"message":"{{{Words}}}"}""" },
    };

    public async ValueTask InitializeAsync() => _rig = await GatewayFixture.StartWithAsync(static address =>
        $"openai-compatibility: [ {{ name: off, base-url: '{address}/v1', disabled: true, api-key-entries: [ {{ api-key: k }} ], models: [ asleep ] }} ]\n");

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory, MemberData(nameof(Asked))]
    public async Task Every_clients_protocol_says_it_in_a_form_that_is_not_repeated(string path, string body, int status, string error)
    {
        using var answer = await _rig.PostAsync(path, body);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode, answer.Header("x-should-retry"), answer.Header("retry-after")).ShouldBe((status, "false", null), text);
        text.ShouldBe(error.Replace("ID", answer.Header("request-id"), StringComparison.Ordinal));
        answer.Header("x-amzn-errortype").ShouldBe(path.StartsWith("/model/", StringComparison.Ordinal) ? "ModelErrorException" : null);
        _rig.Upstream.Requests.ShouldBeEmpty();
    }
}

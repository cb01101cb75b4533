using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>
/// DeepSeek and Moonshot refuse a conversation whose turns with calls come without their reasoning while the model thinks. Clients that do not
/// keep it are served all the same, passed through or translated, and are told; so are those whose attribution line is cut out.
/// </summary>
public sealed class DemandedReasoningTests
{
    private const string Chat = """
        {"model":"MODEL","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],"messages":[{"role":"user","content":"go"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}]}
        """;

    private const string Messages = """
        {"model":"MODEL","max_tokens":99,"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"messages":[{"role":"user","content":"go"},
        {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"r"}]}]}
        """;

    [Theory]
    [InlineData("/v1/chat/completions", Chat, "chat-deepseek", "\"reasoning_content\":\"\"")]
    [InlineData("/v1/chat/completions", Chat, "chat-kimi", "\"reasoning_content\":\" \"")]
    [InlineData("/v1/messages", Messages, "chat-kimi", "\"reasoning_content\":\" \"")]
    [InlineData("/v1/messages", Messages, "messages-deepseek", "{\"type\":\"thinking\",\"thinking\":\"\"}")]
    [InlineData("/v1/messages", Messages, "messages-kimi", "{\"type\":\"thinking\",\"thinking\":\" \"}")]
    [InlineData("/v1/chat/completions", Chat, "messages-deepseek", "\"type\":\"thinking\",\"thinking\":\"\"")]
    [InlineData("/v1/chat/completions", Chat, "messages-kimi", "\"type\":\"thinking\",\"thinking\":\" \"")]
    public async Task What_the_client_did_not_keep_is_put_in(string path, string body, string model, string expected)
    {
        await using var rig = await GatewayFixture.StartWithAsync(Configuration);
        foreach (var stream in (bool[])[false, true])
        {
            var sent = body.Replace("MODEL", model, StringComparison.Ordinal);
            if (stream) sent = "{\"stream\":true," + sent.TrimStart()[1..];
            using var response = await rig.PostAsync(path, sent);
            var text = await response.TextAsync();
            ((int)response.StatusCode).ShouldBe(200, text);
            text.ShouldNotContain("\"error\":{");
            var seen = rig.Upstream.Requests[^1];
            seen.Refused.ShouldBeNull();
            seen.Text.ShouldContain(expected);
            response.Header("x-dragoman-losses").ShouldNotBeNull().ShouldContain("messages[].reasoning_content approximated");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attribution_line_that_is_cut_out_is_told(bool stream)
    {
        await using var rig = await GatewayFixture.StartWithAsync(Configuration);
        const string System = ",\"system\":[{\"type\":\"text\",\"text\":\"x-anthropic-billing-header: cc_version=2.1.1; cch=12345;\"},{\"type\":\"text\",\"text\":\"You are.\"}]";
        using var response = await rig.PostAsync("/v1/messages", Talk.Messages("messages-kimi", stream: stream, more: System));
        ((int)response.StatusCode).ShouldBe(200);
        await response.TextAsync();
        rig.Upstream.Requests[^1].Text.ShouldNotContain("billing-header");
        response.Header("x-dragoman-losses").ShouldNotBeNull().ShouldContain("system[attribution] dropped");
    }

    private static string Configuration(string address) => $$"""
        openai-compatibility:
          - name: chat
            base-url: {{address}}/v1
            api-key-entries: [ { api-key: k1 } ]
            models: [ { name: deepseek-v4-pro, alias: chat-deepseek }, { name: kimi-k2.7, alias: chat-kimi } ]
        claude-api-key:
          - { name: messages, api-key: k2, base-url: "{{address}}", models: [ { name: deepseek-v4-pro, alias: messages-deepseek }, { name: kimi-k2.7, alias: messages-kimi } ] }
        """;
}

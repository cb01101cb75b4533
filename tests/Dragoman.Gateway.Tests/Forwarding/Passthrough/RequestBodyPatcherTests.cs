using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Forwarding.Passthrough;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Shouldly;
using Xunit;

namespace Dragoman.Gateway.Tests.Forwarding.Passthrough;

/// <summary>What changes in a body that passes through: nothing but what must.</summary>
public sealed class RequestBodyPatcherTests
{
    private const string Line = "x-anthropic-billing-header: cc_version=2.1.1; cch=TURN;";

    [Theory]
    [InlineData("""{"model":"m","system":[{"type":"text","text":"LINE"},{"type":"text","text":"You are."}],"messages":[]}""", """{"model":"m","system":[{"type":"text","text":"You are."}],"messages":[]}""")]
    [InlineData("""{"model":"m","system":[ {"text":"LINE","type":"text"} , {"type":"text","text":"You are."} ],"messages":[]}""", """{"model":"m","system":[ {"type":"text","text":"You are."} ],"messages":[]}""")]
    [InlineData("""{"model":"m","system":[{"type":"text","text":"You are."}, {"type":"text","text":"LINE"}],"messages":[]}""", """{"model":"m","system":[{"type":"text","text":"You are."}],"messages":[]}""")]
    [InlineData("""{"model":"m","system":[{"type":"text","text":"LINE"}],"messages":[]}""", """{"model":"m","messages":[]}""")]
    [InlineData("""{"model":"m","messages":[],"system":"LINE"}""", """{"model":"m","messages":[]}""")]
    [InlineData("""{"system":"LINE\n","model":"m","messages":[]}""", """{"model":"m","messages":[]}""")]
    [InlineData("""{"model":"m","system":"LINE\nYou are.","messages":[]}""", """{"model":"m","system":"You are.","messages":[]}""")]
    [InlineData("""{"model":"m","system":[{"type":"text","text":"LINE\nYou are."}],"messages":[]}""", """{"model":"m","system":[{"type":"text","text":"You are."}],"messages":[]}""")]
    [InlineData("""{"model":"m","system":"Say x-anthropic-billing-header: no","messages":[]}""", """{"model":"m","system":"Say x-anthropic-billing-header: no","messages":[]}""")]
    public void The_attribution_line_is_cut_out_for_hosts_other_than_anthropic(string body, string expected)
    {
        body = body.Replace("LINE", Line, StringComparison.Ordinal);
        Spliced(Protocol.AnthropicMessages, body, takesAttribution: false).ShouldBe(expected);
        Spliced(Protocol.AnthropicMessages, body, takesAttribution: true).ShouldBe(body);
        JsonDocument.Parse(expected).Dispose();
    }

    [Fact]
    public void Two_turns_have_a_byte_identical_prefix_there()
    {
        static string Body(int turn, string more) => """{"model":"asked","tools":[{"name":"f"}],"system":[{"type":"text","text":"LINE"},{"type":"text","text":"Long rules."}],"messages":[{"role":"user","content":"a"}MORE]}"""
            .Replace("LINE", Line, StringComparison.Ordinal).Replace("TURN", turn.ToString("x5"), StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal);
        var first = Spliced(Protocol.AnthropicMessages, Body(1, ""), takesAttribution: false, model: "upstream");
        var second = Spliced(Protocol.AnthropicMessages, Body(2, ",{\"role\":\"assistant\",\"content\":\"b\"}"), takesAttribution: false, model: "upstream");
        first.ShouldContain("\"model\":\"upstream\"");
        first.ShouldNotContain("billing-header");
        second.ShouldStartWith(first[..^2]);
    }

    [Theory]
    [InlineData(Protocol.OpenAiChat, "\"validated\"", "\"auto\"")]
    [InlineData(Protocol.OpenAiChat, """{"type":"validated"}""", "\"auto\"")]
    [InlineData(Protocol.OpenAiResponses, "\"validated\"", "\"auto\"")]
    [InlineData(Protocol.AnthropicMessages, """{ "type": "validated" }""", """{"type":"auto"}""")]
    [InlineData(Protocol.OpenAiChat, """{"type":"function","function":{"name":"validated"}}""", """{"type":"function","function":{"name":"validated"}}""")]
    public void A_choice_that_no_upstream_takes_becomes_auto(Protocol protocol, string choice, string expected)
        => Spliced(protocol, "{\"model\":\"m\",\"tool_choice\":" + choice + ",\"messages\":[]}").ShouldBe("{\"model\":\"m\",\"tool_choice\":" + expected + ",\"messages\":[]}");

    [Theory]
    [InlineData("""{"model":"asked","stream":true,"messages":[]}""", """{"model":"up","stream":true,"messages":[],"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"stream_options":{},"stream":true,"model":"asked"}""", """{"stream_options":{"include_usage":true},"stream":true,"model":"up"}""")]
    [InlineData("""{"model":"asked","stream_options":{"x":1},"stream":true}""", """{"model":"up","stream_options":{"x":1,"include_usage":true},"stream":true}""")]
    [InlineData("""{"model":"asked","stream_options":null,"stream":true}""", """{"model":"up","stream_options":{"include_usage":true},"stream":true}""")]
    public void The_models_name_and_the_wish_for_usage_are_put_in(string body, string expected) => Spliced(Protocol.OpenAiChat, body, model: "up").ShouldBe(expected);

    // DeepSeek and Moonshot refuse turns with calls that lack their reasoning while the model thinks; nothing else of the body changes.
    [Theory]
    [InlineData("kimi-k2.7", "", """{"role":"assistant","content":null, "tool_calls":[{"id":"c"}]}""", """{"reasoning_content":" ","role":"assistant","content":null, "tool_calls":[{"id":"c"}]}""")]
    [InlineData("kimi-k2.7", "", """{"role":"assistant","reasoning_content": "" ,"tool_calls":[{"id":"c"}]}""", """{"role":"assistant","reasoning_content": " " ,"tool_calls":[{"id":"c"}]}""")]
    [InlineData("kimi-k2.7", "", """{"role":"assistant","reasoning_content":"I see","tool_calls":[{"id":"c"}]}""", null)]
    [InlineData("kimi-k2.7", "", """{"role":"assistant","reasoning":"I \"see","tool_calls":[{"id":"c"}]}""", """{"reasoning_content":"I \"see","role":"assistant","reasoning":"I \"see","tool_calls":[{"id":"c"}]}""")]
    [InlineData("kimi-k2.7", "", """{"role":"assistant","content":"words"}""", null)]
    [InlineData("kimi-k2.7", "", """{"role":"assistant","content":"words","tool_calls":[]}""", null)]
    [InlineData("kimi-k2.7", ""","thinking":{"type":"disabled"}""", """{"role":"assistant","tool_calls":[{"id":"c"}]}""", null)]
    [InlineData("kimi-k2-0905-preview", "", """{"role":"assistant","tool_calls":[{"id":"c"}]}""", null)]
    [InlineData("deepseek-chat", "", """{"role":"assistant","tool_calls":[{"id":"c"}]}""", null)]
    [InlineData("deepseek-chat", ""","thinking":{"type":"enabled"}""", """{"role":"assistant","tool_calls":[{"id":"c"}]}""", """{"reasoning_content":"","role":"assistant","tool_calls":[{"id":"c"}]}""")]
    [InlineData("deepseek-v4-pro", "", """{"role":"assistant","tool_calls":[{"id":"c"}],"reasoning_content":null}""", """{"role":"assistant","tool_calls":[{"id":"c"}],"reasoning_content":""}""")]
    [InlineData("deepseek-v4-pro", "", """{"role":"assistant","tool_calls":[{"id":"c"}],"reasoning_content":""}""", null)]
    [InlineData("deepseek-v4-pro", "", """{"role":"assistant","tool_calls":[{"id":"c"}]},{"role":"tool","tool_call_id":"c","content":"r"},{"role":"assistant","content":"done"},{"role":"user","content":"b"},{"role":"assistant","content":"d"}""",
        """{"reasoning_content":"","role":"assistant","tool_calls":[{"id":"c"}]},{"role":"tool","tool_call_id":"c","content":"r"},{"reasoning_content":"","role":"assistant","content":"done"},{"role":"user","content":"b"},{"role":"assistant","content":"d"}""")]
    [InlineData("gpt-5.2", "", """{"role":"assistant","tool_calls":[{"id":"c"}]}""", null)]
    public void Demanded_reasoning_is_put_in_over_chat(string model, string more, string turn, string? expected)
    {
        string Body(string turns) => "{\"model\":\"" + model + "\"" + more + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}, " + turns + "]}";
        Spliced(Protocol.OpenAiChat, Body(turn), model: model).ShouldBe(Body(expected ?? turn));
    }

    [Theory]
    [InlineData("deepseek-v4-pro", "", """[ {"type":"text","text":"x"},{"type":"tool_use","id":"c","name":"thinking","input":{"type":"thinking"}}]""", """[{"type":"thinking","thinking":""}, {"type":"text","text":"x"},{"type":"tool_use","id":"c","name":"thinking","input":{"type":"thinking"}}]""")]
    [InlineData("kimi-k2.7", "", """[{"type":"tool_use","id":"c"}]""", """[{"type":"thinking","thinking":" "},{"type":"tool_use","id":"c"}]""")]
    [InlineData("kimi-k2.7", "", """[{"type":"thinking","thinking":"t"},{"type":"tool_use","id":"c"}]""", null)]
    [InlineData("kimi-k2.7", "", "\"tool_use\"", null)]
    [InlineData("deepseek-v4-pro", ""","thinking":{"type":"disabled"}""", """[{"type":"tool_use","id":"c"}]""", null)]
    [InlineData("deepseek-chat", ""","thinking":{"type":"enabled","budget_tokens":1024}""", """[{"type":"tool_use","id":"c"}]""", """[{"type":"thinking","thinking":""},{"type":"tool_use","id":"c"}]""")]
    [InlineData("claude-sonnet-5", ""","thinking":{"type":"adaptive"}""", """[{"type":"tool_use","id":"c"}]""", null)]
    public void Demanded_thinking_is_put_in_behind_anthropics_protocol(string model, string more, string content, string? expected)
    {
        string Body(string blocks) => "{\"model\":\"" + model + "\"" + more + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"content\":" + blocks + ",\"role\":\"assistant\"}]}";
        Spliced(Protocol.AnthropicMessages, Body(content), model: model, takesAttribution: true).ShouldBe(Body(expected ?? content));
    }

    private static string Spliced(Protocol protocol, string body, bool takesAttribution = false, string model = "m")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = RequestEnvelope.Read(bytes);
        var request = new ClientRequest { ClientProtocol = ProtocolRegistry.Client(protocol), Body = bytes, Head = head, Model = head.Model!, Stream = head.Stream, FlowId = "f" };
        var splice = RequestBodyPatcher.Create(request, new UpstreamModel(model), takesAttribution);
        if (splice.IsEmpty) return body;
        using var scratch = new PooledBuffer(256);
        splice.Apply(bytes, scratch);
        return Encoding.UTF8.GetString(scratch.WrittenSpan);
    }
}

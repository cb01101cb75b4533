using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using Shouldly;
using Xunit;

namespace Dragoman.Protocols.Tests.Json;

/// <summary>Halves of signs that were cut apart.</summary>
public sealed class LoneSurrogatesTests
{
    [Theory]
    [InlineData("""{"a":"x\ud83d"}""", """{"a":"x\ufffd"}""")]
    [InlineData("""{"a":"\uDE00x"}""", """{"a":"\ufffdx"}""")]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", """{"a":"\ufffd\ud83d\ude00"}""")]
    [InlineData("""{"a":"\ud83d\n\ude00"}""", """{"a":"\ufffd\n\ufffd"}""")]
    [InlineData("""{"a":"\ud83d\ude00"}""", """{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud83d"}""", """{"a":"\\ud83d"}""")]
    [InlineData("""{"a":"\\\ud83d"}""", """{"a":"\\\ufffd"}""")]
    [InlineData("""{"a":"\u00e9 \\"}""", """{"a":"\u00e9 \\"}""")]
    public void Every_lone_half_becomes_a_replacement_character(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        LoneSurrogates.Repair(bytes).ShouldBe(json != expected);
        Encoding.UTF8.GetString(bytes).ShouldBe(expected);
    }

    [Theory]
    [InlineData("a\\ud83d", "\\ude00b", "a\\ud83d", "\\ude00b")]
    [InlineData("a\\ud83d", "b", "a", "\\ufffd")]
    public void A_sign_that_a_stream_cut_in_two_is_whole_again(string first, string second, string before, string after)
    {
        var exchange = new TranslationContext(new ConversationRequest { Source = Protocol.AnthropicMessages }, new UpstreamModel("m"));
        var chunks = "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + first + "\"}}]}\n{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + second + "\"}}]}\n{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
        var text = Replay.Translate(ProtocolRegistry.Upstream(Protocol.OpenAiChat), ProtocolRegistry.Client(Protocol.AnthropicMessages), exchange, Replay.SseOf(chunks, "[DONE]"));
        if (after == "\\ude00b") text.ShouldContain("\"text\":\"\\ud83d\\ude00b\"");
        else text.ShouldContain("\"text\":\"\\ufffdb\"");
        text.ShouldContain("\"text\":\"a\"");
        before.ShouldStartWith("a");
    }

    [Fact]
    public void Half_a_sign_inside_arguments_does_not_reach_the_next_request()
    {
        const string body = """
            {"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"w","arguments":"{\"x\":\"\\ud83d\"}"}}]},
            {"role":"tool","tool_call_id":"a","content":"r"}],"tools":[{"type":"function","function":{"name":"w","parameters":{"type":"object","properties":{}}}}]}
            """;
        new Translation(Protocol.OpenAiChat, body, Protocol.AnthropicMessages, "claude-sonnet-4-5")["messages"].ShouldContain("\"input\":{\"x\":\"\\ufffd\"}");
    }
}

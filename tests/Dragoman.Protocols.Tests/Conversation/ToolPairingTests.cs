using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using Shouldly;
using Xunit;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>Calls and their results in the order that each upstream demands, whatever the client sent.</summary>
public sealed class ToolPairingTests
{
    private const string Twice = """
        {"model":"m","max_tokens":99,"messages":[{"role":"user","content":"Rome and Oslo?"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_0","type":"function","function":{"name":"w","arguments":"{\"c\":\"Rome\"}"}}]},
        {"role":"tool","tool_call_id":"call_0","content":"RESULT-ROME"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_0","type":"function","function":{"name":"w","arguments":"{\"c\":\"Oslo\"}"}}]},
        {"role":"tool","tool_call_id":"call_0","content":"RESULT-OSLO"},{"role":"user","content":"thanks"}],
        "tools":[{"type":"function","function":{"name":"w","description":"w","parameters":{"type":"object","properties":{}}}}]}
        """;

    private const string TwiceInOneTurn = """
        {"model":"m","messages":[{"role":"user","content":"q"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"w","arguments":"{\"c\":1}"}},{"id":"x","type":"function","function":{"name":"w","arguments":"{\"c\":2}"}}]},
        {"role":"tool","tool_call_id":"x","content":"ONE"},{"role":"tool","tool_call_id":"x","content":"TWO"}],
        "tools":[{"type":"function","function":{"name":"w","parameters":{"type":"object","properties":{}}}}]}
        """;

    [Fact]
    public void An_id_given_twice_becomes_unique_and_each_result_stays_with_its_call()
    {
        new Translation(Protocol.OpenAiChat, Twice, Protocol.AnthropicMessages, "glm-5")["messages"].ShouldBe("""[{"role":"user","content":[{"type":"text","text":"Rome and Oslo?"}]},{"role":"assistant","content":[{"type":"tool_use","id":"call_0","name":"w","input":{"c":"Rome"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_0","content":[{"type":"text","text":"RESULT-ROME"}]}]},{"role":"assistant","content":[{"type":"tool_use","id":"call_0_2","name":"w","input":{"c":"Oslo"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_0_2","content":[{"type":"text","text":"RESULT-OSLO"}]},{"type":"text","text":"thanks"}]}]""");
        new Translation(Protocol.OpenAiChat, Twice, Protocol.Gemini, "gemini-2.5-pro")["contents"].ShouldBe("""[{"role":"user","parts":[{"text":"Rome and Oslo?"}]},{"role":"model","parts":[{"functionCall":{"name":"w","args":{"c":"Rome"}}}]},{"role":"user","parts":[{"functionResponse":{"name":"w","response":{"output":"RESULT-ROME"}}}]},{"role":"model","parts":[{"functionCall":{"name":"w","args":{"c":"Oslo"}}}]},{"role":"user","parts":[{"functionResponse":{"name":"w","response":{"output":"RESULT-OSLO"}}},{"text":"thanks"}]}]""");
        foreach (var upstream in new[] { Protocol.OpenAiChat, Protocol.OpenAiResponses, Protocol.BedrockConverse })
        {
            var text = new Translation(Protocol.OpenAiChat, Twice, upstream, "some-model").Body.GetRawText();
            text.IndexOf("\"call_0_2\"", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("RESULT-OSLO", StringComparison.Ordinal));
            text.Split("\"call_0_2\"").Length.ShouldBe(3);
            text.Split("\"call_0\"").Length.ShouldBe(3);
        }
    }

    [Fact]
    public void Two_calls_of_one_turn_with_one_id_are_answered_in_their_order()
    {
        var messages = new Translation(Protocol.OpenAiChat, TwiceInOneTurn, Protocol.OpenAiChat, "gpt-4o")["messages"];
        messages.ShouldBe("""[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"w","arguments":"{\"c\":1}"}},{"id":"x_2","type":"function","function":{"name":"w","arguments":"{\"c\":2}"}}]},{"role":"tool","tool_call_id":"x","content":"ONE"},{"role":"tool","tool_call_id":"x_2","content":"TWO"}]""");
    }

    [Fact]
    public void A_body_with_one_turn_more_begins_with_the_bytes_of_the_one_before()
    {
        var shorter = Twice.Replace(""",{"role":"user","content":"thanks"}""", "", StringComparison.Ordinal);
        var before = new Translation(Protocol.OpenAiChat, shorter, Protocol.OpenAiChat, "gpt-4o")["messages"];
        new Translation(Protocol.OpenAiChat, Twice, Protocol.OpenAiChat, "gpt-4o")["messages"].ShouldStartWith(before[..^1]);
    }

    [Fact]
    public void Words_behind_a_call_stand_before_it_in_converse()
    {
        const string body = """
            {"model":"m","input":[{"type":"message","role":"user","content":"weather?"},
            {"type":"function_call","call_id":"call_A","name":"w","arguments":"{\"c\":1}"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Let me look."}]},
            {"type":"function_call_output","call_id":"call_A","output":"sunny"}],
            "tools":[{"type":"function","name":"w","parameters":{"type":"object","properties":{}}}]}
            """;
        var sent = new Translation(Protocol.OpenAiResponses, body, Protocol.BedrockConverse, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
        sent["messages"].ShouldContain("""{"role":"assistant","content":[{"text":"Let me look."},{"toolUse":{"toolUseId":"call_A","name":"w","input":{"c":1}}}]},{"role":"user","content":[{"toolResult":""");
        sent.Exchange.Losses.Items.ShouldContain(loss => loss.Reason.Contains("put before it"));
        // Responses keeps the order that its own items had.
        new Translation(Protocol.OpenAiResponses, body, Protocol.OpenAiResponses, "gpt-5")["input"].ShouldContain("""{"type":"function_call","call_id":"call_A","name":"w","arguments":"{\"c\":1}"},{"type":"message","role":"assistant",""");
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"w","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"sunny"}""")]
    [InlineData("""{"role":"assistant","content":"Hello, I am here."},{"role":"user","content":"hi"}""")]
    public void Contents_begin_with_the_user_in_gemini(string messages)
    {
        var body = """{"model":"m","messages":[{"role":"system","content":"sys"},""" + messages + """],"tools":[{"type":"function","function":{"name":"w","parameters":{"type":"object","properties":{}}}}]}""";
        var contents = new Translation(Protocol.OpenAiChat, body, Protocol.Gemini, "gemini-2.5-pro")["contents"];
        contents.ShouldStartWith("""[{"role":"user","parts":[{"text":"(continued)"}]},{"role":"model",""");
    }

    [Fact]
    public void Chat_gets_a_result_for_every_call_at_once_and_orphans_as_the_users_words()
    {
        const string body = """
            {"model":"m","max_tokens":99,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"gone","content":"from before"},{"type":"text","text":"x"}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"w","input":{}},{"type":"tool_use","id":"t2","name":"w","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"r"},{"type":"text","text":"go on"}]}],
            "tools":[{"name":"w","description":"w","input_schema":{"type":"object","properties":{}}}]}
            """;
        var sent = new Translation(Protocol.AnthropicMessages, body, Protocol.OpenAiChat, "gpt-4o");
        sent["messages"].ShouldBe("""[{"role":"user","content":[{"type":"text","text":"[Result of the tool call gone]"},{"type":"text","text":"from before"},{"type":"text","text":"x"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"w","arguments":"{}"}},{"id":"t2","type":"function","function":{"name":"w","arguments":"{}"}}]},{"role":"tool","tool_call_id":"t1","content":"r"},{"role":"tool","tool_call_id":"t2","content":"The tool failed:\n[The tool call was interrupted: there is no result.]"},{"role":"user","content":"go on"}]""");
        sent.Exchange.Losses.Items.ShouldContain(loss => loss.Path == "tool call t2");
        sent.Exchange.Losses.Items.ShouldContain(loss => loss.Path == "tool result gone");
    }

    [Fact]
    public void What_the_operator_says_between_calls_and_results_stands_behind_them()
    {
        const string body = """
            {"model":"m","input":[{"type":"message","role":"user","content":"q"},{"type":"function_call","call_id":"a","name":"w","arguments":"{}"},
            {"type":"message","role":"developer","content":"hurry"},{"type":"function_call_output","call_id":"a","output":"r"}],
            "tools":[{"type":"function","name":"w","parameters":{"type":"object","properties":{}}}]}
            """;
        new Translation(Protocol.OpenAiResponses, body, Protocol.OpenAiChat, "gpt-4o")["messages"].ShouldEndWith("""{"role":"tool","tool_call_id":"a","content":"r"},{"role":"developer","content":"hurry"}]""");
        new Translation(Protocol.OpenAiResponses, body, Protocol.Gemini, "gemini-2.5-pro")["contents"].ShouldEndWith("""{"functionResponse":{"name":"w","response":{"output":"r"}}},{"text":"<system-reminder>\nhurry\n</system-reminder>"}]}]""");
        new Translation(Protocol.OpenAiResponses, body, Protocol.BedrockConverse, "us.anthropic.claude-sonnet-4-5-20250929-v1:0")["messages"].ShouldEndWith("""{"toolResult":{"toolUseId":"a","content":[{"text":"r"}]}},{"text":"<system-reminder>\nhurry\n</system-reminder>"}]}]""");
    }

    [Fact]
    public void The_clients_request_is_not_changed()
    {
        var translation = new Translation(Protocol.OpenAiChat, Twice, Protocol.OpenAiChat, "gpt-4o");
        translation.Exchange.Request.Turns[3].Blocks.OfType<ToolCallBlock>().Single().Id.ShouldBe("call_0_2");
        var request = ProtocolRegistry.Client(Protocol.OpenAiChat).ReadRequest(System.Text.Encoding.UTF8.GetBytes(Twice));
        var exchange = new TranslationContext(request, new UpstreamModel("gpt-4o"));
        ProtocolRegistry.Upstream(Protocol.Gemini).WriteRequest(exchange, new System.Buffers.ArrayBufferWriter<byte>());
        request.Turns[3].Blocks.OfType<ToolCallBlock>().Single().Id.ShouldBe("call_0");
    }
}

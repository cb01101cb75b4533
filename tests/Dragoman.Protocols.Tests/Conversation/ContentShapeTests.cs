using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using Shouldly;
using Xunit;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>What strict servers demand of the shape of content: strings, nothing empty, reasoning where it is due.</summary>
public sealed class ContentShapeTests
{
    private const string Tools = """
        "tools":[{"name":"w","description":"w","input_schema":{"type":"object","properties":{}}}]
        """;

    private static string Called(string result, string options = "", string thought = "")
        => """
            {"model":"m","max_tokens":3000,$OPTIONS"messages":[{"role":"user","content":"x"},
            {"role":"assistant","content":[$THOUGHT{"type":"text","text":"I look."},{"type":"tool_use","id":"t1","name":"w","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1"$RESULT}]},
            {"role":"assistant","content":"It is sunny."},{"role":"user","content":"thanks"}],
            """.Replace("$OPTIONS", options, StringComparison.Ordinal).Replace("$THOUGHT", thought, StringComparison.Ordinal).Replace("$RESULT", result, StringComparison.Ordinal) + Tools + "}";

    [Theory]
    [InlineData(""","is_error":true,"content":"no such city" """, "The tool failed:\\nno such city")]
    [InlineData(""","is_error":true,"content":"Error: no such city" """, "Error: no such city")]
    [InlineData(""","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]""", "a\\nb")]
    [InlineData(""","content":[{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"words"}}]""", "Document: T\\nwords")]
    [InlineData("", "")]
    public void A_result_of_text_is_one_string_in_chat(string result, string expected)
        => new Translation(Protocol.AnthropicMessages, Called(result), Protocol.OpenAiChat, "deepseek-chat")["messages"]
            .ShouldContain($$"""{"role":"tool","tool_call_id":"t1","content":"{{expected}}"}""");

    [Fact]
    public void No_message_is_left_without_content_where_its_parts_were_dropped()
    {
        const string body = """
            {"model":"m","input":[{"type":"message","role":"user","content":"q"},
            {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"z"}},
            {"type":"message","role":"user","content":[{"type":"something_new","x":1}]}]}
            """;
        new Translation(Protocol.OpenAiResponses, body, Protocol.OpenAiChat, "gpt-4o")["messages"].ShouldBe("""[{"role":"user","content":"q"},{"role":"user","content":"(empty)"}]""");
        new Translation(Protocol.OpenAiResponses, body, Protocol.Gemini, "gemini-2.5-pro")["contents"].ShouldBe("""[{"role":"user","parts":[{"text":"q"}]}]""");
        new Translation(Protocol.OpenAiResponses, body, Protocol.BedrockConverse, "us.anthropic.claude-sonnet-4-5-20250929-v1:0")["messages"].ShouldBe("""[{"role":"user","content":[{"text":"q"}]}]""");
        new Translation(Protocol.OpenAiResponses, body, Protocol.AnthropicMessages, "claude-sonnet-4-5")["messages"].ShouldContain("(empty)");
    }

    [Theory]
    [InlineData(Protocol.Gemini, "contents", """[{"role":"user","parts":[{"text":"(empty)"}]}]""")]
    [InlineData(Protocol.OpenAiResponses, "input", """[{"type":"message","role":"user","content":[{"type":"input_text","text":"(empty)"}]}]""")]
    [InlineData(Protocol.OpenAiChat, "messages", """[{"role":"user","content":"(empty)"}]""")]
    [InlineData(Protocol.BedrockConverse, "messages", """[{"role":"user","content":[{"text":"(empty)"}]}]""")]
    [InlineData(Protocol.BedrockAnthropic, "messages", """[{"role":"user","content":[{"type":"text","text":"(empty)"}]}]""")]
    public void A_conversation_of_which_nothing_can_be_carried_is_not_an_empty_list(Protocol upstream, string member, string expected)
        => new Translation(Protocol.AnthropicMessages, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"container_upload","file_id":"f"}]}]}""", upstream, "gpt-4o")[member].ShouldBe(expected);

    [Fact]
    public void System_text_that_is_blank_is_no_empty_list()
    {
        const string body = """{"model":"m","max_tokens":9,"system":[{"type":"text","text":" "}],"messages":[{"role":"user","content":"q"}]}""";
        new Translation(Protocol.AnthropicMessages, body, Protocol.AnthropicMessages, "glm-5").Body.TryGetProperty("system", out _).ShouldBeFalse();
        new Translation(Protocol.AnthropicMessages, body, Protocol.BedrockConverse, "us.amazon.nova-pro-v1:0").Body.TryGetProperty("system", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("kimi-k2.7", " ", false)]
    [InlineData("kimi-for-coding", " ", false)]
    [InlineData("moonshotai/kimi-k2.5", " ", false)]
    [InlineData("deepseek-v4-pro", "", true)]
    [InlineData("deepseek-reasoner", "", true)]
    [InlineData("mimo-v2-pro", "", false)]
    public void Reasoning_content_stands_on_every_turn_with_calls_where_the_server_demands_it(string model, string blank, bool rounds)
    {
        var messages = new Translation(Protocol.AnthropicMessages, Called(""","content":"r" """), Protocol.OpenAiChat, model).Body.GetProperty("messages");
        messages[1].GetProperty("reasoning_content").GetString().ShouldBe(blank);
        messages[1].GetProperty("content").GetString().ShouldBe("I look.");
        messages[3].TryGetProperty("reasoning_content", out _).ShouldBe(rounds);
        // What is known goes back as it is.
        var thought = new Translation(Protocol.AnthropicMessages, Called(""","content":"r" """, thought: """{"type":"thinking","thinking":"hm","signature":""},"""), Protocol.OpenAiChat, model).Body;
        thought.GetProperty("messages")[1].GetProperty("reasoning_content").GetString().ShouldBe("hm");
    }

    [Theory]
    [InlineData("kimi-k2.7", "\"thinking\":{\"type\":\"disabled\"},")]
    [InlineData("deepseek-v4-pro", "\"thinking\":{\"type\":\"disabled\"},")]
    [InlineData("deepseek-chat", "")]
    [InlineData("kimi-k2-0905-preview", "")]
    [InlineData("glm-5", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},")]
    [InlineData("gpt-4o", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},")]
    public void No_reasoning_is_made_up_where_none_is_demanded(string model, string options)
        => new Translation(Protocol.AnthropicMessages, Called(""","content":"r" """, options), Protocol.OpenAiChat, model)["messages"].ShouldNotContain("reasoning_content");

    [Fact]
    public void A_chat_model_asked_to_think_demands_it_too()
        => new Translation(Protocol.AnthropicMessages, Called(""","content":"r" """, "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},"), Protocol.OpenAiChat, "deepseek-chat")["messages"].ShouldContain("\"reasoning_content\":\"\"");

    [Theory]
    [InlineData(Protocol.OpenAiChat, "\"validated\"")]
    [InlineData(Protocol.OpenAiChat, """{"type":"validated"}""")]
    [InlineData(Protocol.OpenAiResponses, "\"validated\"")]
    [InlineData(Protocol.OpenAiResponses, """{"type":"validated"}""")]
    [InlineData(Protocol.AnthropicMessages, "\"validated\"")]
    [InlineData(Protocol.AnthropicMessages, """{"type":"validated"}""")]
    public void Validated_is_auto_and_geminis_own_word(Protocol client, string choice)
    {
        var tool = client == Protocol.OpenAiChat ? """{"type":"function","function":{"name":"w","parameters":{"type":"object","properties":{}}}}"""
            : client == Protocol.OpenAiResponses ? """{"type":"function","name":"w","parameters":{"type":"object","properties":{}}}""" : """{"name":"w","input_schema":{"type":"object","properties":{}}}""";
        var turns = client == Protocol.OpenAiResponses ? "input" : "messages";
        var body = "{\"model\":\"m\",\"max_tokens\":9,\"" + turns + "\":[{\"role\":\"user\",\"content\":\"q\"}],\"tools\":[" + tool + "],\"tool_choice\":" + choice + "}";
        new Translation(client, body, Protocol.Gemini, "gemini-2.5-pro")["toolConfig"].ShouldBe("""{"functionCallingConfig":{"mode":"VALIDATED"}}""");
        new Translation(client, body, Protocol.OpenAiChat, "gpt-4o")["tool_choice"].ShouldBe("\"auto\"");
        new Translation(client, body, Protocol.OpenAiResponses, "gpt-5")["tool_choice"].ShouldBe("\"auto\"");
        new Translation(client, body, Protocol.AnthropicMessages, "claude-sonnet-4-5")["tool_choice"].ShouldBe("""{"type":"auto"}""");
        new Translation(client, body, Protocol.BedrockConverse, "us.amazon.nova-pro-v1:0").Body.GetProperty("toolConfig").GetProperty("toolChoice").GetRawText().ShouldBe("""{"auto":{}}""");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"null\"")]
    [InlineData("\"\\\"\\\"\"")]
    [InlineData("\"\\\"\\\\\\\"\\\\\\\"\\\"\"")]
    [InlineData("\" \"")]
    public void Arguments_that_pass_nothing_are_an_empty_object(string arguments)
    {
        var body = """
            {"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"w","arguments":$ARGS}}]},
            {"role":"tool","tool_call_id":"a","content":"r"}],"tools":[{"type":"function","function":{"name":"w","parameters":{"type":"object","properties":{}}}}]}
            """.Replace("$ARGS", arguments, StringComparison.Ordinal);
        new Translation(Protocol.OpenAiChat, body, Protocol.OpenAiChat, "gpt-4o")["messages"].ShouldContain("\"arguments\":\"{}\"}");
        new Translation(Protocol.OpenAiChat, body, Protocol.OpenAiResponses, "gpt-5")["input"].ShouldContain("\"arguments\":\"{}\"}");
        new Translation(Protocol.OpenAiChat, body, Protocol.AnthropicMessages, "claude-sonnet-4-5")["messages"].ShouldContain("\"input\":{}}");
        new Translation(Protocol.OpenAiChat, body, Protocol.Gemini, "gemini-2.5-pro")["contents"].ShouldContain("\"args\":{}}");
        new Translation(Protocol.OpenAiChat, body, Protocol.BedrockConverse, "us.amazon.nova-pro-v1:0")["messages"].ShouldContain("\"input\":{}}");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("n", "ul", "l")]
    [InlineData("\"\\\"", "\\\"\"")]
    [InlineData(" ", "\"", "\"", " ")]
    public void Streamed_arguments_that_pass_nothing_are_an_empty_object(params string[] pieces)
    {
        Called(pieces, Protocol.OpenAiChat).ShouldContain("\"arguments\":\"{}\"}");
        Called(pieces, Protocol.OpenAiChat).ShouldNotContain("null\\");
        Called(pieces, Protocol.AnthropicMessages).ShouldNotContain("input_json_delta");
        Called(pieces, Protocol.OpenAiResponses).ShouldContain(""""arguments":"{}"""");
        Called(pieces, Protocol.Gemini).ShouldContain("\"args\":{}");
    }

    [Fact]
    public void Arguments_that_only_begin_like_nothing_are_kept()
    {
        Called(["\"", "x\""], Protocol.AnthropicMessages).ShouldContain(""""partial_json":"\"x\"""");
        Called(["nu"], Protocol.AnthropicMessages).ShouldContain(""""partial_json":"nu"""");
        Called([" {", "}"], Protocol.AnthropicMessages).ShouldContain(""""partial_json":" {"""");
    }

    [Fact]
    public void An_id_that_the_conversation_has_already_is_not_given_to_a_client_again()
    {
        const string body = """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"call_0","name":"w","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_0","content":"r"}]}],"tools":[{"name":"w","input_schema":{"type":"object","properties":{}}}]}
            """;
        var exchange = new Translation(Protocol.AnthropicMessages, body, Protocol.OpenAiChat, "m").Exchange;
        var sent = Replay.Translate(ProtocolRegistry.Upstream(Protocol.OpenAiChat), ProtocolRegistry.Client(Protocol.AnthropicMessages), exchange, Stream(["{}"]));
        sent.ShouldContain("\"type\":\"tool_use\"");
        sent.ShouldNotContain("\"call_0\"");
    }

    private static string Called(string[] pieces, Protocol client)
    {
        var exchange = new TranslationContext(new ConversationRequest { Source = client }, new UpstreamModel("m"));
        return Replay.Translate(ProtocolRegistry.Upstream(Protocol.OpenAiChat), ProtocolRegistry.Client(client), exchange, Stream(pieces));
    }

    private static byte[] Stream(string[] pieces)
    {
        var lines = new StringBuilder("""{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_0","type":"function","function":{"name":"w","arguments":""}}]}}]}""").Append('\n');
        foreach (var piece in pieces)
        {
            lines.Append("""{"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":""").Append(JsonSerializer.Serialize(piece)).Append("}}]}}]}\n");
        }

        lines.Append("""{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""");
        return Replay.SseOf(lines.ToString(), "[DONE]");
    }
}

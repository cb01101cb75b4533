using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

public sealed class ChatStreamTests
{
    [Fact]
    public void Text_comes_as_role_content_finish_usage_and_done()
    {
        var sse = Sse(
            Delta("""{"role":"assistant","content":""}"""),
            Delta("""{"content":"Hé\n\"x\""}"""),
            Delta("{}", "\"stop\""),
            """{"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":4}}}""",
            "[DONE]");
        var text = Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, Plain(), sse);
        text.ShouldStartWith("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"asked\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"");
        var view = ChatView.Of(text);
        view.Text.ToString().ShouldBe("Hé\n\"x\"");
        view.Finishes.ShouldBe(["stop"]);
        view.Usage!.Value.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32().ShouldBe(4);
        view.Done.ShouldBeTrue();
    }

    [Fact]
    public void Usage_comes_only_when_asked()
    {
        var sse = Sse(Delta("""{"content":"a"}"""), Delta("{}", "\"stop\""), """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}""", "[DONE]");
        View(sse, Plain(usage: false)).Usage.ShouldBeNull();
        View(sse, Plain(usage: true)).Usage.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]""", """[{"index":0,"id":"","function":{"name":"f","arguments":"1}"}}]""")]
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]""", """[{"index":0,"function":{"name":"","arguments":"{\"x\":1}"}}]""")]
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]""", """[{"function":{"arguments":"1}"}}]""")]
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}}]""", """[{"index":0,"id":"","function":{"arguments":""}}]""")]
    [InlineData("""[{"index":0,"id":"a","function":{"name":null}}]""", """[{"index":0,"function":{"name":"f","arguments":"{\"x\":1}"}}]""")]
    public void A_call_is_put_together_whatever_the_server_does(string first, string second)
    {
        var view = View(Sse(Delta($$"""{"tool_calls":{{first}}}"""), Delta($$"""{"tool_calls":{{second}}}"""), Delta("{}", "\"tool_calls\""), "[DONE]"));
        view.Calls.Count.ShouldBe(1);
        view.Calls[0].Id.ShouldBe("a");
        view.Calls[0].Name.ShouldBe("f");
        Parse(view.Calls[0].Arguments).GetProperty("x").GetInt32().ShouldBe(1);
        view.Finishes.ShouldBe(["tool_calls"]);
    }

    [Theory]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}""", """{"index":0,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}""")]
    [InlineData("""{"index":0,"id":"","function":{"name":"f","arguments":"{}"}}""", """{"index":0,"id":"","function":{"name":"g","arguments":"{\"y\":2}"}}""")]
    [InlineData("""{"function":{"name":"f","arguments":"{}"}}""", """{"function":{"name":"g","arguments":"{\"y\":2}"}}""")]
    [InlineData("""{"index":3,"id":"a","function":{"name":"f","arguments":"{}"}}""", """{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}""")]
    public void Two_calls_stay_two_though_the_server_numbers_them_badly(string first, string second)
    {
        var view = View(Sse(Delta($$"""{"tool_calls":[{{first}},{{second}}]}"""), Delta("{}", "\"stop\""), "[DONE]"));
        view.Calls.Values.Select(call => call.Name).ShouldBe(["f", "g"]);
        view.Calls.Values.Select(call => call.Arguments).ShouldBe(["{}", "{\"y\":2}"]);
        view.Calls.Values.Select(call => call.Id).Distinct().Count().ShouldBe(2);
        view.Finishes.ShouldBe(["tool_calls"]);
    }

    [Fact]
    public void A_call_without_arguments_passes_an_empty_object()
    {
        var view = View(Sse(Delta("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}"""), Delta("{}", "\"tool_calls\""), "[DONE]"));
        view.Calls[0].Arguments.ShouldBe("{}");
    }

    [Theory]
    [InlineData("""{"reasoning_content":"think"}""")]
    [InlineData("""{"reasoning":"think"}""")]
    [InlineData("""{"reasoning":"think","reasoning_content":"think"}""")]
    [InlineData("""{"reasoning":"think","reasoning_details":[{"type":"reasoning.text","text":"think","index":0}]}""")]
    [InlineData("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"think"}]}]}""")]
    public void Reasoning_is_told_once_in_whatever_field(string delta)
    {
        var view = View(Sse(Delta(delta), Delta("""{"content":"so"}"""), Delta("{}", "\"stop\""), "[DONE]"));
        view.Reasoning.ToString().ShouldBe("think");
        view.Text.ToString().ShouldBe("so");
    }

    [Fact]
    public void Signed_reasoning_comes_back_from_a_client_that_echoes_the_details()
    {
        var exchange = Plain(model: "anthropic/claude-sonnet-4.5");
        var view = View(
            Sse(
                Delta("""{"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","format":"anthropic-claude-v1","index":0}]}"""),
                Delta("""{"reasoning":"b","reasoning_details":[{"type":"reasoning.text","text":"b","format":"anthropic-claude-v1","index":0}]}"""),
                Delta("""{"reasoning_details":[{"type":"reasoning.text","signature":"SIG","format":"anthropic-claude-v1","index":0}]}"""),
                Delta("""{"content":"x"}"""),
                Delta("{}", "\"stop\""),
                "[DONE]"),
            exchange);
        var echo = string.Join(',', view.Details.Select(detail => detail.GetRawText()));
        var next = Exchange($$"""{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"x","reasoning_details":[{{echo}}]},{"role":"user","content":"r"}]}""", "anthropic/claude-sonnet-4.5");
        var block = next.Request.Turns[1].Blocks.OfType<ReasoningBlock>().Single();
        block.Text.ToString().ShouldBe("ab");
        block.Signature.ToString().ShouldBe("SIG");
        block.Family.ShouldBe(SignatureFamily.Claude);
        var details = Written(next).GetProperty("messages")[1].GetProperty("reasoning_details");
        details[0].GetProperty("text").GetString().ShouldBe("ab");
        details[0].GetProperty("signature").GetString().ShouldBe("SIG");
    }

    [Fact]
    public void An_error_inside_the_stream_ends_it_without_a_finish()
    {
        var view = View(Sse(Delta("""{"content":"half"}"""), """{"error":{"message":"Rate limit reached","type":"rate_limit_error","code":429}}""", "[DONE]"));
        view.Text.ToString().ShouldBe("half");
        view.Error!.Value.GetProperty("message").GetString().ShouldBe("Rate limit reached");
        view.Finishes.ShouldBeEmpty();
        view.Done.ShouldBeFalse();
    }

    [Fact]
    public void A_stream_that_stops_dead_is_an_error()
    {
        var view = View(Sse(Delta("""{"content":"half"}""")));
        view.Error.ShouldNotBeNull();
        view.Finishes.ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_done_is_forgiven_once_the_reason_came()
    {
        var view = View(Sse(Delta("""{"content":"a"}"""), Delta("{}", "\"stop\"")));
        view.Finishes.ShouldBe(["stop"]);
        view.Error.ShouldBeNull();
    }

    [Fact]
    public void The_first_finish_reason_counts_and_other_choices_do_not()
    {
        var view = View(Sse(
            Delta("""{"content":"a"}"""),
            """{"choices":[{"index":1,"delta":{"content":"other"},"finish_reason":"length"}]}""",
            Delta("{}", "\"length\""),
            Delta("{}", "\"stop\""),
            "[DONE]"));
        view.Text.ToString().ShouldBe("a");
        view.Finishes.ShouldBe(["length"]);
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2}}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":5,"completion_tokens":2}}}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":5,"completion_tokens":2}}]}""")]
    public void Usage_is_found_wherever_it_stands(string last)
        => View(Sse(Delta("""{"content":"a"}"""), last, "[DONE]")).Usage!.Value.GetProperty("prompt_tokens").GetInt32().ShouldBe(5);

    [Fact]
    public void A_refusal_stays_a_refusal()
    {
        var view = View(Sse(Delta("""{"refusal":"No."}"""), Delta("{}", "\"stop\""), "[DONE]"));
        view.Refusal.ToString().ShouldBe("No.");
        view.Finishes.ShouldBe(["stop"]);
    }

    [Fact]
    public void Sources_and_pictures_cross()
    {
        var view = View(Sse(
            Delta("""{"content":"see"}"""),
            Delta("""{"annotations":[{"type":"url_citation","url_citation":{"url":"https://a.b","title":"T","start_index":0,"end_index":3}}]}"""),
            Delta("""{"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}"""),
            Delta("{}", "\"stop\""),
            "[DONE]"));
        view.Annotations.Single().GetProperty("url_citation").GetProperty("url").GetString().ShouldBe("https://a.b");
        view.Images.Single().GetProperty("image_url").GetProperty("url").GetString().ShouldBe("data:image/png;base64,AAAA");
    }

    [Fact]
    public void A_wrapped_custom_tool_comes_back_as_free_text()
    {
        var exchange = Plain(model: "qwen/qwen3", more: ""","tools":[{"type":"custom","custom":{"name":"sh","description":"Run.","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: /.+/"}}}}]""");
        var written = Written(exchange).GetProperty("tools")[0].GetProperty("function");
        written.GetProperty("description").GetString()!.ShouldContain("start: /.+/");
        var text = Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, exchange, Sse(
            Delta("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"sh","arguments":"{\"input\":\"ls "}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"-l\\n\"}"}}]}"""),
            Delta("{}", "\"tool_calls\""),
            "[DONE]"));
        text.ShouldContain("\"type\":\"custom\"");
        ChatView.Of(text).Calls[0].Arguments.ShouldBe("ls -l\n");
    }

    [Fact]
    public void A_stream_torn_at_every_byte_gives_the_same_bytes()
    {
        var sse = Sse(
            Delta("""{"role":"assistant","content":""}"""),
            Delta("""{"reasoning_content":"dénk \u00e9\ud83d\ude00"}"""),
            Delta("""{"content":"日本\\ \n"}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"k\":\"v\\\\\"}"}}]}"""),
            Delta("{}", "\"tool_calls\""),
            """{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}""",
            "[DONE]");
        var whole = Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, Plain(), sse);
        for (var piece = 1; piece < 97; piece += piece < 8 ? 1 : 13)
        {
            Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, Plain(), sse, piece).ShouldBe(whole);
        }
    }

    [Fact]
    public void No_junk_crashes_the_reader()
    {
        var valid = Encoding.UTF8.GetString(Sse(Delta("""{"content":"a","tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}}]}"""), Delta("{}", "\"stop\"")));
        var random = new Random(7);
        string[] values = ["null", "1", "\"s\"", "[]", "{}", "true", "[1,null]", "{\"a\":{}}"];
        string[] names = ["\"a\"", "\"stop\"", "\"x\"", "\"f\"", "0", "{}"];
        for (var i = 0; i < 400; i++)
        {
            var name = names[random.Next(names.Length)];
            var junk = valid.Replace(name, values[random.Next(values.Length)], StringComparison.Ordinal);
            Should.NotThrow(() => Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, Plain(), Encoding.UTF8.GetBytes(junk)));
        }
    }
}

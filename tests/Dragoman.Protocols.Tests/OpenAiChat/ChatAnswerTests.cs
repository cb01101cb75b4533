using System.Text;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiCompletions.Client;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>Whole answers, odd streams, and what legacy Completions makes of them.</summary>
public sealed class ChatAnswerTests
{
    [Fact]
    public void A_whole_answer_keeps_calls_refusal_reasoning_sources_and_pictures()
    {
        const string message = """
            {"role":"assistant","content":"x","reasoning_content":"r","refusal":"no",
             "annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":1,"url":"https://a.b","title":"T"}}],
             "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}],
             "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{ \"b\":1,\"a\":2}"}},{"id":"b","type":"custom","custom":{"name":"g","input":"ls\n"}}]}
            """;
        var whole = Said(message, "tool_calls");
        whole.GetProperty("content").GetString().ShouldBe("x");
        whole.GetProperty("reasoning_content").GetString().ShouldBe("r");
        whole.GetProperty("refusal").GetString().ShouldBe("no");
        whole.GetProperty("annotations")[0].GetProperty("url_citation").GetProperty("url").GetString().ShouldBe("https://a.b");
        whole.GetProperty("images")[0].GetProperty("image_url").GetProperty("url").GetString().ShouldBe("data:image/png;base64,AAAA");
        var calls = whole.GetProperty("tool_calls");
        calls[0].GetProperty("function").GetProperty("arguments").GetString().ShouldBe("{ \"b\":1,\"a\":2}");
        calls[1].GetProperty("custom").GetProperty("input").GetString().ShouldBe("ls\n");
    }

    [Fact]
    public void Only_the_first_of_several_choices_is_told()
    {
        const string body = """{"id":"a","choices":[{"index":1,"message":{"content":"second"},"finish_reason":"length"},{"index":0,"message":{"content":"first"},"finish_reason":"stop"}]}""";
        var choices = Parse(Whole(body, Plain(stream: false))).GetProperty("choices");
        choices.GetArrayLength().ShouldBe(1);
        choices[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("first");
        choices[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
    }

    [Theory]
    [InlineData("""{"error":{"message":"boom","type":"server_error"}}""", "boom")]
    [InlineData("""{"object":"error","message":"boom","code":500}""", "boom")]
    [InlineData("""[{"error":{"code":429,"message":"boom","status":"RESOURCE_EXHAUSTED"}}]""", "boom")]
    [InlineData("""{"choices":[{"index":0,"message":{"content":"x"},"error":{"message":"boom","code":502},"finish_reason":"error"}]}""", "boom")]
    [InlineData("""<html>busy</html>""", "JSON")]
    [InlineData("""{"detail":"boom"}""", "boom")]
    public void An_error_in_a_good_status_is_an_error(string body, string words)
    {
        Parse(Whole(body, Plain(stream: false))).GetProperty("error").GetProperty("message").GetString()!.ShouldContain(words);
        View(Sse(body, "[DONE]")).Error!.Value.GetProperty("message").GetString()!.ShouldContain(words);
    }

    [Fact]
    public void Deltas_of_two_calls_may_be_mixed()
    {
        var view = View(Sse(
            Delta("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}},{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{\"y\""}}]}"""),
            Delta("""{"tool_calls":[{"index":1,"function":{"arguments":":2"}},{"index":0,"function":{"arguments":":1"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"}"}},{"index":1,"function":{"arguments":"}"}}]}"""),
            Delta("{}", "\"tool_calls\""),
            "[DONE]"));
        view.Calls.Values.ShouldBe([("a", "f", "{\"x\":1}"), ("b", "g", "{\"y\":2}")]);
    }

    [Fact]
    public void A_custom_call_streams_its_free_text()
    {
        var view = View(
            Sse(Delta("""{"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"g","input":"l"}}]}"""), Delta("""{"tool_calls":[{"index":0,"custom":{"input":"s \"x\""}}]}"""), Delta("{}", "\"tool_calls\""), "[DONE]"),
            Plain(model: "gpt-5.1", more: ""","tools":[{"type":"custom","custom":{"name":"g"}}]"""));
        view.Calls[0].Arguments.ShouldBe("ls \"x\"");
    }

    [Fact]
    public void Usage_that_grows_from_chunk_to_chunk_counts_once()
    {
        static string Chunk(int tokens, string finish) => $$$"""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":{{{finish}}}}],"usage":{"prompt_tokens":5,"completion_tokens":{{{tokens}}},"total_tokens":{{{tokens + 5}}}}}""";
        var view = View(Sse(Chunk(1, "null"), Chunk(2, "null"), Chunk(3, "\"stop\""), "[DONE]"));
        view.Usage!.Value.GetProperty("completion_tokens").GetInt32().ShouldBe(3);
        view.Text.ToString().ShouldBe("aaa");
    }

    [Fact]
    public void A_whole_answer_in_place_of_a_stream_is_told_as_a_stream()
    {
        var view = View(Sse("""{"id":"a","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"""));
        view.Text.ToString().ShouldBe("x");
        view.Finishes.ShouldBe(["stop"]);
    }

    [Fact]
    public void Recorded_streams_torn_at_every_byte_give_the_same_bytes()
    {
        foreach (var file in Recordings.Files("openai-chat", ".chunks.txt"))
        {
            var sse = Replay.SseOf(Head(File.ReadAllText(file)), "[DONE]");
            foreach (var client in new IClientProtocol[] { ChatClient.Instance, CompletionsClient.Instance, AnthropicClient.Instance })
            {
                var whole = Replay.Translate(ChatUpstream.Instance, client, Plain(), sse);
                Replay.Translate(ChatUpstream.Instance, client, Plain(), sse, 1).ShouldBe(whole, file);
                for (var first = 1; first < Math.Min(sse.Length, 3000); first += 7)
                {
                    Replay.Translate(ChatUpstream.Instance, client, Plain(), sse, first).ShouldBe(whole, $"{file} {first}");
                }
            }
        }
    }

    [Fact]
    public void Completions_stream_text_and_end_like_completions()
    {
        var exchange = new TranslationContext(Replay.Request(CompletionsClient.Instance, """{"model":"m","prompt":"Say","echo":true,"stream":true,"stream_options":{"include_usage":true}}"""), new UpstreamModel("x")) { CreatedAt = 1700000000 };
        var sse = Sse(Delta("""{"reasoning_content":"hm"}"""), Delta("""{"content":" h"}"""), Delta("""{"content":"i\n"}"""), Delta("{}", "\"length\""), """{"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3}}""", "[DONE]");
        var chunks = Replay.Translate(ChatUpstream.Instance, CompletionsClient.Instance, exchange, sse).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame => frame["data: ".Length..]).ToList();
        chunks[^1].ShouldBe("[DONE]");
        var text = new StringBuilder();
        var finishes = new List<string>();
        foreach (var chunk in chunks[..^1].Select(Parse))
        {
            chunk.GetProperty("object").GetString().ShouldBe("text_completion");
            foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
            {
                text.Append(choice.GetProperty("text").GetString());
                if (choice.GetProperty("finish_reason").GetString() is { } finish) finishes.Add(finish);
            }
        }

        text.ToString().ShouldBe("Say hi\n");
        finishes.ShouldBe(["length"]);
        Parse(chunks[^2]).GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(5);
        exchange.Losses.Items.ShouldContain(loss => loss.Path == "answer");
    }

    [Fact]
    public void A_completions_stream_that_breaks_ends_in_an_error()
    {
        var exchange = new TranslationContext(Replay.Request(CompletionsClient.Instance, """{"model":"m","prompt":["Say"],"stream":true}"""), new UpstreamModel("x"));
        var text = Replay.Translate(ChatUpstream.Instance, CompletionsClient.Instance, exchange, Sse(Delta("""{"content":"half"}""")));
        text.ShouldContain("\"error\"");
        text.ShouldNotContain("[DONE]");
    }

    [Fact]
    public void Fields_of_a_messages_answer_without_a_place_are_reported()
    {
        var whole = Plain(stream: false, model: "claude-sonnet-4-5");
        AnthropicUpstream.Instance.ReadAnswer(
            Encoding.UTF8.GetBytes("""{"id":"m","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","stop_sequence":null,"container":{"id":"c"},"context_management":{"applied_edits":[]},"usage":{"input_tokens":1,"output_tokens":1}}"""), whole, new EventLog());
        whole.Losses.Items.Select(loss => loss.Path).ShouldBe(["answer.container", "answer.context_management"]);

        var streamed = Plain(model: "claude-sonnet-4-5");
        Replay.Stream(AnthropicUpstream.Instance, streamed, new EventLog(), Sse(
            """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"container":null},"usage":{"output_tokens":1},"context_management":{"applied_edits":[]}}""",
            """{"type":"message_stop"}"""));
        streamed.Losses.Items.Select(loss => loss.Path).ShouldBe(["answer.context_management"]);
    }

    private static string Head(string recording) => string.Join('\n', recording.Split('\n', StringSplitOptions.RemoveEmptyEntries) is var lines && lines.Length > 24 ? [.. lines[..12], .. lines[^12..]] : lines);

    private static JsonElement Said(string message, string finish)
        => Parse(Whole($$"""{"id":"a","model":"x","choices":[{"index":0,"message":{{message}},"finish_reason":"{{finish}}"}]}""", Plain(stream: false, model: "gpt-5.1", more: ""","tools":[{"type":"custom","custom":{"name":"g"}}]"""))).GetProperty("choices")[0].GetProperty("message");
}

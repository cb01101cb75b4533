using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

/// <summary>Answers of other languages' upstreams, shown to Anthropic's clients.</summary>
public sealed class StreamWriterTests
{
    private const string Request = """{"model":"claude-x[1m]","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public void The_frames_are_those_the_SDKs_expect()
    {
        var exchange = new TranslationContext(Messages.Read(Request), new UpstreamModel("gpt-5")) { AnswerId = "0123456789abcdef0123456789abcdef", EstimatedInputTokens = 12 };
        Messages.Stream(exchange,
            AnswerEvent.Started(new AnswerStart { Id = "resp_1" }),
            AnswerEvent.TextDelta(0, JsonText.From("Hi")),
            AnswerEvent.UsageChanged(new TokenUsage { InputTokens = 20, CachedTokens = 5, OutputTokens = 3 }),
            AnswerEvent.Finished(new Finish(FinishReason.Stop))).ShouldBe(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_0123456789abcdef01234567","type":"message","role":"assistant","model":"claude-x[1m]","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":0}}}

            event: ping
            data: {"type":"ping"}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":15,"cache_creation_input_tokens":0,"cache_read_input_tokens":5,"output_tokens":3}}

            event: message_stop
            data: {"type":"message_stop"}


            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Foreign_reasoning_is_shown_and_comes_back_to_its_family_only()
    {
        var exchange = new TranslationContext(Messages.Read(Request), new UpstreamModel("gpt-5"));
        var message = Messages.Accumulate(Messages.Stream(exchange,
            AnswerEvent.BlockStarted(0, new BlockStart { Kind = AnswerBlockKind.Reasoning, Id = "rs_1", IsSummary = true }),
            AnswerEvent.ReasoningDelta(0, JsonText.From("hm")),
            AnswerEvent.SignatureDelta(0, JsonText.From("gAAAA\"x")),
            AnswerEvent.BlockEnded(0),
            AnswerEvent.TextDelta(1, JsonText.From("so")),
            AnswerEvent.Finished(new Finish(FinishReason.Stop))));
        var next = Messages.Read($$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":{{message["content"]!.ToJsonString()}}},{"role":"user","content":"go on"}]}""");
        var block = (ReasoningBlock)next.Turns[1].Blocks[0];
        block.Family.ShouldBe(SignatureFamily.OpenAi);
        block.Signature.ToString().ShouldBe("gAAAA\"x");
        block.Id.ShouldBe("rs_1");
        block.IsSummary.ShouldBeTrue();
        block.Text.ToString().ShouldBe("hm");
        next.To().Written()["messages"]![1]!["content"].Json().ShouldBe("""[{"type":"text","text":"so"}]""");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("\"output_config\":{\"effort\":\"high\"},", false)]
    [InlineData("\"thinking\":{\"type\":\"disabled\"},", false)]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"},", true)]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000},", true)]
    public void Reasoning_without_words_goes_only_to_clients_that_asked_for_thinking(string asked, bool carried)
    {
        var exchange = Messages.Exchange($$"""{"model":"m",{{asked}}"max_tokens":9000,"messages":[{"role":"user","content":"hi"}]}""", "gpt-5");
        AnswerEvent[] events =
        [
            AnswerEvent.BlockStarted(0, new BlockStart { Kind = AnswerBlockKind.Reasoning, Id = "rs_1" }),
            AnswerEvent.SignatureDelta(0, JsonText.From("gAAAA")),
            AnswerEvent.BlockEnded(0),
            AnswerEvent.TextDelta(1, JsonText.From("so")),
            AnswerEvent.Finished(new Finish(FinishReason.Stop)),
        ];
        var stream = Messages.Stream(exchange, events);
        var streamed = Messages.Accumulate(stream)["content"]!.AsArray();
        streamed.Count.ShouldBe(carried ? 2 : 1);
        ((string)streamed[^1]!["text"]!).ShouldBe("so");
        if (!carried) stream.ShouldNotContain("\"index\":1");
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(exchange, folder);
        foreach (var e in events) normalizer.Write(e);
        using var output = new PooledBuffer();
        Messages.Client.WriteAnswer(folder.Answer, exchange, output);
        JsonNode.DeepEquals(JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan))!["content"], streamed).ShouldBeTrue();
    }

    [Fact]
    public void An_estimate_of_the_prompt_is_taken_back_where_the_cache_gave_all_of_it()
    {
        var exchange = new TranslationContext(Messages.Read(Request), new UpstreamModel("amazon.nova-pro-v1:0")) { EstimatedInputTokens = 900 };
        var events = Messages.Events(Messages.Stream(exchange,
            AnswerEvent.Started(new AnswerStart()),
            AnswerEvent.TextDelta(0, JsonText.From("Hi")),
            AnswerEvent.UsageChanged(new TokenUsage { InputTokens = 1000, CachedTokens = 600, CacheWriteTokens = 400, OutputTokens = 3 }),
            AnswerEvent.Finished(new Finish(FinishReason.Stop))));
        ((long)events[0]["message"]!["usage"]!["input_tokens"]!).ShouldBe(900);
        // Clients keep the start's number where the end says zero.
        events.Single(e => (string)e["type"]! == "message_delta")["usage"].Json()
            .ShouldBe("""{"input_tokens":1,"cache_creation_input_tokens":400,"cache_read_input_tokens":600,"output_tokens":3}""");
    }

    [Fact]
    public void Thinking_without_any_signature_is_never_given_to_Claude()
    {
        var exchange = new TranslationContext(Messages.Read(Request), new UpstreamModel("deepseek-r1"));
        var message = Messages.Accumulate(Messages.Stream(exchange, AnswerEvent.ReasoningDelta(0, JsonText.From("hm")), AnswerEvent.TextDelta(1, JsonText.From("so")), AnswerEvent.Finished(new Finish(FinishReason.Stop))));
        ((string)message["content"]![0]!["signature"]!).ShouldNotBeEmpty();
        var next = Messages.Read($$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":{{message["content"]!.ToJsonString()}}},{"role":"user","content":"go on"}]}""");
        next.To().Written()["messages"]![1]!["content"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public void Omitted_thinking_keeps_its_signature()
    {
        var request = Messages.Read("""{"model":"m","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000,"display":"omitted"},"messages":[{"role":"user","content":"hi"}]}""");
        var message = Messages.Accumulate(Messages.Stream(request.To(), AnswerEvent.ReasoningDelta(0, JsonText.From("secret")), AnswerEvent.SignatureDelta(0, JsonText.From("Sig")), AnswerEvent.Finished(new Finish(FinishReason.Stop))));
        message["content"].Json().ShouldBe("""[{"type":"thinking","thinking":"","signature":"Sig"}]""");
    }

    [Fact]
    public void Parallel_calls_are_separate_blocks_with_ids_that_fit_and_come_back()
    {
        var exchange = Messages.Exchange(Request, "gpt-5");
        var message = Messages.Accumulate(Messages.Stream(exchange,
            AnswerEvent.BlockStarted(0, new BlockStart { Kind = AnswerBlockKind.ToolCall, Id = "call:1", Name = "f" }),
            AnswerEvent.BlockStarted(1, new BlockStart { Kind = AnswerBlockKind.ToolCall, Id = "call_2", Name = "g" }),
            AnswerEvent.ToolArgumentsDelta(1, JsonText.From("{\"b\":")),
            AnswerEvent.ToolArgumentsDelta(0, JsonText.From("{\"a\":1}")),
            AnswerEvent.ToolArgumentsDelta(1, JsonText.From("2}")),
            AnswerEvent.Finished(new Finish(FinishReason.Stop))));
        ((string)message["stop_reason"]!).ShouldBe("tool_use");
        var content = message["content"]!;
        ((string)content[0]!["id"]!).ShouldMatch("^[a-zA-Z0-9_-]+$");
        content[0]!["input"].Json().ShouldBe("""{"a":1}""");
        ((string)content[1]!["id"]!).ShouldBe("call_2");
        content[1]!["input"].Json().ShouldBe("""{"b":2}""");
        var next = Messages.Read($$"""{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":{{content.ToJsonString()}}}]}""");
        ((ToolCallBlock)next.Turns[0].Blocks[0]).Id.ShouldBe("call:1");
    }

    [Fact]
    public void A_foreign_search_has_its_result_and_does_not_go_to_Anthropic_as_its_own()
    {
        var exchange = Messages.Exchange(Request, "gpt-5");
        var message = Messages.Accumulate(Messages.Stream(exchange,
            AnswerEvent.BlockStarted(0, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = new HostedToolCallBlock("ws_1", HostedTools.WebSearch, JsonSlice.Parse("""{"query":"q"}""")) { Origin = Protocol.OpenAiResponses } }),
            AnswerEvent.TextDelta(1, JsonText.From("found")),
            AnswerEvent.CitationAdded(1, new Citation { Url = "https://a", Title = "A", Origin = Protocol.OpenAiResponses }),
            AnswerEvent.Finished(new Finish(FinishReason.Stop))));
        var content = message["content"]!;
        ((string)content[0]!["type"]!).ShouldBe("server_tool_use");
        content[0]!["input"].Json().ShouldBe("""{"query":"q"}""");
        ((string)content[1]!["citations"]![0]!["url"]!).ShouldBe("https://a");
        ((string)content[2]!["type"]!).ShouldBe("web_search_tool_result");
        ((string)content[2]!["tool_use_id"]!).ShouldBe((string)content[0]!["id"]!);
        ((string)content[2]!["content"]![0]!["url"]!).ShouldBe("https://a");
        var next = Messages.Read($$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":{{content.ToJsonString()}}},{"role":"user","content":"go on"}]}""").To();
        var history = next.Written()["messages"]![1]!["content"]!.AsArray();
        history.ShouldAllBe(block => (string)block!["type"]! == "text");
        history[0]!["citations"].ShouldBeNull();
    }

    [Fact]
    public void A_refusal_is_text_and_a_reason()
    {
        var message = Messages.Accumulate(Messages.Stream(Messages.Exchange(Request, "gpt-5"),
            AnswerEvent.BlockStarted(0, BlockStart.Refusal), AnswerEvent.TextDelta(0, JsonText.From("No.")), AnswerEvent.Finished(new Finish(FinishReason.Stop))));
        message["content"].Json().ShouldBe("""[{"type":"text","text":"No."}]""");
        ((string)message["stop_reason"]!).ShouldBe("refusal");
    }

    [Fact]
    public void A_stream_that_breaks_off_ends_in_an_error()
    {
        var events = Messages.Events(Messages.Stream(Messages.Exchange(Request), AnswerEvent.TextDelta(0, JsonText.From("x"))));
        ((string)events[^1]["type"]!).ShouldBe("error");
        ((string)events[^1]["error"]!["type"]!).ShouldBe("api_error");
    }

    [Fact]
    public void Streams_and_whole_answers_say_the_same_whatever_is_said()
    {
        var random = new Random(4711);
        for (var round = 0; round < 300; round++)
        {
            var events = Events(random);
            var exchange = Messages.Exchange(Request, random.Next(2) == 0 ? "gpt-5" : "claude-opus-4-7");
            var streamed = Messages.Accumulate(Messages.Stream(exchange, [.. events]));
            var folder = new AnswerAggregator();
            var normalizer = new AnswerNormalizer(exchange, folder);
            foreach (var e in events) normalizer.Write(e);
            using var output = new PooledBuffer();
            Messages.Client.WriteAnswer(folder.Answer, exchange, output);
            var whole = JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan))!;
            JsonNode.DeepEquals(streamed["content"], whole["content"]).ShouldBeTrue($"round {round}\n{streamed.Json()}\n{whole.Json()}");
            streamed["stop_reason"].Json().ShouldBe(whole["stop_reason"].Json());
            streamed["usage"]!["output_tokens"].Json().ShouldBe(whole["usage"]!["output_tokens"].Json());
        }
    }

    private static List<AnswerEvent> Events(Random random)
    {
        var events = new List<AnswerEvent> { AnswerEvent.Started(new AnswerStart()) };
        for (var block = 0; block < random.Next(5); block++)
        {
            switch (random.Next(5))
            {
                case 0:
                    events.Add(AnswerEvent.ReasoningDelta(block, Some(random)));
                    events.Add(AnswerEvent.ReasoningDelta(block, Some(random)));
                    if (random.Next(2) == 0) events.Add(AnswerEvent.SignatureDelta(block, Some(random)));
                    break;
                case 1:
                    events.Add(AnswerEvent.BlockStarted(block, new BlockStart { Kind = AnswerBlockKind.ToolCall, Id = random.Next(2) == 0 ? $"call_{block}" : $"é {block}", Name = "f" }));
                    events.Add(AnswerEvent.ToolArgumentsDelta(block, JsonText.From("{\"a\":\"é\\n\",")));
                    events.Add(AnswerEvent.ToolArgumentsDelta(block, JsonText.From("\"b\":[1]}")));
                    break;
                case 2:
                    events.Add(AnswerEvent.BlockStarted(block, new BlockStart { Kind = AnswerBlockKind.Reasoning, IsRedacted = true }));
                    events.Add(AnswerEvent.SignatureDelta(block, Some(random)));
                    break;
                default:
                    events.Add(AnswerEvent.TextDelta(block, Some(random)));
                    events.Add(AnswerEvent.TextDelta(block, Some(random)));
                    if (random.Next(3) == 0) events.Add(AnswerEvent.CitationAdded(block, new Citation { Url = "https://a" }));
                    break;
            }

            events.Add(AnswerEvent.BlockEnded(block));
        }

        events.Add(AnswerEvent.UsageChanged(new TokenUsage { InputTokens = random.Next(99), OutputTokens = random.Next(99) }));
        events.Add(AnswerEvent.Finished(new Finish((FinishReason)random.Next(9))));
        return events;
    }

    private static JsonText Some(Random random) => JsonText.From(((string[])["a", "é\"\\", "\n", "😀", "x y"])[random.Next(5)]);
}

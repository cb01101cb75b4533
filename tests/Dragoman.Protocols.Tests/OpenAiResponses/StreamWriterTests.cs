using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Conversation.AnswerEvent;
using static Dragoman.Protocols.Tests.OpenAiResponses.ResponsesTesting;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

public sealed class StreamWriterTests
{
    private static readonly AnswerEvent Usage = UsageChanged(new() { InputTokens = 10, OutputTokens = 4, CachedTokens = 2, ReasoningTokens = 1 });
    private static readonly AnswerEvent Stop = Finished(new(FinishReason.Stop));

    [Fact]
    public void A_text_comes_in_the_official_order_of_events()
    {
        var sse = Stream(Plain(), Started(new()), TextDelta(0, JsonText.From("Hel")), TextDelta(0, JsonText.From("lo \"you\"")), BlockEnded(0), Usage, Stop);
        Events(sse).Select(Type).ShouldBe(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
            "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
        ]);
        var response = CheckStream(sse);
        response.GetProperty("usage").GetRawText().ShouldBe("""{"input_tokens":10,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":4,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":14}""");
        response.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Hello \"you\"");
        Events(sse)[0].GetProperty("response").GetProperty("usage").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void The_response_repeats_what_was_asked()
    {
        const string Asked = """{"model":"mine","input":"x","instructions":"i","tools":[{"type":"function","name":"f","parameters":{"b":1,"a":2},"strict":false}],"tool_choice":"required","temperature":0.25,"metadata":{"k":"v"},"parallel_tool_calls":false,"reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_object"}},"max_output_tokens":99,"user":"u","truncation":"auto","previous_response_id":"resp_0","store":false,"service_tier":"flex"}""";
        var response = CheckStream(Stream(ExchangeFor(Asked), Started(new() { Id = "msg_other", Model = "upstream-name" }), TextDelta(0, JsonText.From("x")), Usage, Stop));
        foreach (var property in Parse(Asked).EnumerateObject())
        {
            if (property.Name != "input") response.GetProperty(property.Name).GetRawText().ShouldBe(property.Value.GetRawText());
        }

        response.GetProperty("id").GetString().ShouldStartWith("resp_");
        foreach (var name in new[] { "object", "created_at", "status", "background", "error", "incomplete_details", "max_tool_calls", "conversation", "prompt_cache_key", "safety_identifier", "top_logprobs", "top_p" })
            response.TryGetProperty(name, out _).ShouldBeTrue(name);
    }

    [Fact]
    public void What_a_function_left_unsaid_is_told_with_its_default()
    {
        const string Asked = """{"model":"m","input":"x","tools":[{"type":"function","name":"f"},{"name":"g","parameters":{"a": 1},"type":"function"},{"type":"web_search"}]}""";
        var response = CheckStream(Stream(ExchangeFor(Asked), Started(new()), TextDelta(0, JsonText.From("x")), Usage, Stop));
        response.GetProperty("tools").GetRawText().ShouldBe(
            """[{"type":"function","name":"f","parameters":null,"strict":true},{"name":"g","parameters":{"a": 1},"type":"function","strict":true},{"type":"web_search"}]""");
    }

    [Theory]
    [InlineData("standard", "default")]
    [InlineData("priority", "priority")]
    [InlineData("batch", "default")]
    public void Anthropics_tiers_are_told_in_OpenAIs_words(string tier, string text)
        => CheckStream(Stream(ExchangeFor("""{"model":"m","input":"x"}"""), Started(new() { ServiceTier = tier }), TextDelta(0, JsonText.From("x")), Usage, Stop))
            .GetProperty("service_tier").GetString().ShouldBe(text);

    [Fact]
    public void The_whole_answer_is_the_streams_final_response()
    {
        AnswerEvent[] events =
        [
            Started(new()), BlockStarted(0, BlockStart.Reasoning), ReasoningDelta(0, JsonText.From("think")), SignatureDelta(0, JsonText.From("sig")), BlockEnded(0),
            BlockStarted(1, BlockStart.Text), TextDelta(1, JsonText.From("see")), CitationAdded(1, new() { Url = "https://a", Title = "A" }), BlockEnded(1),
            BlockStarted(2, new() { Kind = AnswerBlockKind.ToolCall, Id = "call_1", Name = "f" }), ToolArgumentsDelta(2, JsonText.From("{\"a\":")), ToolArgumentsDelta(2, JsonText.From("1}")), BlockEnded(2),
            BlockStarted(3, new() { Kind = AnswerBlockKind.ToolCall, Id = "call_2", Name = "g" }), BlockEnded(3), Usage, Stop,
        ];
        var exchange = ExchangeFor("""{"model":"m","input":"x","store":false}""", "claude-opus-4-5");
        var streamed = CheckStream(Stream(exchange, events));
        Whole(exchange, events).GetRawText().ShouldBe(streamed.GetRawText());
        streamed.GetProperty("output").EnumerateArray().Select(i => i.GetProperty("type").GetString()).ShouldBe(["reasoning", "message", "function_call", "function_call"]);
        streamed.GetProperty("output")[0].GetProperty("encrypted_content").GetString().ShouldBe("dragoman1.claude.sig");
        streamed.GetProperty("output")[3].GetProperty("arguments").GetString().ShouldBe("{}");
        var annotation = streamed.GetProperty("output")[1].GetProperty("content")[0].GetProperty("annotations")[0];
        annotation.GetProperty("end_index").GetInt32().ShouldBe(3);
    }

    [Fact]
    public void Encrypted_reasoning_returns_to_the_family_that_made_it()
    {
        var exchange = ExchangeFor("""{"model":"m","input":"x","include":["reasoning.encrypted_content"]}""", "claude-opus-4-5");
        var response = Whole(exchange, ReasoningDelta(0, JsonText.From("deep \"thought\"")), SignatureDelta(0, JsonText.From("s+/=")), BlockEnded(0),
            BlockStarted(1, new() { Kind = AnswerBlockKind.Reasoning, IsRedacted = true }), SignatureDelta(1, JsonText.From("hidden")), BlockEnded(1), TextDelta(2, JsonText.From("ok")), Stop);
        var next = Replay.Request(Client, $$"""{"model":"m","input":{{response.GetProperty("output").GetRawText()}}}""");
        var blocks = next.Turns.ShouldHaveSingleItem().Blocks;
        var first = blocks[0].ShouldBeOfType<ReasoningBlock>();
        (first.Text.ToString(), first.Signature.ToString(), first.Family, first.IsSummary).ShouldBe(("deep \"thought\"", "s+/=", SignatureFamily.Claude, false));
        var second = blocks[1].ShouldBeOfType<ReasoningBlock>();
        (second.IsRedacted, second.Signature.ToString(), second.Family).ShouldBe((true, "hidden", SignatureFamily.Claude));
        // And is never shown to another family.
        var sent = Written(From(next));
        sent.GetProperty("input").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void A_token_on_a_call_travels_in_front_of_it_and_comes_back_on_it()
    {
        var exchange = ExchangeFor("""{"model":"m","input":"x","store":false}""", "gemini-3-pro");
        AnswerEvent[] events = [BlockStarted(0, new() { Kind = AnswerBlockKind.ToolCall, Id = "call_1", Name = "f", PartSignature = JsonText.From("tok") }), ToolArgumentsDelta(0, JsonText.From("{}")), BlockEnded(0), Stop];
        var response = CheckStream(Stream(exchange, events));
        var call = Replay.Request(Client, $$"""{"model":"m","input":{{response.GetProperty("output").GetRawText()}}}""").Turns[0].Blocks.ShouldHaveSingleItem().ShouldBeOfType<ToolCallBlock>();
        call.PartSignature.ToString().ShouldBe("tok");
    }

    [Fact]
    public void Codex_tools_come_back_in_the_shape_they_were_declared()
    {
        var exchange = ExchangeFor("""
            {"model":"m","input":"x","tools":[{"type":"custom","name":"apply_patch"},{"type":"local_shell"},{"type":"namespace","name":"mcp__git","tools":[{"type":"function","name":"log"}]},{"type":"shell"}]}
            """, "claude-opus-4-5");
        exchange.Tools.Wrap("apply_patch");
        var response = CheckStream(Stream(exchange,
            BlockStarted(0, new() { Kind = AnswerBlockKind.ToolCall, Id = "c0", Name = "apply_patch" }), ToolArgumentsDelta(0, JsonText.From("{\"input\":\"*** Begin\\n+x\"}")), BlockEnded(0),
            BlockStarted(1, new() { Kind = AnswerBlockKind.ToolCall, Id = "c1", Name = "local_shell" }), ToolArgumentsDelta(1, JsonText.From("{\"command\":[\"ls\",\"-l\"],\"timeout_ms\":5}")), BlockEnded(1),
            BlockStarted(2, new() { Kind = AnswerBlockKind.ToolCall, Id = "c2", Name = "mcp__git__log" }), ToolArgumentsDelta(2, JsonText.From("{}")), BlockEnded(2),
            BlockStarted(3, new() { Kind = AnswerBlockKind.ToolCall, Id = "c3", Name = "shell" }), ToolArgumentsDelta(3, JsonText.From("{\"commands\":[\"ls\"]}")), BlockEnded(3),
            Stop));
        var output = response.GetProperty("output");
        output[0].GetProperty("type").GetString().ShouldBe("custom_tool_call");
        output[0].GetProperty("input").GetString().ShouldBe("*** Begin\n+x");
        output[0].GetProperty("id").GetString().ShouldStartWith("ctc_");
        output[1].GetProperty("type").GetString().ShouldBe("local_shell_call");
        output[1].GetProperty("action").GetRawText().ShouldBe("""{"type":"exec","command":["ls","-l"],"timeout_ms":5,"env":{}}""");
        output[2].GetProperty("name").GetString().ShouldBe("log");
        output[2].GetProperty("namespace").GetString().ShouldBe("mcp__git");
        output[3].GetProperty("type").GetString().ShouldBe("shell_call");
        output[3].GetProperty("action").GetRawText().ShouldBe("""{"commands":["ls"]}""");
    }

    [Fact]
    public void A_foreign_web_search_becomes_one_item_with_its_pages()
    {
        var exchange = ExchangeFor("""{"model":"m","input":"x","include":["web_search_call.action.sources"]}""", "claude-opus-4-5");
        var sse = Stream(exchange,
            BlockStarted(0, new() { Kind = AnswerBlockKind.Whole, Whole = new HostedToolCallBlock("srv_1", "web_search", JsonSlice.Parse("""{"query":"cats"}""")) { Origin = Protocol.AnthropicMessages } }), BlockEnded(0),
            BlockStarted(1, new() { Kind = AnswerBlockKind.Whole, Whole = new HostedToolResultBlock("srv_1", "web_search") { Origin = Protocol.AnthropicMessages, Sources = [new() { Url = "https://cats" }] } }), BlockEnded(1),
            TextDelta(2, JsonText.From("meow")), Stop);
        var response = CheckStream(sse);
        response.GetProperty("output")[0].GetProperty("action").GetRawText().ShouldBe("""{"type":"search","query":"cats","sources":[{"type":"url","url":"https://cats"}]}""");
        Events(sse).Select(Type).Where(t => t.Contains("web_search", StringComparison.Ordinal)).ShouldBe(["response.web_search_call.in_progress", "response.web_search_call.searching", "response.web_search_call.completed"]);
        exchange.Losses.Any.ShouldBeFalse();
    }

    [Fact]
    public void A_stream_that_breaks_off_fails_and_closes_no_half_call()
    {
        var sse = Stream(Plain(), TextDelta(0, JsonText.From("a")), BlockStarted(1, new() { Kind = AnswerBlockKind.ToolCall, Id = "c", Name = "f" }), ToolArgumentsDelta(1, JsonText.From("{\"x")));
        var response = CheckStream(sse);
        response.GetProperty("status").GetString().ShouldBe("failed");
        response.GetProperty("error").GetProperty("code").GetString().ShouldBe("server_error");
        response.GetProperty("output").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData(FinishReason.Length, "max_output_tokens")]
    [InlineData(FinishReason.ContentFilter, "content_filter")]
    public void An_answer_cut_short_is_incomplete(FinishReason reason, string word)
    {
        var response = CheckStream(Stream(Plain(), TextDelta(0, JsonText.From("a")), Usage, Finished(new(reason))));
        response.GetProperty("status").GetString().ShouldBe("incomplete");
        response.GetProperty("incomplete_details").GetProperty("reason").GetString().ShouldBe(word);
        response.GetProperty("output")[0].GetProperty("status").GetString().ShouldBe("incomplete");
    }

    [Fact]
    public void Refusals_have_their_own_events()
    {
        var response = CheckStream(Stream(Plain(), BlockStarted(0, BlockStart.Refusal), TextDelta(0, JsonText.From("no")), BlockEnded(0), Stop));
        response.GetProperty("output")[0].GetProperty("content")[0].GetRawText().ShouldBe("""{"type":"refusal","refusal":"no"}""");
    }

    [Fact]
    public void Any_order_of_blocks_gives_a_well_formed_stream()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var events = new List<AnswerEvent> { Started(new()) };
            for (var step = 0; step < 40; step++)
            {
                var block = random.Next(6);
                var text = JsonText.From(new string((char)('a' + random.Next(26)), random.Next(4)) + "é\"\n😀"[..random.Next(4)]);
                events.Add(random.Next(9) switch
                {
                    0 => BlockStarted(block, BlockStart.Text),
                    1 => BlockStarted(block, BlockStart.Reasoning),
                    2 => BlockStarted(block, new() { Kind = AnswerBlockKind.ToolCall, Id = $"call_{block}", Name = "f", IsCustom = random.Next(2) == 0 }),
                    3 => ReasoningDelta(block, text),
                    4 => ToolArgumentsDelta(block, JsonText.From("{}")),
                    5 => BlockEnded(block),
                    6 => SignatureDelta(block, JsonText.From("s")),
                    7 => CitationAdded(block, new() { Url = "https://u", Start = 0, End = 1 }),
                    _ => TextDelta(block, text),
                });
            }

            if (random.Next(4) > 0) events.Add(Stop);
            CheckStream(Stream(Plain(), [.. events]));
        }
    }

    [Fact]
    public void The_server_gets_the_final_response_and_the_items_for_its_store()
    {
        var body = """{"model":"m","input":[{"role":"user","content":"hi"},{"type":"function_call_output","call_id":"c","output":"o"}],"previous_response_id":"resp_1"}"""u8.ToArray();
        using var items = new PooledBuffer();
        ResponsesJsonEditor.WriteInputItems(body, "seed", items);
        Parse(System.Text.Encoding.UTF8.GetString(items.WrittenSpan))[0].GetRawText().ShouldBe("""{"id":"msg_seed0000","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"hi"}]}""");
        Parse(System.Text.Encoding.UTF8.GetString(items.WrittenSpan))[1].GetRawText().ShouldBe("""{"id":"fco_seed0001","type":"function_call_output","call_id":"c","output":"o","status":"completed"}""");
        using var continued = new PooledBuffer();
        ResponsesJsonEditor.WriteContinued(body, [JsonSlice.Parse("""[{"role":"user","content":"before"}]"""), ResponsesJsonEditor.OutputOf("""{"output":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}"""u8.ToArray())], continued);
        var request = Client.ReadRequest(continued.WrittenMemory);
        request.Turns.Select(t => t.Role).ShouldBe([Role.User, Role.Assistant, Role.User]);
        using var output = new PooledBuffer();
        using var writer = new ResponsesStreamWriter(From(request), output) { KeepsResponse = true };
        var normalizer = new AnswerNormalizer(From(request), writer);
        foreach (var e in new[] { TextDelta(0, JsonText.From("x")), Stop }) normalizer.Write(e);
        var final = Parse(System.Text.Encoding.UTF8.GetString(writer.FinalResponse.Span));
        final.GetRawText().ShouldBe(CheckStream(System.Text.Encoding.UTF8.GetString(output.WrittenSpan)).GetRawText());
        final.GetProperty("previous_response_id").GetString().ShouldBe("resp_1");
    }
}

using System.Text;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

/// <summary>Upstreams that keep the rules, and upstreams that do not.</summary>
public sealed class StreamReaderTests
{
    private const string Request = """{"model":"alias","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""";

    private const string Start = """{"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":5,"cache_read_input_tokens":7,"output_tokens":1}}}""";

    private const string End = """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}""" + "\n" + """{"type":"message_stop"}""";

    [Fact]
    public void Careless_upstreams_still_give_one_answer()
    {
        var log = Read($$$$"""
            {{{{Start}}}}
            {{{{Start}}}}
            {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}
            {"type":"brand_new","x":1}
            {"type":"content_block_delta","index":0,"delta":{"type":"brand_new_delta","x":1}}
            {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":1}}}
            {"type":"content_block_stop","index":0}
            {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"b"}}
            {{{{End}}}}
            {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"after the end"}}
            """);
        log.Lines.Where(line => !line.StartsWith("UsageChanged", StringComparison.Ordinal) && !line.StartsWith("Started", StringComparison.Ordinal) && !line.StartsWith("Finished", StringComparison.Ordinal)).ShouldBe([
            "BlockStarted(0, Text  )", "TextDelta(0, a)", "BlockEnded(0)",
            "BlockStarted(1, ToolCall t f)", """ToolArgumentsDelta(1, {"a":1})""", "BlockEnded(1)",
            "BlockStarted(2, Text  )", "TextDelta(2, b)", "BlockEnded(2)"]);
        log.Usage.InputTokens.ShouldBe(12);
        log.Usage.CachedTokens.ShouldBe(7);
        log.Usage.OutputTokens.ShouldBe(9);
        log.Finish!.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}""", ErrorKind.Overloaded)]
    [InlineData("""{"error":{"message":"boom","type":"api_error"}}""", ErrorKind.Api)]
    [InlineData("not json", ErrorKind.Api)]
    public void Errors_end_the_stream(string frame, ErrorKind kind)
    {
        var log = Read($"{Start}\n{frame}\n{End}");
        log.Finish.ShouldBeNull();
        log.Error!.Kind.ShouldBe(kind);
    }

    [Fact]
    public void A_stream_without_an_end_is_broken_off_but_one_with_a_reason_is_not()
    {
        Read(Start).Error!.Code.ShouldBe("upstream_stream_ended");
        Read($"{Start}\n{End.Split('\n')[0]}").Finish!.Reason.ShouldBe(FinishReason.Stop);
    }

    [Fact]
    public void A_whole_answer_in_place_of_a_stream_is_read_too()
        => Read("""{"type":"message","id":"msg_1","content":[{"type":"text","text":"x"}],"stop_reason":"max_tokens","usage":{"input_tokens":1,"output_tokens":2}}""").Finish!.Reason.ShouldBe(FinishReason.Length);

    [Fact]
    public void Hosted_calls_get_their_input_from_the_deltas()
    {
        var sse = Replay.SseOf($$$$"""
            {{{{Start}}}}
            {"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{},"caller":{"type":"direct"}}}
            {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"query\":"}}
            {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"\"q\"}"}}
            {"type":"content_block_stop","index":0}
            {"type":"content_block_start","index":1,"content_block":{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":{"type":"web_search_tool_result_error","error_code":"unavailable"}}}
            {"type":"content_block_stop","index":1}
            {"type":"content_block_start","index":2,"content_block":{"type":"text","text":"","citations":[]}}
            {"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://a","title":"A","encrypted_index":"E","cited_text":"c"}}}
            {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"x"}}
            {"type":"content_block_stop","index":2}
            {{{{End}}}}
            """);
        var message = Messages.Accumulate(Replay.Translate(Messages.Upstream, Messages.Client, Messages.Exchange(Request), sse, 7));
        message["content"]![0]!["input"].Json().ShouldBe("""{"query":"q"}""");
        message["content"]![1]!["content"]!["error_code"].Json().ShouldBe("\"unavailable\"");
        message["content"]![2]!["citations"]![0]!["encrypted_index"].Json().ShouldBe("\"E\"");
    }

    [Theory]
    [InlineData("throttlingException", ErrorKind.RateLimit)]
    [InlineData("modelStreamErrorException", ErrorKind.Api)]
    [InlineData("serviceUnavailableException", ErrorKind.Overloaded)]
    public void Bedrocks_exceptions_are_errors(string name, ErrorKind kind)
    {
        var log = new EventLog();
        var exchange = Messages.Exchange(Request);
        var reader = BedrockAnthropicUpstream.Instance.OpenStream(exchange, new AnswerNormalizer(exchange, log));
        reader.Read(Encoding.UTF8.GetBytes(name), """{"message":"no"}"""u8.ToArray());
        reader.Complete();
        log.Error!.Kind.ShouldBe(kind);
        log.Error.Message.ShouldBe("no");
    }

    [Fact]
    public void No_frame_however_odd_makes_the_reader_throw()
    {
        var random = new Random(7);
        var lines = $"{Start}\n{End}\n{{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{{}}}}}}\n{{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"citations_delta\",\"citation\":{{\"url\":1}}}}}}".Split('\n');
        for (var round = 0; round < 2000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(lines[random.Next(lines.Length)]);
            var at = random.Next(bytes.Length);
            bytes[at] = (byte)"\"{}[]:,0ax"[random.Next(10)];
            var exchange = Messages.Exchange(Request);
            var normalizer = new AnswerNormalizer(exchange, new EventLog());
            var reader = Messages.Upstream.OpenStream(exchange, normalizer);
            reader.Read(default, bytes);
            reader.Complete();
            normalizer.Complete();
        }
    }

    private static EventLog Read(string lines)
    {
        var log = new EventLog();
        Replay.Stream(Messages.Upstream, Messages.Exchange(Request), log, Replay.SseOf(lines));
        return log;
    }
}

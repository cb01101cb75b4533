using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.BedrockConverse;

public class BedrockConverseStreamTests
{
    private const string Sample = """
        {"messageStart":{"role":"assistant","p":"abc"}}
        {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Let me"}}}}
        {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"EqQB"}},"p":"abcdefgh"}}
        {"contentBlockStop":{"contentBlockIndex":0}}
        {"contentBlockDelta":{"contentBlockIndex":1,"delta":{"text":"Hel\"lo\n😀"}}}
        {"contentBlockStop":{"contentBlockIndex":1}}
        {"contentBlockStart":{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"tooluse_x1","name":"ls"}}}}
        {"contentBlockDelta":{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"path\":"}}}}
        {"contentBlockDelta":{"delta":{"toolUse":{"input":"\".\"}"}},"contentBlockIndex":2}}
        {"contentBlockStop":{"contentBlockIndex":2}}
        {"messageStop":{"stopReason":"tool_use","additionalModelResponseFields":{"delta":{"stop_sequence":null}}}}
        {"metadata":{"usage":{"inputTokens":12,"outputTokens":30,"totalTokens":42},"metrics":{"latencyMs":900}}}
        """;

    [Fact]
    public void The_sample_stream_is_read_however_torn()
    {
        var bytes = Frames(Sample);
        for (var size = 1; size <= bytes.Length; size += size < 40 ? 1 : 97)
        {
            var answer = Read(bytes, size).Answer;
            Show(answer).ShouldBe("Reasoning Let me/EqQB | Text Hel\"lo\n😀 | Call tooluse_x1 ls {\"path\":\".\"} | ToolCalls", $"pieces of {size}");
            answer.Usage.ShouldBe(new TokenUsage { InputTokens = 12, OutputTokens = 30 });
        }
    }

    [Fact]
    public void The_form_with_the_name_as_the_key_is_read_alike()
    {
        var folder = new AnswerAggregator();
        var exchange = Make();
        var normalizer = new AnswerNormalizer(exchange, folder);
        var reader = ConverseUpstream.Instance.OpenStream(exchange, normalizer);
        foreach (var line in Sample.Split('\n')) reader.Read(default, Encoding.UTF8.GetBytes(line.Trim()));
        reader.Complete();
        normalizer.Complete();
        Show(folder.Answer).ShouldBe("Reasoning Let me/EqQB | Text Hel\"lo\n😀 | Call tooluse_x1 ls {\"path\":\".\"} | ToolCalls");
    }

    [Fact]
    public void Usage_comes_before_the_end_and_the_end_waits_for_it()
    {
        var log = new EventLog();
        var reader = ConverseUpstream.Instance.OpenStream(Make(), log);
        reader.Read("messageStop"u8, """{"stopReason":"end_turn"}"""u8.ToArray());
        log.Finish.ShouldBeNull();
        reader.Read("metadata"u8, """{"usage":{"inputTokens":12,"outputTokens":30,"totalTokens":1066,"cacheReadInputTokens":1024,"cacheWriteInputTokens":0,"cacheDetails":[{"ttl":"1h","inputTokens":5}]}}"""u8.ToArray());
        log.Finish!.Reason.ShouldBe(FinishReason.Stop);
        log.Usage.ShouldBe(new TokenUsage { InputTokens = 1036, OutputTokens = 30, CachedTokens = 1024, CacheWriteTokens = 0, CacheWrite1HourTokens = 5 });
        log.Usage.UncachedInputTokens.ShouldBe(12);
        log.Lines[^1].ShouldStartWith("Finished");
        log.Lines.Count(line => line.StartsWith("Finished", StringComparison.Ordinal)).ShouldBe(1);
        reader.Complete();
        log.Lines.Count(line => line.StartsWith("Finished", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void A_stream_cut_before_its_end_has_failed_and_one_cut_after_it_has_not()
    {
        var lines = Sample.Split('\n');
        Read(Frames(string.Join('\n', lines[..^2])), 1000).Answer.Error!.Code.ShouldBe("upstream_stream_ended");
        var whole = Read(Frames(string.Join('\n', lines[..^1])), 1000).Answer;
        whole.Error.ShouldBeNull();
        whole.Finish.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    [Fact]
    public void Block_numbers_may_skip_and_come_again()
    {
        var answer = Read(Frames("""
            {"contentBlockDelta":{"contentBlockIndex":3,"delta":{"text":"a"}}}
            {"contentBlockStop":{"contentBlockIndex":3}}
            {"contentBlockStart":{"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"t1","name":"f"}}}}
            {"contentBlockStop":{"contentBlockIndex":3}}
            {"contentBlockStart":{"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"t2","name":"g"}}}}
            {"contentBlockDelta":{"contentBlockIndex":3,"delta":{"toolUse":{"input":"{}"}}}}
            {"contentBlockStop":{"contentBlockIndex":3}}
            {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"Zm9v"}}}}
            {"contentBlockStop":{"contentBlockIndex":0}}
            {"unknownEvent":{"x":1}}
            {"messageStop":{"stopReason":"tool_use"}}
            """), 1000).Answer;
        Show(answer).ShouldBe("Text a | Call t1 f  | Call t2 g {} | Redacted Zm9v | ToolCalls");
    }

    [Theory]
    [InlineData("error", """{"__type":"ThrottlingException","message":"slow down"}""", ErrorKind.RateLimit, "slow down")]
    [InlineData("error", """{"__type":"InternalFailure","message":"boom"}""", ErrorKind.Api, "boom")]
    [InlineData("error", "", ErrorKind.Api, "Bedrock interrupted the answer with InternalServerException.")]
    [InlineData("exception", "", ErrorKind.Api, "Bedrock interrupted the answer with InternalServerException.")]
    public void A_frame_that_is_an_error_by_its_type_alone_breaks_the_answer_off(string name, string payload, ErrorKind kind, string message)
    {
        var log = new EventLog();
        var reader = ConverseUpstream.Instance.OpenStream(Make(), log);
        reader.Read(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(payload));
        reader.Read("messageStop"u8, """{"stopReason":"end_turn"}"""u8.ToArray());
        reader.Complete();
        log.Finish.ShouldBeNull();
        (log.Error!.Kind, log.Error.Message).ShouldBe((kind, message));
    }

    [Theory]
    [InlineData("throttlingException", """{"message":"slow down"}""", ErrorKind.RateLimit, 429, "slow down")]
    [InlineData("validationException", """{"message":"prompt is too long: 300000 tokens > 200000 maximum"}""", ErrorKind.ContextTooLong, 400, "prompt is too long: 300000 tokens > 200000 maximum")]
    [InlineData("modelStreamErrorException", """{"originalStatusCode":424,"originalMessage":"boom"}""", ErrorKind.Api, 500, "boom")]
    [InlineData("serviceUnavailableException", """{"Message":"later"}""", ErrorKind.Overloaded, 503, "later")]
    [InlineData("internalServerException", "", ErrorKind.Api, 500, "Bedrock interrupted the answer with internalServerException.")]
    [InlineData("modelTimeoutException", "{}", ErrorKind.Timeout, 504, null)]
    public void Exceptions_break_the_answer_off(string name, string payload, ErrorKind kind, int status, string? message)
    {
        var log = new EventLog();
        var reader = ConverseUpstream.Instance.OpenStream(Make(), log);
        reader.Read(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(payload));
        reader.Read("messageStop"u8, """{"stopReason":"end_turn"}"""u8.ToArray());
        reader.Complete();
        log.Finish.ShouldBeNull();
        log.Error!.Kind.ShouldBe(kind);
        log.Error.EffectiveStatus.ShouldBe(status);
        if (message is not null) log.Error.Message.ShouldBe(message);
        log.Error.Type.ShouldBe(char.ToUpperInvariant(name[0]) + name[1..]);
    }

    [Theory]
    [InlineData("{nonsense")]
    [InlineData("[]")]
    [InlineData("5")]
    public void A_payload_that_cannot_be_read_is_an_error_and_no_crash(string payload)
    {
        var log = new EventLog();
        ConverseUpstream.Instance.OpenStream(Make(), log).Read("contentBlockDelta"u8, Encoding.UTF8.GetBytes(payload));
        log.Error!.EffectiveStatus.ShouldBe(502);
    }

    [Theory]
    [InlineData("""{"contentBlockIndex":"x","delta":5}""")]
    [InlineData("""{"delta":{"text":{"a":1}}}""")]
    [InlineData("""{"delta":{"toolUse":[],"reasoningContent":null,"citation":3,"image":1}}""")]
    [InlineData("""{"delta":{"reasoningContent":{"text":null,"reasoningText":[]}}}""")]
    [InlineData("{}")]
    public void Odd_types_are_passed_over(string payload)
    {
        var log = new EventLog();
        ConverseUpstream.Instance.OpenStream(Make(), log).Read("contentBlockDelta"u8, Encoding.UTF8.GetBytes(payload));
        log.Error.ShouldBeNull();
    }

    [Fact]
    public void Citations_are_read_in_streams_and_whole_answers()
    {
        const string citation = """{"title":"T","sourceContent":[{"text":"cited"}],"location":{"web":{"url":"https://e.org","domain":"e.org"}}}""";
        var streamed = Read(Frames("""
            {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"a"}}}
            {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"citation":CITATION}}}
            {"messageStop":{"stopReason":"end_turn"}}
            """.Replace("CITATION", citation)), 50).Answer;
        var whole = ReadWhole("""{"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"a"}],"citations":[CITATION]}}]}},"stopReason":"end_turn"}""".Replace("CITATION", citation));
        foreach (var answer in new[] { streamed, whole })
        {
            var text = answer.Blocks.ShouldHaveSingleItem().ShouldBeOfType<TextBlock>();
            text.Text.ToString().ShouldBe("a");
            var one = text.Citations!.ShouldHaveSingleItem();
            (one.Title, one.Url, one.CitedText.ToString(), one.Raw.ToString()).ShouldBe(("T", "https://e.org", "cited", citation));
        }
    }

    [Fact]
    public void A_whole_answer_tells_what_a_stream_tells()
    {
        var answer = ReadWhole("""
            {"stopReason":"stop_sequence","additionalModelResponseFields":{"stop_sequence":"END"},
             "usage":{"inputTokens":12,"outputTokens":30,"totalTokens":1066,"cacheReadInputTokens":1024,"cacheWriteInputTokens":0,"cacheDetails":[]},
             "output":{"message":{"role":"assistant","content":[
               {"reasoningContent":{"reasoningText":{"text":"why","signature":"sig"}}},{"reasoningContent":{"redactedContent":"Zm9v"}},
               {"text":"Hi"},{"toolUse":{"toolUseId":"t","name":"ls","input":{"z": 1,"a":"é"}}},{"new":{"x":1}}]}},
             "metrics":{"latencyMs":812}}
            """);
        Show(answer).ShouldBe("Reasoning why/sig | Redacted Zm9v | Text Hi | Call t ls {\"z\": 1,\"a\":\"é\"} | StopSequence");
        answer.Finish.StopSequence.ShouldBe("END");
        answer.Usage.InputTokens.ShouldBe(1036);
    }

    [Theory]
    [InlineData("""{"stopReason":"guardrail_intervened","usage":{"inputTokens":1,"outputTokens":0}}""", FinishReason.ContentFilter)]
    [InlineData("""{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"model_context_window_exceeded"}""", FinishReason.ContextFull)]
    [InlineData("""{"output":null,"stopReason":"max_tokens"}""", FinishReason.Length)]
    [InlineData("""{"output":{"message":{"content":[{"text":"x"}]}},"stopReason":"malformed_model_output"}""", FinishReason.MalformedToolCall)]
    [InlineData("""{"output":{"message":{"content":[{"text":"x"}]}},"stopReason":"brand_new"}""", FinishReason.Other)]
    public void Answers_without_output_end_with_their_reason(string body, FinishReason reason) => ReadWhole(body).Finish.Reason.ShouldBe(reason);

    [Fact]
    public void A_malformed_output_that_gave_nothing_is_an_error()
        => ReadWhole("""{"stopReason":"malformed_tool_use"}""").Error!.EffectiveStatus.ShouldBe(502);

    [Fact]
    public void An_answer_by_tool_comes_back_as_text()
    {
        var request = new ConversationRequest { Source = Protocol.OpenAiChat, Output = new OutputFormat { Kind = OutputKind.JsonSchema, Schema = JsonSlice.Parse("""{"type":"object"}""") } };
        var exchange = new TranslationContext(request, new UpstreamModel("us.anthropic.claude-opus-4-7"));
        var answer = Read(Frames("""
            {"contentBlockStart":{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"json"}}}}
            {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"a\":"}}}}
            {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"toolUse":{"input":"1}"}}}}
            {"contentBlockStop":{"contentBlockIndex":0}}
            {"messageStop":{"stopReason":"tool_use"}}
            """), 1000, exchange).Answer;
        Show(answer).ShouldBe("Text {\"a\":1} | Stop");
    }

    [Theory]
    [InlineData(400, """{"message":"Input is too long for requested model."}""", ErrorKind.ContextTooLong)]
    [InlineData(400, """{"message":"The model returned the following errors: prompt is too long: 1 tokens > 0 maximum"}""", ErrorKind.ContextTooLong)]
    [InlineData(400, """{"message":"input length and `max_tokens` exceed context limit: 1 + 2 > 3"}""", ErrorKind.ContextTooLong)]
    [InlineData(400, """{"Message":"bad"}""", ErrorKind.InvalidRequest)]
    [InlineData(400, """{"__type":"com.amazon.coral#ServiceQuotaExceededException","message":"quota"}""", ErrorKind.Quota)]
    [InlineData(400, """{"__type":"ExpiredTokenException:http://x","message":"old"}""", ErrorKind.Authentication)]
    [InlineData(403, """{"message":"Authentication failed: Please make sure your API Key is valid."}""", ErrorKind.Authentication)]
    [InlineData(403, """{"message":"The security token included in the request is expired"}""", ErrorKind.Authentication)]
    [InlineData(403, """{"message":"You don't have access to the model"}""", ErrorKind.Permission)]
    [InlineData(404, """{"message":"no such model"}""", ErrorKind.NotFound)]
    [InlineData(429, """{"__type":"ModelNotReadyException","message":"warming"}""", ErrorKind.Overloaded)]
    [InlineData(429, "", ErrorKind.RateLimit)]
    [InlineData(502, "<html>bad gateway</html>", ErrorKind.Api)]
    public void Errors_are_read_in_every_shape(int status, string body, ErrorKind kind)
    {
        var error = ConverseUpstream.Instance.ReadError(status, Encoding.UTF8.GetBytes(body));
        error.Kind.ShouldBe(kind);
        error.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Recorded_streams_read_the_same_framed_torn_or_bare()
    {
        foreach (var file in Recordings.Files("bedrock-converse", ".chunks.txt"))
        {
            var text = File.ReadAllText(file);
            var bytes = Frames(text);
            var whole = Read(bytes, bytes.Length).Answer;
            whole.Error.ShouldBeNull(file);
            whole.Blocks.ShouldNotBeEmpty(file);
            whole.Usage.OutputTokens.ShouldNotBeNull(file);
            foreach (var size in new[] { 1, 7, 100 }) Show(Read(bytes, size).Answer).ShouldBe(Show(whole), file);
            // Independently of the codec: all text of the recording, in order.
            var expected = new StringBuilder();
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("contentBlockDelta", out var delta) && delta.GetProperty("delta").TryGetProperty("text", out var word)) expected.Append(word.GetString());
            }

            string.Concat(whole.Blocks.OfType<TextBlock>().Select(block => block.Text.ToString())).ShouldBe(expected.ToString(), file);
        }
    }

    [Fact]
    public void The_recorded_call_without_arguments_is_read()
        => Show(ReadWhole(Recordings.Read("bedrock-converse", "amazon-bedrock-tool-no-args.json"))).ShouldBe("Text I'll update the issue list for you. | Call tool-use-id updateIssueList {} | ToolCalls");

    [Fact]
    public void A_delta_costs_no_memory()
    {
        var sink = new Silent();
        var reader = ConverseUpstream.Instance.OpenStream(Make(), sink);
        byte[] text = """{"contentBlockIndex":0,"delta":{"text":"He\"llo"},"p":"abcd"}"""u8.ToArray();
        byte[] input = """{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"a\":"}}}"""u8.ToArray();
        void Feed(int times)
        {
            for (var i = 0; i < times; i++)
            {
                reader.Read("contentBlockDelta"u8, text);
                reader.Read("contentBlockDelta"u8, input);
            }
        }

        Feed(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2000);
        sink.Count.ShouldBeGreaterThan(2000);
    }

    private sealed class Silent : IAnswerSink
    {
        public int Count { get; private set; }

        public void Write(in AnswerEvent answerEvent) => Count++;
    }

    private static TranslationContext Make() => new(new ConversationRequest { Source = Protocol.OpenAiChat }, new UpstreamModel("us.anthropic.claude-sonnet-4-5-20250929-v1:0"));

    private static byte[] Frames(string lines)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            using var json = JsonDocument.Parse(line);
            var member = json.RootElement.EnumerateObject().Single();
            AwsEventStreamWriter.WriteEvent(output, Encoding.UTF8.GetBytes(member.Name), Encoding.UTF8.GetBytes(member.Value.GetRawText()));
        }

        return output.WrittenSpan.ToArray();
    }

    private static AnswerAggregator Read(byte[] bytes, int size, TranslationContext? exchange = null)
    {
        exchange ??= Make();
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(exchange, folder);
        var reader = ConverseUpstream.Instance.OpenStream(exchange, normalizer);
        using var frames = new AwsEventStreamReader();
        for (var at = 0; at < bytes.Length; at += size)
        {
            frames.Append(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            while (frames.TryRead(out var frame)) reader.Read(frame.Name.Span, frame.Payload);
        }

        reader.Complete();
        normalizer.Complete();
        return folder;
    }

    private static Answer ReadWhole(string body)
    {
        var exchange = Make();
        var folder = new AnswerAggregator(borrow: true);
        var normalizer = new AnswerNormalizer(exchange, folder);
        ConverseUpstream.Instance.ReadAnswer(Encoding.UTF8.GetBytes(body), exchange, normalizer);
        normalizer.Complete();
        return folder.Answer;
    }

    private static string Show(Answer answer) => string.Join(" | ", answer.Blocks.Select(block => block switch
    {
        TextBlock text => $"Text {text.Text}",
        ReasoningBlock { IsRedacted: true } redacted => $"Redacted {redacted.Signature}",
        ReasoningBlock reasoning => $"Reasoning {reasoning.Text}/{reasoning.Signature}",
        ToolCallBlock call => $"Call {call.Id} {call.Name} {call.Arguments}",
        _ => block.GetType().Name,
    }).Append(answer.Finish.Reason.ToString()));
}

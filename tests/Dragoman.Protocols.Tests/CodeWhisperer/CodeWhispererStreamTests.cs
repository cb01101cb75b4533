using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.CodeWhisperer.CodeWhispererTesting;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>Answers of the service (wire note, B.6, B.8, B.9, B.18 and F.3).</summary>
public sealed class CodeWhispererStreamTests
{
    /// <summary>Example 1 of the wire note as printed there.</summary>
    private const string Example1 = "0000007c0000005c3bddcf780b3a6576656e742d747970650700166173736973"
        + "74616e74526573706f6e73654576656e740d3a636f6e74656e742d74797065070010"
        + "6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74223a224869227db02babdc";

    /// <summary>Example 3: an exception.</summary>
    private const string Example3 = "0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e"
        + "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009"
        + "657863657074696f6e7b226d657373616765223a22736c6f7720646f776e227d832ee072";

    /// <summary>The order of events in B.8.</summary>
    private const string Sample = """
        messageMetadataEvent {"conversationId":"6f0c","utteranceId":"u1"}
        assistantResponseEvent {"content":"I will "}
        assistantResponseEvent {"content":"look."}
        toolUseEvent {"name":"ls","toolUseId":"tooluse_a1"}
        toolUseEvent {"name":"ls","toolUseId":"tooluse_a1","input":"{\"pa"}
        toolUseEvent {"name":"ls","toolUseId":"tooluse_a1","input":"th\":\".\"}"}
        toolUseEvent {"name":"ls","toolUseId":"tooluse_a1","stop":true}
        contextUsageEvent {"contextUsagePercentage":3.2}
        meteringEvent {"usage":0.08,"unit":"credit"}
        """;

    private static TranslationContext Plain(CodeWhispererOptions? options = null) => Chat("""[{"role":"user","content":"hi"}]""", options: options);

    private static TranslationContext Thinking() => Messages("""[{"role":"user","content":"hi"}]""", ""","thinking":{"type":"enabled","budget_tokens":2000}""");

    [Fact]
    [Trait("check", "kiro R1")]
    public void R1_the_printed_frame_is_read_byte_by_byte()
    {
        var log = new EventLog();
        Read(Plain(), log, Convert.FromHexString(Example1), 1);
        log.Lines.Where(static line => line.StartsWith("TextDelta", StringComparison.Ordinal)).ShouldBe(["TextDelta(0, Hi)"]);
        log.Finish!.Reason.ShouldBe(FinishReason.Stop);
    }

    [Fact]
    [Trait("check", "kiro R2")]
    public void R2_a_wrong_checksum_is_an_error()
    {
        var bytes = Convert.FromHexString(Example1);
        bytes[^1] ^= 1;
        Should.Throw<InvalidDataException>(() => Read(Plain(), new EventLog(), bytes));
    }

    [Fact]
    public void A_stream_that_ends_inside_a_frame_has_failed()
    {
        var whole = (byte[])[.. Convert.FromHexString(Example1), .. Convert.FromHexString(Example1)];
        for (var length = Example1.Length / 2 + 1; length < whole.Length; length++)
        {
            var log = new EventLog();
            Read(Plain(), log, whole.AsSpan(0, length));
            log.Finish.ShouldBeNull();
            log.Error!.Code.ShouldBe("upstream_stream_ended");
        }
    }

    [Fact]
    [Trait("check", "kiro R3")]
    public void R3_the_sample_is_read_however_torn()
    {
        for (var size = 1; size < 300; size++)
        {
            var answer = Answer(Plain(), Sample, size);
            Show(answer).ShouldBe("""Text I will look. | Call tooluse_a1 ls {"path":"."} | ToolCalls""");
            answer.Start.Id.ShouldBe("u1");
        }

        var messages = Streamed(Messages("""[{"role":"user","content":"hi"}]"""), Sample);
        messages.ShouldContain("\"type\":\"tool_use\",\"id\":\"tooluse_a1\",\"name\":\"ls\"");
        messages.ShouldContain("\"stop_reason\":\"tool_use\"");
        var chat = Streamed(Plain(), Sample);
        chat.ShouldContain("\"tool_calls\":[{\"index\":0,\"id\":\"tooluse_a1\"");
        chat.ShouldContain("\"finish_reason\":\"tool_calls\"");
    }

    [Fact]
    public void R4_a_call_without_input_has_none()
    {
        var answer = Answer(Plain(), """
            toolUseEvent {"name":"ls","toolUseId":"t1"}
            toolUseEvent {"name":"ls","toolUseId":"t1","stop":true}
            meteringEvent {"usage":1}
            """);
        answer.Blocks.ShouldHaveSingleItem().ShouldBeOfType<ToolCallBlock>().Arguments.Text.ToString().ShouldBeOneOf("", "{}");
        answer.Finish.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    [Fact]
    [Trait("check", "kiro R5")]
    public void R5_an_object_before_fragments_is_ignored_and_one_alone_is_the_input()
    {
        Show(Answer(Plain(), """
            toolUseEvent {"name":"ls","toolUseId":"t1","input":{}}
            toolUseEvent {"name":"ls","toolUseId":"t1","input":"{\"a\":1}"}
            toolUseEvent {"name":"ls","toolUseId":"t1","stop":true}
            """)).ShouldBe("""Call t1 ls {"a":1} | ToolCalls""");
        Show(Answer(Plain(), """toolUseEvent {"name":"ls","toolUseId":"t1","input":{"a":2},"stop":true}""")).ShouldBe("""Call t1 ls {"a":2} | ToolCalls""");
    }

    [Fact]
    [Trait("check", "kiro R6")]
    public void R6_interleaved_calls_do_not_mix()
        => Show(Answer(Plain(), """
            toolUseEvent {"name":"f","toolUseId":"t1","input":"{\"a\""}
            toolUseEvent {"name":"g","toolUseId":"t2","input":"{\"b\""}
            toolUseEvent {"name":"f","toolUseId":"t1","input":":1}"}
            toolUseEvent {"name":"g","toolUseId":"t2","input":":2}"}
            toolUseEvent {"name":"g","toolUseId":"t2","stop":true}
            toolUseEvent {"name":"f","toolUseId":"t1","stop":true}
            toolUseEvent {"name":"f","toolUseId":"t1","stop":true}
            """)).ShouldBe("""Call t1 f {"a":1} | Call t2 g {"b":2} | ToolCalls""");

    [Theory]
    [InlineData("""toolUseEvent {"name":"f","toolUseId":"t1","input":"{\"path\":\"a"}""")]
    [InlineData("""
        toolUseEvent {"name":"f","toolUseId":"t1","input":"{\"path\":\"a"}
        toolUseEvent {"name":"f","toolUseId":"t1","stop":true}
        metadataEvent {"tokenUsage":{"uncachedInputTokens":1,"outputTokens":2},"stopReason":"TOOL_USE"}
        """)]
    [Trait("check", "kiro R7")]
    public void R7_a_call_that_was_cut_off_ends_with_the_limit_and_is_never_mended(string lines)
    {
        var streamed = Streamed(Messages("""[{"role":"user","content":"hi"}]"""), lines);
        streamed.ShouldContain("\"stop_reason\":\"max_tokens\"");
        streamed.ShouldNotContain("\"}\"");
        Show(Answer(Plain(), lines)).ShouldBe("Length");
    }

    [Fact]
    [Trait("check", "kiro R8")]
    public void R8_what_is_no_answer_is_not_shown()
        => Show(Answer(Plain(), """
            assistantResponseEvent {"content":"A"}
            followupPromptEvent {"followupPrompt":{"content":"Shall I go on?","userIntent":"x"}}
            codeReferenceEvent {"references":[{"licenseName":"MIT"}]}
            unheardOfEvent {"content":"B"}
            assistantResponseEvent {"content":"A"}
            """)).ShouldBe("Text AA | Stop");

    [Fact]
    [Trait("check", "kiro R9")]
    public void R9_a_payload_in_an_object_of_its_name_is_read_alike()
        => Show(Answer(Plain(), """
            assistantResponseEvent {"assistantResponseEvent":{"content":"A"}}
            toolUseEvent {"toolUseEvent":{"name":"f","toolUseId":"t1","input":"{}","stop":true}}
            """)).ShouldBe("Text A | Call t1 f {} | ToolCalls");

    [Fact]
    public void R10_R11_an_exception_fails_the_answer()
    {
        var log = new EventLog();
        Read(Plain(), log, Convert.FromHexString(Example3));
        log.Error!.Kind.ShouldBe(ErrorKind.RateLimit);
        log.Error.EffectiveStatus.ShouldBe(429);
        log.Error.Message.ShouldBe("slow down");
        var answer = Answer(Plain(), """
            assistantResponseEvent {"content":"A"}
            internalServerException {"message":"boom"}
            assistantResponseEvent {"content":"B"}
            """);
        answer.Error!.Message.ShouldBe("boom");
        Show(answer).ShouldBe("Text A | Error Api");
    }

    [Theory]
    [InlineData("invalidStateEvent {\"reason\":\"INVALID_TASK_ASSIST_PLAN\",\"message\":\"no plan\"}", "no plan")]
    [InlineData("assistantResponseEvent {\"__type\":\"com.amazon#ThrottlingException\",\"message\":\"slow\"}", "slow")]
    [InlineData("oddEvent {\"_type\":\"ValidationException\",\"message\":\"bad\"}", "bad")]
    [InlineData("error {\"__type\":\"ThrottlingException\",\"message\":\"later\"}", "later")]
    public void Errors_in_other_forms_are_found(string line, string message) => Answer(Plain(), line).Error!.Message.ShouldBe(message);

    [Fact]
    public void R12_too_long_in_the_middle_is_the_limit_of_the_output()
    {
        Show(Answer(Plain(), """
            assistantResponseEvent {"content":"A"}
            ContentLengthExceededException {"message":"Output is too long"}
            """)).ShouldBe("Text A | Length");
        Answer(Plain(), """ContentLengthExceededException {"message":"Input is too long."}""").Error!.Kind.ShouldBe(ErrorKind.ContextTooLong);
    }

    [Fact]
    [Trait("check", "kiro R13")]
    public void R13_the_share_of_the_window_gives_the_prompt()
    {
        var usage = Answer(Plain(new CodeWhispererOptions { MaxInputTokens = 200_000 }), """
            assistantResponseEvent {"content":"Some words of an answer that are counted here."}
            contextUsageEvent {"contextUsagePercentage":3.2}
            """).Usage;
        (usage.InputTokens + usage.OutputTokens).ShouldBe(6400);
        usage.OutputTokens!.Value.ShouldBeInRange(5, 20);
        usage.CachedTokens.ShouldBeNull();
    }

    [Theory]
    [InlineData("claude-sonnet-4.5", 200_000)]
    [InlineData("claude-opus-4.6", 1_000_000)]
    [InlineData("claude-sonnet-5", 1_000_000)]
    [InlineData("claude-sonnet-4", 200_000)]
    [InlineData("claude-haiku-4.5", 200_000)]
    [InlineData("auto", 200_000)]
    public void The_window_is_that_of_the_model(string model, int window)
    {
        var exchange = Exchange(Protocol.OpenAiChat, """{"model":"m","messages":[{"role":"user","content":"hi"}]}""", model: model);
        var usage = Answer(exchange, """
            assistantResponseEvent {"content":"A"}
            contextUsageEvent {"contextUsagePercentage":50}
            """).Usage;
        (usage.InputTokens + usage.OutputTokens).ShouldBe(window / 2);
    }

    [Fact]
    public void R14_a_full_window_ends_the_answer()
        => Answer(Plain(), """
            assistantResponseEvent {"content":"A"}
            contextUsageEvent {"contextUsagePercentage":100}
            """).Finish.Reason.ShouldBe(FinishReason.ContextFull);

    [Fact]
    [Trait("check", "kiro R15")]
    public void R15_exact_numbers_win()
    {
        var usage = Answer(Plain(), """
            assistantResponseEvent {"content":"A"}
            metadataEvent {"tokenUsage":{"uncachedInputTokens":290,"cacheReadInputTokens":3822,"cacheWriteInputTokens":0,"outputTokens":1,"totalTokens":4113}}
            contextUsageEvent {"contextUsagePercentage":3.2}
            """).Usage;
        usage.ShouldBe(new TokenUsage { InputTokens = 4112, OutputTokens = 1, CachedTokens = 3822, CacheWriteTokens = 0 });
        usage.UncachedInputTokens.ShouldBe(290);
    }

    [Fact]
    public void Without_numbers_the_tokens_are_counted()
    {
        var usage = Answer(Plain(), """assistantResponseEvent {"content":"Hello there"}""").Usage;
        usage.InputTokens!.Value.ShouldBeGreaterThan(0);
        usage.OutputTokens!.Value.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("MAX_TOKENS", FinishReason.Length)]
    [InlineData("end_turn", FinishReason.Stop)]
    public void A_stated_reason_counts(string reason, FinishReason expected)
        => Answer(Plain(), $$"""
            assistantResponseEvent {"content":"A"}
            metadataEvent {"stopReason":"{{reason}}"}
            """).Finish.Reason.ShouldBe(expected);

    [Fact]
    [Trait("check", "kiro R16")]
    public void R16_reasoning_in_tags_is_taken_out_however_torn()
    {
        const string Text = "<thinking>\na b</thinking>\n\nB c";
        for (var size = 1; size <= Text.Length; size++)
        {
            var lines = string.Join('\n', Text.Chunk(size).Select(static piece => $$"""assistantResponseEvent {"content":{{JsonSerializer.Serialize(new string(piece))}}}"""));
            Show(Answer(Thinking(), lines)).ShouldBe("Reasoning a b/ | Text B c | Stop", $"pieces of {size}");
        }
    }

    [Theory]
    [InlineData("<thinking>say `</thinking>` now</thinking>\n\nB", "Reasoning say `</thinking>` now/ | Text B | Stop")]
    [InlineData("A <thinking>b</thinking>\n\nc", "Text A <thinking>b</thinking>\n\nc | Stop")]
    [InlineData("<thinking>a", "Reasoning a/ | Text   | Length")]
    [InlineData("<thinking>x</thinking>", "Reasoning x/ | Text   | Length")]
    [InlineData("<thin", "Text <thin | Stop")]
    [InlineData("<think>a</think>\nB", "Reasoning a/ | Text B | Stop")]
    [Trait("check", "kiro R17")]
    [Trait("check", "kiro R18")]
    public void R17_R18_only_what_is_meant_as_reasoning_is(string text, string expected)
    {
        Show(Answer(Thinking(), $$"""assistantResponseEvent {"content":{{JsonSerializer.Serialize(text)}}}""")).ShouldBe(expected);
        var single = string.Join('\n', text.Select(static c => $$"""assistantResponseEvent {"content":{{JsonSerializer.Serialize(c.ToString())}}}"""));
        Show(Answer(Thinking(), single)).ShouldBe(expected);
    }

    [Fact]
    public void Reasoning_events_are_reasoning_with_their_signature()
        => Show(Answer(Thinking(), """
            reasoningContentEvent {"text":"a "}
            reasoningContentEvent {"text":"b"}
            reasoningContentEvent {"signature":"SIG"}
            assistantResponseEvent {"content":"C"}
            reasoningContentEvent {"redactedContent":"Zm9v"}
            """)).ShouldBe("Reasoning a b/SIG | Text C | Redacted Zm9v | Stop");

    [Fact]
    [Trait("check", "kiro R34")]
    public void R34_a_stop_sequence_ends_the_answer_wherever_it_is_torn()
    {
        const string Text = "one EN two END three";
        for (var size = 1; size <= Text.Length; size++)
        {
            var lines = string.Join('\n', Text.Chunk(size).Select(static piece => $$"""assistantResponseEvent {"content":"{{new string(piece)}}"}"""));
            var answer = Answer(Chat("""[{"role":"user","content":"hi"}]""", ""","stop":["END"]"""), lines);
            Show(answer).ShouldBe("Text one EN two  | StopSequence");
            answer.Finish.StopSequence.ShouldBe("END");
        }

        Show(Answer(Chat("""[{"role":"user","content":"hi"}]""", ""","stop":["END"]"""), """assistantResponseEvent {"content":"an EN"}""")).ShouldBe("Text an EN | Stop");
    }

    [Fact]
    public void A_small_limit_of_the_output_is_obeyed_here()
    {
        var lines = string.Join('\n', Enumerable.Repeat("""assistantResponseEvent {"content":" word"}""", 50));
        var answer = Answer(Chat("""[{"role":"user","content":"hi"}]""", ""","max_tokens":10"""), lines);
        answer.Finish.Reason.ShouldBe(FinishReason.Length);
        answer.Usage.OutputTokens.ShouldBe(10);
        Answer(Chat("""[{"role":"user","content":"hi"}]""", ""","max_tokens":1000"""), lines).Finish.Reason.ShouldBe(FinishReason.Stop);
    }

    [Fact]
    public void An_answer_without_its_end_has_failed_where_the_host_marks_ends()
    {
        var options = new CodeWhispererOptions { EndIsMarked = true };
        Answer(Plain(options), """assistantResponseEvent {"content":"A"}""").Error!.Code.ShouldBe("upstream_stream_ended");
        Answer(Plain(options), """
            assistantResponseEvent {"content":"A"}
            meteringEvent {"usage":0.1}
            """).Finish.Reason.ShouldBe(FinishReason.Stop);
        Show(Answer(Plain(options), """toolUseEvent {"name":"f","toolUseId":"t1","input":"{\"path\":\"a"}""")).ShouldBe("Length");
    }

    [Fact]
    public void Nothing_at_all_is_no_answer_and_an_empty_one_with_an_end_is()
    {
        Answer(Plain(), "messageMetadataEvent {\"conversationId\":\"c\"}").Error!.Code.ShouldBe("upstream_stream_ended");
        Answer(Plain(), "meteringEvent {\"usage\":0.1}").Finish.Reason.ShouldBe(FinishReason.Stop);
    }

    [Fact]
    [Trait("check", "kiro U13")]
    public void U13_long_names_come_back_as_the_client_knows_them()
    {
        const string Name = "mcp__very_long_server_name__very_long_tool_name_that_exceeds_sixty_four";
        var exchange = Chat("""[{"role":"user","content":"hi"}]""", ""","tools":[{"type":"function","function":{"name":"NAME","parameters":{"type":"object"}}}]""".Replace("NAME", Name, StringComparison.Ordinal));
        Write(exchange);
        Show(Answer(exchange, """toolUseEvent {"name":"mcp__very_long_server_name__very_long_tool_name_that_e_a16e50c5","toolUseId":"t1","input":"{}","stop":true}"""))
            .ShouldBe("Call t1 " + Name + " {} | ToolCalls");
    }

    [Fact]
    public void Calls_in_text_are_calls_only_where_that_is_switched_on_and_the_tool_is_declared()
    {
        const string Lines = """
            assistantResponseEvent {"content":"Now [Called f with ar"}
            assistantResponseEvent {"content":"gs: {\"a\":\"}\"}] and [Called g with args: {}] end"}
            """;
        var tools = ""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]""";
        Show(Answer(Chat("""[{"role":"user","content":"hi"}]""", tools), Lines)).ShouldStartWith("Text Now [Called f");
        var answer = Answer(Chat("""[{"role":"user","content":"hi"}]""", tools, new CodeWhispererOptions { ReadsCallsInText = true }), Lines);
        answer.Blocks.OfType<ToolCallBlock>().ShouldHaveSingleItem().Arguments.Text.ToString().ShouldBe("""{"a":"}"}""");
        string.Concat(answer.Blocks.OfType<TextBlock>().Select(static text => text.Text.ToString())).ShouldBe("Now  and [Called g with args: {}] end");
        answer.Finish.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    [Fact]
    public void Web_links_are_sources_of_the_text()
    {
        var text = Answer(Plain(), """
            assistantResponseEvent {"content":"A"}
            supplementaryWebLinksEvent {"supplementaryWebLinks":[{"url":"https://a.example","title":"T","snippet":"S"}]}
            citationEvent {"target":{},"citationText":"x","citationLink":"https://b.example"}
            """).Blocks.ShouldHaveSingleItem().ShouldBeOfType<TextBlock>();
        text.Citations!.Select(static citation => citation.Url).ShouldBe(["https://a.example", "https://b.example"]);
    }

    [Fact]
    public void An_answer_that_is_no_stream_is_an_error_or_an_event()
    {
        var log = new EventLog();
        CodeWhispererUpstream.Instance.ReadAnswer("""{"message":"Too many requests, please wait before trying again.","reason":"SERVICE_REQUEST_RATE_EXCEEDED","__type":"ThrottlingException"}"""u8.ToArray(), Plain(), log);
        log.Error!.Kind.ShouldBe(ErrorKind.RateLimit);
        log = new EventLog();
        CodeWhispererUpstream.Instance.ReadAnswer("""{"assistantResponseEvent":{"content":"A"}}"""u8.ToArray(), Plain(), log);
        log.Finish!.Reason.ShouldBe(FinishReason.Stop);
    }
}

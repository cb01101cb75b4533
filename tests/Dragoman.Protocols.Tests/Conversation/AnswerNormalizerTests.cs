using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Conversation.AnswerEvent;

namespace Dragoman.Protocols.Tests.Conversation;

public class AnswerNormalizerTests
{
    private readonly TranslationContext _exchange = new(new ConversationRequest { Source = Protocol.OpenAiChat }, new UpstreamModel("m")) { AnswerId = "0123456789abcdef0123456789" };
    private readonly EventLog _log = new();

    [Fact]
    public void Missing_openings_are_made_up_and_blocks_get_dense_numbers()
    {
        Run(ReasoningDelta(7, T("hm")), TextDelta(7, T("a")), TextDelta(7, T("b")), ToolArgumentsDelta(9, T("{}")), End());
        Blocks().ShouldBe(["0 Reasoning:hm", "1 Text:ab", "2 ToolCall:{}"]);
        _log.Lines[0].ShouldStartWith("Started");
        _log.Finish!.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    [Fact]
    public void Empty_blocks_and_empty_deltas_are_not_shown()
    {
        Run(BlockStarted(0, BlockStart.Text), TextDelta(0, default), BlockEnded(0), BlockStarted(1, BlockStart.Reasoning), BlockEnded(1), TextDelta(2, T("x")), End());
        Blocks().ShouldBe(["0 Text:x"]);
    }

    [Fact]
    public void Repeated_starts_are_passed_over()
    {
        Run(Started(new AnswerStart { Id = "a" }), Started(new AnswerStart { Id = "b" }), BlockStarted(0, Call("c1", "f")), BlockStarted(0, Call("c1", "f")), ToolArgumentsDelta(0, T("{}")), End());
        _log.Lines.Count(line => line.StartsWith("Started", StringComparison.Ordinal)).ShouldBe(1);
        Blocks().ShouldBe(["0 ToolCall c1 f:{}"]);
    }

    [Fact]
    public void Interleaved_calls_come_out_one_after_the_other_without_loss()
    {
        Run(
            BlockStarted(1, Call("a", "f")), BlockStarted(2, Call("b", "g")),
            ToolArgumentsDelta(2, T("{\"y\":")), ToolArgumentsDelta(1, T("{\"x\":")), TextDelta(3, T("meanwhile")),
            ToolArgumentsDelta(2, T("2}")), ToolArgumentsDelta(1, T("1}")), BlockEnded(1), BlockEnded(2), BlockEnded(3), End());
        Blocks().ShouldBe(["0 ToolCall a f:{\"x\":1}", "1 ToolCall b g:{\"y\":2}", "2 Text:meanwhile"]);
    }

    [Fact]
    public void A_text_block_opened_before_a_call_and_filled_during_it_does_not_cut_the_call_off()
    {
        Run(BlockStarted(0, BlockStart.Text), BlockStarted(1, Call("a", "f")), ToolArgumentsDelta(1, T("{\"x\":")), TextDelta(0, T("late")), ToolArgumentsDelta(1, T("1}")), TextDelta(0, T("r")), End());
        Blocks().ShouldBe(["0 ToolCall a f:{\"x\":1}", "1 Text:later"]);
    }

    [Fact]
    public void Late_text_goes_on_in_a_new_block()
    {
        Run(TextDelta(0, T("a")), BlockStarted(1, Call("c", "f")), ToolArgumentsDelta(1, T("{}")), TextDelta(0, T("b")), End());
        Blocks().ShouldBe(["0 Text:a", "1 ToolCall c f:{}", "2 Text:b"]);
    }

    [Fact]
    public void Late_text_during_an_open_call_waits_for_it()
    {
        Run(TextDelta(0, T("a")), BlockStarted(1, Call("c", "f")), ToolArgumentsDelta(1, T("{")), TextDelta(0, T("b")), ToolArgumentsDelta(1, T("}")), End());
        Blocks().ShouldBe(["0 Text:a", "1 ToolCall c f:{}", "2 Text:b"]);
    }

    [Fact]
    public void A_call_without_arguments_does_not_swallow_what_waits_behind_it()
    {
        Run(BlockStarted(0, Call("a", "f")), BlockStarted(1, Call("b", "g")), ToolArgumentsDelta(1, T("{}")), TextDelta(2, T("t")), End());
        Blocks().ShouldBe(["0 ToolCall a f:", "1 ToolCall b g:{}", "2 Text:t"]);
    }

    [Fact]
    public void Empty_and_repeated_ids_become_distinct()
    {
        Run(BlockStarted(0, Call("", "f")), BlockEnded(0), BlockStarted(1, Call("", "f")), BlockEnded(1), BlockStarted(2, Call("x", "f")), BlockEnded(2), BlockStarted(3, Call("x", "f")), BlockEnded(3), End());
        var ids = _log.Lines.Where(line => line.StartsWith("BlockStarted", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();
        ids.Count.ShouldBe(4);
        ids.Distinct().Count().ShouldBe(4);
        ids.ShouldContain("x");
        ids.ShouldAllBe(id => id.Length > 0);
    }

    [Fact]
    public void An_upstream_that_stops_dead_has_failed()
    {
        var normalizer = new AnswerNormalizer(_exchange, _log);
        normalizer.Write(TextDelta(0, T("half")));
        normalizer.Complete();
        normalizer.Write(End());
        _log.Error!.Code.ShouldBe("upstream_stream_ended");
        _log.Finish.ShouldBeNull();
        normalizer.Error.ShouldNotBeNull();
    }

    [Fact]
    public void Nothing_follows_the_end()
    {
        Run(TextDelta(0, T("a")), End(), TextDelta(0, T("b")), Failed(new WireError(ErrorKind.Api, "late")));
        Blocks().ShouldBe(["0 Text:a"]);
        _log.Error.ShouldBeNull();
        _log.Lines[^1].ShouldStartWith("Finished");
    }

    [Theory]
    [InlineData(FinishReason.ToolCalls, false, FinishReason.Stop)]
    [InlineData(FinishReason.Stop, true, FinishReason.ToolCalls)]
    [InlineData(FinishReason.Length, true, FinishReason.Length)]
    public void The_reason_agrees_with_what_was_said(FinishReason reason, bool call, FinishReason expected)
    {
        if (call) Run(BlockStarted(0, Call("a", "f")), Finished(new Finish(reason)));
        else Run(TextDelta(0, T("a")), Finished(new Finish(reason)));
        _log.Finish!.Reason.ShouldBe(expected);
    }

    [Fact]
    public void Usage_is_told_as_a_whole()
    {
        Run(UsageChanged(new TokenUsage { InputTokens = 5 }), UsageChanged(new TokenUsage { OutputTokens = 2 }), End());
        _log.Usage.ShouldBe(new TokenUsage { InputTokens = 5, OutputTokens = 2 });
    }

    [Fact]
    public void Changed_names_come_back_and_custom_tools_are_unwrapped_at_every_tear()
    {
        const string arguments = "{\"input\":\"*** \\\"a\\\"\\n\\ud83d\\ude00é\"}";
        for (var size = 1; size <= arguments.Length; size++)
        {
            var exchange = new TranslationContext(_exchange.Request, _exchange.Model);
            var upstream = exchange.Tools.Upstream("apply patch", char.IsAsciiLetter, 64);
            exchange.Tools.Wrap("apply patch");
            var folder = new AnswerAggregator();
            var normalizer = new AnswerNormalizer(exchange, folder);
            normalizer.Write(BlockStarted(0, Call("c", upstream)));
            foreach (var piece in arguments.Chunk(size)) normalizer.Write(ToolArgumentsDelta(0, T(new string(piece))));
            normalizer.Write(End());
            var call = folder.Answer.Blocks.ShouldHaveSingleItem().ShouldBeOfType<ToolCallBlock>();
            call.Name.ShouldBe("apply patch");
            call.IsCustom.ShouldBeTrue();
            call.Arguments.ToString().ShouldBe("*** \"a\"\n😀é");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folded_custom_call_that_was_cut_off_keeps_its_own_bytes(bool borrow)
    {
        _exchange.Tools.Wrap("p");
        var folder = new AnswerAggregator(borrow);
        var normalizer = new AnswerNormalizer(_exchange, folder);
        normalizer.Write(BlockStarted(0, Call("c", "p")));
        normalizer.Write(ToolArgumentsDelta(0, T("{\"input\":\"abc")));
        normalizer.Write(ToolArgumentsDelta(0, T("def\\")));
        normalizer.Write(End());
        // Whoever rents next must not write over the answer.
        using var buffer = new PooledBuffer(256);
        buffer.GetSpan(256).Fill((byte)'!');
        ((ToolCallBlock)folder.Answer.Blocks[0]).Arguments.ToString().ShouldBe("abcdef");
    }

    [Fact]
    public void Folding_joins_pieces_of_every_form()
    {
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(_exchange, folder);
        var borrowed = "a\\\""u8.ToArray();
        normalizer.Write(TextDelta(0, JsonText.FromEscaped(borrowed)));
        Array.Clear(borrowed);
        normalizer.Write(TextDelta(0, T("\n\"é")));
        normalizer.Write(TextDelta(0, JsonText.FromUtf8("\\z"u8.ToArray())));
        normalizer.Write(CitationAdded(0, new Citation { Url = "u" }));
        normalizer.Write(ReasoningDelta(1, T("why")));
        normalizer.Write(SignatureDelta(1, T("s1")));
        normalizer.Write(SignatureDelta(1, T("s2")));
        normalizer.Write(End());
        var text = folder.Answer.Blocks[0].ShouldBeOfType<TextBlock>();
        text.Text.ToString().ShouldBe("a\"\n\"é\\z");
        text.Citations!.ShouldHaveSingleItem().Url.ShouldBe("u");
        var reasoning = folder.Answer.Blocks[1].ShouldBeOfType<ReasoningBlock>();
        reasoning.Text.ToString().ShouldBe("why");
        reasoning.Signature.ToString().ShouldBe("s1s2");
    }

    [Fact]
    public void Any_order_of_events_comes_out_well_formed_and_whole()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var log = new EventLog();
            var normalizer = new AnswerNormalizer(_exchange, log);
            var calls = Enumerable.Range(0, random.Next(1, 5)).ToDictionary(i => i, i => new Queue<string>(["{\"k", $"\":{i}", "}"]));
            var texts = 0;
            foreach (var i in calls.Keys) if (random.Next(4) > 0) normalizer.Write(BlockStarted(i, Call($"c{i}", "f")));
            while (calls.Values.Any(queue => queue.Count > 0))
            {
                var pick = random.Next(calls.Count);
                if (random.Next(5) == 0) normalizer.Write(TextDelta(100 + random.Next(2), T($"t{texts++};")));
                if (calls[pick].TryDequeue(out var piece)) normalizer.Write(ToolArgumentsDelta(pick, T(piece)));
            }

            normalizer.Write(End());
            var blocks = Blocks(log);
            for (var i = 0; i < calls.Count; i++) blocks.Count(block => block.EndsWith($":{{\"k\":{i}}}", StringComparison.Ordinal)).ShouldBe(1, $"seed {seed}");
            var text = string.Concat(blocks.Where(block => block.Contains(" Text:")).Select(block => block[(block.IndexOf(':') + 1)..]));
            for (var i = 0; i < texts; i++) text.ShouldContain($"t{i};", customMessage: $"seed {seed}");
        }
    }

    private static JsonText T(string text) => JsonText.From(text);

    private static BlockStart Call(string id, string name) => new() { Kind = AnswerBlockKind.ToolCall, Id = id, Name = name };

    private static AnswerEvent End() => Finished(new Finish(FinishReason.Stop));

    private void Run(params AnswerEvent[] events)
    {
        var normalizer = new AnswerNormalizer(_exchange, _log);
        foreach (var item in events) normalizer.Write(item);
        normalizer.Complete();
    }

    private List<string> Blocks() => Blocks(_log);

    /// <summary>The blocks with their contents; fails where a block opens inside another, or a delta falls outside its block.</summary>
    private static List<string> Blocks(EventLog log)
    {
        var blocks = new List<string>();
        StringBuilder? open = null;
        foreach (var line in log.Lines)
        {
            var body = line[(line.IndexOf('(') + 1)..^1];
            var parts = body.Split(", ", 2);
            if (line.StartsWith("BlockStarted", StringComparison.Ordinal))
            {
                open.ShouldBeNull();
                parts[0].ShouldBe($"{blocks.Count}");
                var made = parts[1].TrimEnd();
                open = new StringBuilder($"{parts[0]} {(made.Contains("call_", StringComparison.Ordinal) ? "ToolCall" : made)}:");
            }
            else if (line.StartsWith("BlockEnded", StringComparison.Ordinal))
            {
                blocks.Add(open.ShouldNotBeNull().ToString());
                open = null;
            }
            else if (line.Contains("Delta(", StringComparison.Ordinal))
            {
                parts[0].ShouldBe($"{blocks.Count}");
                open.ShouldNotBeNull().Append(parts[1]);
            }
        }

        open.ShouldBeNull();
        return blocks;
    }
}

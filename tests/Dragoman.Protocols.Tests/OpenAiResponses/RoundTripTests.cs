using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiResponses.ResponsesTesting;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

/// <summary>What our client half writes, our upstream half reads back: whole, without its deltas, or from its last event alone.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Random_answers_come_back_from_their_stream_and_from_every_thinned_out_form_of_it()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var events = RandomAnswer(new Random(seed));
            var expected = Describe(Fold(events));
            var sse = Stream(Plain(), [.. events]);
            CheckStream(sse);
            Describe(Back(sse, seed % 17 + 1)).ShouldBe(expected, $"seed {seed}");
            Describe(Back(Without(sse, ".delta"), 1000)).ShouldBe(expected, $"seed {seed}, no deltas");
            Describe(Back(Without(sse, ".added"), 1000)).ShouldBe(expected, $"seed {seed}, no openings");
            Describe(Back(Without(sse, ".delta", ".added", "_text.done", "refusal.done", "part.done", "arguments.done", "input.done"), 1000)).ShouldBe(expected, $"seed {seed}, items only");
            Describe(Back(Without(sse, ".delta", ".added", "_text.done", "refusal.done", "part.done", "arguments.done", "input.done", "item.done"), 1000)).ShouldBe(expected, $"seed {seed}, last event only");
            Describe(Read(Whole(Plain(), [.. events]).GetRawText(), Plain())).ShouldBe(expected, $"seed {seed}, whole");
        }
    }

    private static List<AnswerEvent> RandomAnswer(Random random)
    {
        var events = new List<AnswerEvent> { AnswerEvent.Started(new() { Id = "resp_x" }) };
        var count = random.Next(1, 7);
        for (var block = 0; block < count; block++)
        {
            switch (random.Next(5))
            {
                case 0:
                    events.Add(AnswerEvent.BlockStarted(block, new() { Kind = AnswerBlockKind.Reasoning, IsSummary = true }));
                    Pieces(random, text => events.Add(AnswerEvent.ReasoningDelta(block, text)));
                    if (random.Next(2) == 0) events.Add(AnswerEvent.SignatureDelta(block, JsonText.From("gAAA" + block)));
                    break;
                case 1:
                    var custom = random.Next(2) == 0;
                    events.Add(AnswerEvent.BlockStarted(block, new() { Kind = AnswerBlockKind.ToolCall, Id = $"call_{block}", Name = "f", IsCustom = custom }));
                    if (custom) Pieces(random, text => events.Add(AnswerEvent.ToolArgumentsDelta(block, text)));
                    else foreach (var letter in "{\"a\\u00e9\": [1, \"}\"]}".Chunk(random.Next(1, 5))) events.Add(AnswerEvent.ToolArgumentsDelta(block, JsonText.From(new string(letter))));
                    break;
                case 2:
                    events.Add(AnswerEvent.BlockStarted(block, BlockStart.Refusal));
                    Pieces(random, text => events.Add(AnswerEvent.TextDelta(block, text)));
                    break;
                default:
                    events.Add(AnswerEvent.BlockStarted(block, new() { Kind = AnswerBlockKind.Text, Phase = random.Next(3) == 0 ? "commentary" : null }));
                    Pieces(random, text => events.Add(AnswerEvent.TextDelta(block, text)));
                    if (random.Next(3) == 0) events.Add(AnswerEvent.CitationAdded(block, new() { Url = "https://a/\"b\"", Title = "T", Start = 0, End = 2 }));
                    break;
            }

            events.Add(AnswerEvent.BlockEnded(block));
        }

        events.Add(AnswerEvent.UsageChanged(new() { InputTokens = random.Next(1000), OutputTokens = random.Next(1000) }));
        events.Add(AnswerEvent.Finished(new(random.Next(4) == 0 ? FinishReason.Length : FinishReason.Stop)));
        return events;
    }

    private static void Pieces(Random random, Action<JsonText> tell)
    {
        string[] pieces = ["word ", "\"quoted\"", "\\", "\n\n", "é", "😀", "</tag>", "\u2028", "data: x"];
        for (var count = random.Next(1, 8); count > 0; count--) tell(JsonText.From(pieces[random.Next(pieces.Length)]));
    }

    private static Answer Fold(List<AnswerEvent> events)
    {
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(Plain(), folder);
        foreach (var answerEvent in events) normalizer.Write(answerEvent);
        return folder.Answer;
    }

    private static Answer Back(string sse, int pieceSize)
    {
        var folder = new AnswerAggregator();
        Replay.Stream(Upstream, Plain(), folder, Encoding.UTF8.GetBytes(sse), pieceSize);
        return folder.Answer;
    }

    private static string Without(string sse, params string[] endings)
        => string.Concat(sse.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(frame => !endings.Any(ending => frame.Split('\n')[0].EndsWith(ending, StringComparison.Ordinal)))
            .Select(frame => frame + "\n\n"));
}

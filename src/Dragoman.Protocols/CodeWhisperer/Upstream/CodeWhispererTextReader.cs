using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tokens;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Tells the words of an answer: text with reasoning in tags taken apart, stop sequences and small output limits obeyed here, since the service knows
/// neither, and every word counted for the case that the service does not say what the answer cost.
/// </summary>
internal sealed class CodeWhispererTextReader
{
    /// <summary>A larger limit is left to the service's own; counting cannot meet it well enough.</summary>
    public const int LargestCountedLimit = 1000;

    private readonly IAnswerSink _sink;
    private readonly CodeWhispererThinkTags _tags;
    private readonly CodeWhispererStops _stops;
    private readonly ArrayBufferWriter<byte> _scratch = new();
    private readonly long _limit;
    private int _next;
    private int _text = -1;
    private int _reasoning = -1;

    public CodeWhispererTextReader(TranslationContext exchange, IAnswerSink sink)
    {
        _sink = sink;
        _tags = new CodeWhispererThinkTags(CodeWhispererThinking.IsWanted(exchange.Request), Think, Say);
        _stops = new CodeWhispererStops(exchange.Request.StopSequences);
        _limit = exchange.Request.MaxOutputTokens is > 0 and < LargestCountedLimit and { } limit ? limit : long.MaxValue;
    }

    /// <summary>The tokens told so far, counted here.</summary>
    public long Tokens { get; private set; }

    /// <summary>Whether any text was told.</summary>
    public bool HasText { get; private set; }

    /// <summary>Whether any reasoning was told.</summary>
    public bool HasReasoning { get; private set; }

    /// <summary>Why nothing more may be told: a stop sequence came up, or the client's limit is reached; null while it may.</summary>
    public Finish? End { get; private set; }

    /// <summary>A number for a block.</summary>
    public int NextBlock() => _next++;

    /// <summary>Takes text.</summary>
    public void Text(JsonText text)
    {
        if (End is null && !text.IsEmpty) _tags.Take(text);
    }

    /// <summary>Takes reasoning that came under its own name.</summary>
    public void Reasoning(JsonText text)
    {
        if (End is null && !text.IsEmpty) Think(text);
    }

    /// <summary>Takes the signature of the reasoning.</summary>
    public void Signature(JsonText signature)
    {
        if (End is not null || signature.IsEmpty) return;
        _sink.Write(AnswerEvent.SignatureDelta(ReasoningBlock(), signature));
    }

    /// <summary>Takes reasoning that nobody can read.</summary>
    public void Redacted(JsonText data)
    {
        if (End is not null || data.IsEmpty) return;
        CloseBlocks();
        HasReasoning = true;
        var block = _next++;
        _sink.Write(AnswerEvent.BlockStarted(block, new BlockStart { Kind = AnswerBlockKind.Reasoning, IsRedacted = true }));
        _sink.Write(AnswerEvent.SignatureDelta(block, data));
        _sink.Write(AnswerEvent.BlockEnded(block));
    }

    /// <summary>Adds a source to the text that was told last; without one there is nothing that it could be the source of.</summary>
    public void Cite(Citation citation)
    {
        if (End is null && _text >= 0) _sink.Write(AnswerEvent.CitationAdded(_text, citation));
    }

    /// <summary>Something other than words comes: what is held back is told, and the open blocks end.</summary>
    public void Pause()
    {
        _tags.Flush();
        if (End is null && _stops.Any) Emit(_stops.Rest());
        CloseBlocks();
    }

    /// <summary>Counts words that others tell.</summary>
    public void Count(JsonText text)
    {
        if (text.IsEmpty) return;
        _scratch.ResetWrittenCount();
        text.AppendUtf8(_scratch);
        Tokens += TokenEstimator.Count(_scratch.WrittenSpan);
    }

    private void Think(JsonText text)
    {
        if (End is not null || !Fits(text)) return;
        HasReasoning = true;
        _sink.Write(AnswerEvent.ReasoningDelta(ReasoningBlock(), text));
    }

    private void Say(JsonText text)
    {
        if (End is not null) return;
        if (!_stops.Any)
        {
            Emit(text);
            return;
        }

        Emit(_stops.Take(text));
        if (_stops.Found is { } word && End is null) End = new Finish(FinishReason.StopSequence) { StopSequence = word };
    }

    private void Emit(JsonText text)
    {
        if (text.IsEmpty || !Fits(text)) return;
        HasText = true;
        _sink.Write(AnswerEvent.TextDelta(TextBlock(), text));
    }

    /// <summary>Counts the words; those that would pass the client's limit are not told any more, unless they are the first.</summary>
    private bool Fits(JsonText text)
    {
        var before = Tokens;
        Count(text);
        if (Tokens <= _limit) return true;
        End = new Finish(FinishReason.Length);
        if (before == 0) return true;
        Tokens = before;
        return false;
    }

    private int TextBlock()
    {
        if (_text >= 0) return _text;
        CloseBlocks();
        _text = _next++;
        _sink.Write(AnswerEvent.BlockStarted(_text, BlockStart.Text));
        return _text;
    }

    private int ReasoningBlock()
    {
        if (_reasoning >= 0) return _reasoning;
        CloseBlocks();
        _reasoning = _next++;
        _sink.Write(AnswerEvent.BlockStarted(_reasoning, BlockStart.Reasoning));
        return _reasoning;
    }

    private void CloseBlocks()
    {
        if (_text >= 0) _sink.Write(AnswerEvent.BlockEnded(_text));
        if (_reasoning >= 0) _sink.Write(AnswerEvent.BlockEnded(_reasoning));
        _text = _reasoning = -1;
    }
}

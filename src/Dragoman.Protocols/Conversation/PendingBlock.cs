using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>One block on its way through <see cref="AnswerNormalizer"/>.</summary>
internal sealed class PendingBlock(BlockStart opening)
{
    private List<AnswerEvent>? _held;
    private JsonProgress _progress;

    public BlockStart Opening { get; } = opening;

    /// <summary>The number behind the normaliser; −1 until the block is shown.</summary>
    public int Number { get; set; } = -1;

    public bool Ended { get; set; }

    public WrappedInput? Unwrap { get; set; }

    /// <summary>The beginning of a function's arguments, which may come to nothing; null for blocks that have none.</summary>
    public ArgumentsHead? Head { get; set; }

    /// <summary>Keeps streamed signs whole; made when the first one is cut.</summary>
    public SurrogateJoin? Halves { get; set; }

    public bool HoldsAnything => _held is { Count: > 0 };

    /// <summary>Whether a tool call's arguments are whole: the upstream said so, or their JSON has closed.</summary>
    public bool ArgumentsComplete => Ended || (!(Opening.IsCustom && Unwrap is null) && _progress.IsComplete);

    /// <summary>Whether a tool call's arguments break off in the middle.</summary>
    public bool IsTorn => Opening.Kind == AnswerBlockKind.ToolCall && !(Opening.IsCustom && Unwrap is null) && _progress.IsOpen;

    public bool OpensAtOnce => Opening.Kind is AnswerBlockKind.ToolCall or AnswerBlockKind.Whole || !Opening.PartSignature.IsEmpty;

    public void Hold(in AnswerEvent delta) => (_held ??= []).Add(delta.Detach());

    public List<AnswerEvent> TakeHeld()
    {
        var held = _held ?? [];
        _held = null;
        return held;
    }

    public void Track(JsonText text)
    {
        if (!_progress.IsComplete) text.AddTo(ref _progress);
    }

    /// <summary>A piece of the block's content as the event of its kind.</summary>
    public AnswerEvent DeltaOf(JsonText text) => Opening.Kind switch
    {
        AnswerBlockKind.ToolCall => AnswerEvent.ToolArgumentsDelta(Number, text),
        AnswerBlockKind.Reasoning => AnswerEvent.ReasoningDelta(Number, text),
        _ => AnswerEvent.TextDelta(Number, text),
    };
}

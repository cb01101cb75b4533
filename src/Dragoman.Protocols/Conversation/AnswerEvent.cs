using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>What an <see cref="AnswerEvent"/> says.</summary>
public enum AnswerEventKind : byte
{
    /// <summary>The answer begins: <see cref="AnswerEvent.Start"/>.</summary>
    Started,

    /// <summary>A block opens: <see cref="AnswerEvent.Opening"/>.</summary>
    BlockStarted,

    /// <summary>More text of a text or refusal block.</summary>
    TextDelta,

    /// <summary>More readable reasoning of a reasoning block.</summary>
    ReasoningDelta,

    /// <summary>The signature (or encrypted content) of a reasoning block, or a piece of it.</summary>
    SignatureDelta,

    /// <summary>More arguments (or, for a custom tool, more free text) of a tool call.</summary>
    ToolArgumentsDelta,

    /// <summary>A source of the text block: <see cref="AnswerEvent.Citation"/>.</summary>
    CitationAdded,

    /// <summary>A block closes.</summary>
    BlockEnded,

    /// <summary>Usage became known or better known: <see cref="AnswerEvent.Usage"/>.</summary>
    UsageChanged,

    /// <summary>The upstream shows that it is alive.</summary>
    Ping,

    /// <summary>The answer is over: <see cref="AnswerEvent.Finish"/>.</summary>
    Finished,

    /// <summary>The answer was interrupted: <see cref="AnswerEvent.Error"/>.</summary>
    Failed,
}

/// <summary>How an answer begins.</summary>
public sealed class AnswerStart
{
    /// <summary>The upstream's id of the answer, or null.</summary>
    public string? Id { get; init; }

    /// <summary>The model as the upstream names it, or null.</summary>
    public string? Model { get; init; }

    /// <summary>The service tier that answers, or null.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Chat's <c>system_fingerprint</c>, or null.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>
    /// What the upstream already says of the cost (Anthropic's <c>message_start</c>), or null. Readers tell it as
    /// <see cref="AnswerEventKind.UsageChanged"/> too; here it serves writers whose own start must carry it.
    /// </summary>
    public TokenUsage? Usage { get; init; }
}

/// <summary>The sorts of block an answer has.</summary>
public enum AnswerBlockKind : byte
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A refusal's words.</summary>
    Refusal,

    /// <summary>Reasoning.</summary>
    Reasoning,

    /// <summary>A call of the client's tool.</summary>
    ToolCall,

    /// <summary>A block that comes whole, in <see cref="BlockStart.Whole"/>: image, sound, hosted tool call or result, opaque.</summary>
    Whole,
}

/// <summary>How a block opens.</summary>
public sealed class BlockStart
{
    /// <summary>What sort of block.</summary>
    public AnswerBlockKind Kind { get; init; }

    /// <summary>A tool call's id; empty where the upstream gives none (the normaliser then makes one).</summary>
    public string Id { get; init; } = "";

    /// <summary>A tool call's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether the tool call is to a custom (free text) tool.</summary>
    public bool IsCustom { get; init; }

    /// <summary>Whether a reasoning block's text is a summary.</summary>
    public bool IsSummary { get; init; }

    /// <summary>Whether a reasoning block is redacted: no text comes, only a signature.</summary>
    public bool IsRedacted { get; init; }

    /// <summary>Responses' item phase (<c>commentary</c>, <c>final_answer</c>), or null.</summary>
    public string? Phase { get; init; }

    /// <summary>The block itself where it comes whole, else null.</summary>
    public Block? Whole { get; init; }

    /// <summary>An opaque token on the block itself (see <see cref="Block.PartSignature"/>); detached from any buffer.</summary>
    public JsonText PartSignature { get; init; }

    /// <summary>A text block.</summary>
    public static BlockStart Text { get; } = new() { Kind = AnswerBlockKind.Text };

    /// <summary>A refusal block.</summary>
    public static BlockStart Refusal { get; } = new() { Kind = AnswerBlockKind.Refusal };

    /// <summary>A reasoning block with the reasoning itself.</summary>
    public static BlockStart Reasoning { get; } = new() { Kind = AnswerBlockKind.Reasoning };
}

/// <summary>
/// One step of an answer. Readers of upstream protocols make them, writers of client protocols consume them; the text in one borrows the
/// reader's frame and is valid only during the call it is passed in.
/// </summary>
/// <remarks>
/// <see cref="Block"/> is the reader's own number of the block: any number, the same from opening to end, never used for another block
/// in the answer. What reaches a writer has passed <see cref="AnswerNormalizer"/>: one start, blocks one after the other with dense
/// numbers from 0, every delta inside its open block, usage before the end, one end.
/// </remarks>
public readonly struct AnswerEvent
{
    private static readonly object Torn = new();
    private readonly object? _detail;

    private AnswerEvent(AnswerEventKind kind, int block = 0, JsonText text = default, object? detail = null)
    {
        Kind = kind;
        Block = block;
        Text = text;
        _detail = detail;
    }

    /// <summary>What the event says.</summary>
    public AnswerEventKind Kind { get; }

    /// <summary>Which block it concerns.</summary>
    public int Block { get; }

    /// <summary>The text of a delta.</summary>
    public JsonText Text { get; }

    /// <summary>For <see cref="AnswerEventKind.BlockEnded"/>: whether the block is a tool call whose arguments break off in the middle.</summary>
    public bool IsTorn => ReferenceEquals(_detail, Torn);

    /// <summary>For <see cref="AnswerEventKind.Started"/>.</summary>
    public AnswerStart Start => (AnswerStart)_detail!;

    /// <summary>For <see cref="AnswerEventKind.BlockStarted"/>.</summary>
    public BlockStart Opening => (BlockStart)_detail!;

    /// <summary>For <see cref="AnswerEventKind.CitationAdded"/>.</summary>
    public Citation Citation => (Citation)_detail!;

    /// <summary>For <see cref="AnswerEventKind.UsageChanged"/>.</summary>
    public TokenUsage Usage => (TokenUsage)_detail!;

    /// <summary>For <see cref="AnswerEventKind.Finished"/>.</summary>
    public Finish Finish => (Finish)_detail!;

    /// <summary>For <see cref="AnswerEventKind.Failed"/>.</summary>
    public WireError Error => (WireError)_detail!;

    /// <summary>The answer begins.</summary>
    public static AnswerEvent Started(AnswerStart start) => new(AnswerEventKind.Started, detail: start);

    /// <summary>A block opens.</summary>
    public static AnswerEvent BlockStarted(int block, BlockStart opening) => new(AnswerEventKind.BlockStarted, block, detail: opening);

    /// <summary>More text.</summary>
    public static AnswerEvent TextDelta(int block, JsonText text) => new(AnswerEventKind.TextDelta, block, text);

    /// <summary>More readable reasoning.</summary>
    public static AnswerEvent ReasoningDelta(int block, JsonText text) => new(AnswerEventKind.ReasoningDelta, block, text);

    /// <summary>A signature or a piece of it.</summary>
    public static AnswerEvent SignatureDelta(int block, JsonText text) => new(AnswerEventKind.SignatureDelta, block, text);

    /// <summary>More arguments.</summary>
    public static AnswerEvent ToolArgumentsDelta(int block, JsonText text) => new(AnswerEventKind.ToolArgumentsDelta, block, text);

    /// <summary>A source.</summary>
    public static AnswerEvent CitationAdded(int block, Citation citation) => new(AnswerEventKind.CitationAdded, block, detail: citation);

    /// <summary>A block closes.</summary>
    public static AnswerEvent BlockEnded(int block) => new(AnswerEventKind.BlockEnded, block);

    /// <summary>A tool call closes whose arguments break off in the middle: it is no call that anybody may run.</summary>
    public static AnswerEvent CallTorn(int block) => new(AnswerEventKind.BlockEnded, block, detail: Torn);

    /// <summary>Usage is known.</summary>
    public static AnswerEvent UsageChanged(TokenUsage usage) => new(AnswerEventKind.UsageChanged, detail: usage);

    /// <summary>A sign of life.</summary>
    public static AnswerEvent Ping { get; } = new(AnswerEventKind.Ping);

    /// <summary>The answer is over.</summary>
    public static AnswerEvent Finished(Finish finish) => new(AnswerEventKind.Finished, detail: finish);

    /// <summary>The answer was interrupted.</summary>
    public static AnswerEvent Failed(WireError error) => new(AnswerEventKind.Failed, detail: error);

    /// <summary>The same event about the block of another number.</summary>
    public AnswerEvent ForBlock(int block) => new(Kind, block, Text, _detail);

    /// <summary>The same event with another text.</summary>
    internal AnswerEvent WithText(JsonText text) => new(Kind, Block, text, _detail);

    /// <summary>The same event with its text copied out of any buffer.</summary>
    public AnswerEvent Detach() => new(Kind, Block, Text.Detach(), _detail);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        AnswerEventKind.TextDelta or AnswerEventKind.ReasoningDelta or AnswerEventKind.SignatureDelta or AnswerEventKind.ToolArgumentsDelta
            => $"{Kind}({Block}, {Text})",
        AnswerEventKind.BlockStarted => $"{Kind}({Block}, {Opening.Kind} {Opening.Id} {Opening.Name})",
        AnswerEventKind.BlockEnded => $"{Kind}({Block})",
        _ => $"{Kind}({_detail})",
    };
}

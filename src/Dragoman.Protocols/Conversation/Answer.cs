namespace Dragoman.Protocols.Conversation;

/// <summary>A whole answer: the events of a stream, folded.</summary>
public sealed class Answer
{
    /// <summary>How it began.</summary>
    public AnswerStart Start { get; set; } = new();

    /// <summary>What was said, in order: text, refusal, reasoning, tool call, hosted and other blocks.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>What it cost.</summary>
    public TokenUsage Usage { get; set; } = new();

    /// <summary>Why it ended.</summary>
    public Finish Finish { get; set; } = new(FinishReason.Stop);

    /// <summary>Why it was interrupted, or null.</summary>
    public WireError? Error { get; set; }

    /// <summary>Responses' phase of each text block by its place in <see cref="Blocks"/>, or null.</summary>
    public Dictionary<int, string>? Phases { get; set; }
}

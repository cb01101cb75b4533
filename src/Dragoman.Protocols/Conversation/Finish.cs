namespace Dragoman.Protocols.Conversation;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model was done.</summary>
    Stop,

    /// <summary>A stop sequence came up.</summary>
    StopSequence,

    /// <summary>The output limit was reached.</summary>
    Length,

    /// <summary>The model calls tools and waits for their results.</summary>
    ToolCalls,

    /// <summary>The provider's filter cut the answer off.</summary>
    ContentFilter,

    /// <summary>The model refused.</summary>
    Refusal,

    /// <summary>The provider paused a long turn; the client shall send it back to go on (Anthropic's <c>pause_turn</c>).</summary>
    Pause,

    /// <summary>The context window is full (Anthropic's <c>model_context_window_exceeded</c>).</summary>
    ContextFull,

    /// <summary>The model made a tool call that could not be read (Gemini's <c>MALFORMED_FUNCTION_CALL</c>).</summary>
    MalformedToolCall,

    /// <summary>Something no protocol names.</summary>
    Other,

    /// <summary>The upstream gave up, and says so in place of a reason (Gemini's <c>OTHER</c>, <c>NO_IMAGE</c>): not the end that the model meant.</summary>
    Failed,
}

/// <summary>The end of an answer.</summary>
public sealed record Finish(FinishReason Reason)
{
    /// <summary>The stop sequence that came up, or null.</summary>
    public string? StopSequence { get; init; }

    /// <summary>The reason in the upstream's own word, or null.</summary>
    public string? Raw { get; init; }

    /// <summary>What the upstream says about it (Anthropic's <c>stop_details</c>, Gemini's <c>finishMessage</c>), or null.</summary>
    public string? Message { get; init; }

    /// <summary>Whether what was said may stand although the reason is one of a failure: the output could not be read to its end, and its words could.</summary>
    public bool KeepsText { get; init; }

    /// <summary>Whether the upstream says that the answer is no success: what was said until then is incomplete, and no call in it may be run.</summary>
    public bool IsFailure => Raw is not null && Reason is (FinishReason.MalformedToolCall or FinishReason.Failed);

    /// <summary>Whether a limit or a filter cut the answer off, and it says so: then a call in it may be torn, and its client knows.</summary>
    public bool IsCut => Reason is FinishReason.Length or FinishReason.ContextFull or FinishReason.ContentFilter or FinishReason.Refusal;

    /// <summary>The error that stands for such an end where the client's protocol has no word of its own for it.</summary>
    public WireError AsError() => new(ErrorKind.Api, Message is { Length: > 0 } text ? text : Reason == FinishReason.MalformedToolCall
        ? $"The model made a tool call that cannot be read ({Raw ?? "no reason was given"})."
        : $"The upstream ended the answer without completing it ({Raw ?? "no reason was given"}).")
    {
        Status = 502,
        Code = Raw?.ToLowerInvariant() ?? "upstream_answer_failed",
    };
}

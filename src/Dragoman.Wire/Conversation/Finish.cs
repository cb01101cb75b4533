namespace Dragoman.Wire.Conversation;

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

    /// <summary>Something no language names.</summary>
    Other,
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
}

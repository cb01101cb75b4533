namespace Dragoman.Protocols.Conversation;

/// <summary>Whether the model shall reason before it answers.</summary>
public enum ReasoningMode
{
    /// <summary>The client did not say; an effort or budget beside it still counts.</summary>
    Unspecified,

    /// <summary>Reasoning is switched off.</summary>
    Off,

    /// <summary>Reasoning is switched on.</summary>
    On,

    /// <summary>The model decides how much (Anthropic's <c>adaptive</c>, Gemini's budget −1).</summary>
    Adaptive,
}

/// <summary>How hard the model shall reason, in the words of any protocol, and what of it the client wants to see.</summary>
public sealed class ReasoningOptions
{
    /// <summary>On, off, adaptive or unsaid.</summary>
    public ReasoningMode Mode { get; set; }

    /// <summary><c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c> or <c>max</c>; null where the client gave no word for it.</summary>
    public string? Effort { get; set; }

    /// <summary>A budget in tokens, or null.</summary>
    public int? BudgetTokens { get; set; }

    /// <summary>Responses' <c>reasoning.summary</c>: <c>auto</c>, <c>concise</c>, <c>detailed</c>, or null.</summary>
    public string? Summary { get; set; }

    /// <summary>
    /// Whether readable reasoning shall come with the answer: Gemini's <c>includeThoughts</c>; Anthropic's <c>display</c> is false for
    /// <c>omitted</c> and true for <c>summarized</c>. Null where unsaid.
    /// </summary>
    public bool? Visible { get; set; }

    /// <summary>Whether encrypted reasoning shall come with the answer (Responses' <c>include: reasoning.encrypted_content</c>).</summary>
    public bool IncludeEncrypted { get; set; }
}

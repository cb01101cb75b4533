using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.CodeWhisperer.Shared;

/// <summary>Where the system text stands, for which the protocol has no place of its own.</summary>
public enum CodeWhispererSystemPlacement
{
    /// <summary>In a pair of messages of its own at the head of the history: a stable beginning that shortening never touches.</summary>
    Pair,

    /// <summary>Before the first words of the user.</summary>
    FirstMessage,
}

/// <summary>How a model is asked to reason.</summary>
public enum CodeWhispererReasoning
{
    /// <summary>By tags in the system text; the reasoning comes back in tags at the head of the text.</summary>
    Tags,

    /// <summary>By <c>thinking</c> and <c>output_config</c> in <c>additionalModelRequestFields</c>.</summary>
    Adaptive,

    /// <summary>By <c>reasoning.effort</c> in <c>additionalModelRequestFields</c>.</summary>
    Effort,

    /// <summary>Not at all; a wish for it is reported lost.</summary>
    None,
}

/// <summary>
/// What the provider knows of the account and of the model (the catalogue of <c>ListAvailableModels</c>) that the protocol has to say. Without it the
/// defaults are those of an account of which nothing is known.
/// </summary>
public sealed record CodeWhispererOptions : UpstreamOptions
{
    /// <summary>The efforts from the least to the most.</summary>
    internal static readonly string[] AllEfforts = ["minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>What is taken where nothing is known.</summary>
    public static CodeWhispererOptions Default { get; } = new();

    /// <summary>The account's profile, where it has one.</summary>
    public string? ProfileArn { get; init; }

    /// <summary>Which program asks: the same word in every message, and it has to fit the operation (<c>AI_EDITOR</c> for GenerateAssistantResponse).</summary>
    public string Origin { get; init; } = "AI_EDITOR";

    /// <summary>The kind of task: <c>vibe</c> or <c>spectask</c>.</summary>
    public string TaskType { get; init; } = "vibe";

    /// <summary>What tells the client's conversations apart, where the provider knows better than the gateway (<see cref="TranslationContext.ConversationKey"/>).</summary>
    public string? ConversationKey { get; init; }

    /// <summary>Where the system text stands.</summary>
    public CodeWhispererSystemPlacement SystemPlacement { get; init; }

    /// <summary>The most bytes of a body (about 615 KB are taken); a longer one loses its oldest messages. 0 for no limit.</summary>
    public int MaxBodyBytes { get; init; } = 600_000;

    /// <summary>How many messages of the history are sent at most, for another try after the service found the prompt too long; null for all.</summary>
    public int? MaxHistoryMessages { get; init; }

    /// <summary>What stands for the messages that are not sent, or null.</summary>
    public string? HistorySummary { get; init; }

    /// <summary>How the model is asked to reason.</summary>
    public CodeWhispererReasoning Reasoning { get; init; }

    /// <summary>The efforts that the model's schema lists; empty where it lists none.</summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];

    /// <summary>The model's context window in tokens (<c>tokenLimits.maxInputTokens</c>); null to judge by its name.</summary>
    public int? MaxInputTokens { get; init; }

    /// <summary>How many cache points a request to the model may have; 0 where it does not cache.</summary>
    public int CachePoints { get; init; }

    /// <summary>
    /// Whether the host says what an answer cost at its end (<c>meteringEvent</c> and the like), so that an answer without it was cut off. Old hosts do not.
    /// </summary>
    public bool EndIsMarked { get; init; }

    /// <summary>Whether tools named <c>Write</c> and <c>Edit</c> are described with the advice to write little at once, because long arguments are cut off.</summary>
    public bool AdvisesSmallWrites { get; init; }

    /// <summary>Whether calls that a model writes as text (<c>[Called name with args: {…}]</c>) are taken for calls.</summary>
    public bool ReadsCallsInText { get; init; }

    /// <summary>Whether a request that only searches the web goes to the service's search, because the chat operation refuses its tool.</summary>
    public bool SearchesWeb { get; init; }

    /// <summary>The calls that the service has cut off lately, kept by the provider across requests; null where nobody keeps them.</summary>
    public CodeWhispererCutCalls? CutCalls { get; init; }

    /// <summary>The options of an exchange.</summary>
    internal static CodeWhispererOptions Of(TranslationContext exchange) => exchange.Options as CodeWhispererOptions ?? Default;
}

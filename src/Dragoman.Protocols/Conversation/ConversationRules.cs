namespace Dragoman.Protocols.Conversation;

/// <summary>What an upstream's protocol demands of the order and shape of a conversation; see <see cref="ConversationPreparation"/>.</summary>
internal readonly record struct ConversationRules
{
    /// <summary>Whether the words of an assistant's turn must stand before its calls (Messages, Converse).</summary>
    public bool TextBeforeCalls { get; init; }

    /// <summary>Whether the upstream knows deferred tools, so that they are declared as such and references to them stay.</summary>
    public bool SupportsDeferredTools { get; init; }

    /// <summary>Whether results must stand in the order of their calls: where ids are not always sent (Gemini), and in Converse.</summary>
    public bool ResultsInCallOrder { get; init; }

    /// <summary>Whether system text may stand in a turn of its own in the middle of the conversation; else it becomes a reminder in the user's turn.</summary>
    public bool TakesSystemTurns { get; init; }

    /// <summary>Whether system text may stand as a block inside the user's turn (Anthropic's <c>mid_conv_system</c>); else it becomes a reminder.</summary>
    public bool TakesSystemBlocks { get; init; }
}

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Brings a request into the form that every upstream's protocol demands, once, before any writer sees it: each call is answered right
/// behind its turn, ids of calls are unique, and nothing answers a call that was not made. What one protocol demands beyond that stands in
/// <see cref="ConversationRules"/>. The client's request is never changed: what differs is copied, and a well-formed request is passed on as it is.
/// </summary>
internal static class ConversationPreparation
{
    /// <summary>What stands for a turn that had nothing in it, or of which nothing could be carried.</summary>
    public const string Empty = "(empty)";

    /// <summary>What stands for the user's first words where a conversation begins with the assistant's.</summary>
    public const string Continued = "(continued)";

    /// <summary>The request as the upstream shall get it. What had to be moved or made up is reported.</summary>
    public static ConversationRequest Apply(ConversationRequest request, in ConversationRules rules, Losses losses)
    {
        var turns = ToolPairing.Apply(request.Turns, rules.ResultsInCallOrder, losses);
        if (rules.TextBeforeCalls) turns = CallOrder.TextFirst(turns, losses);
        turns = SystemReminder.Apply(turns, rules, losses);
        if (!rules.SupportsDeferredTools) return DeferredTools.Apply(request, turns, losses);
        return ReferenceEquals(turns, request.Turns) ? request : request.With(turns, request.Tools);
    }
}

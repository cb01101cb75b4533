using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>What a provider knows of its backend that a request in Responses has to say.</summary>
public sealed record ResponsesOptions : UpstreamOptions
{
    /// <summary>
    /// Whether a request whose client names no cache gets a <c>prompt_cache_key</c> of its conversation (<see cref="TranslationContext.ConversationKey"/>), because the backend finds a cached prompt by
    /// it only.
    /// </summary>
    public bool NamesConversations { get; init; }
}

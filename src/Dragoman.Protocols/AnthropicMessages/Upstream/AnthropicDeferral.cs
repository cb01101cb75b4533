using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>
/// Which upstreams of this protocol know deferred tools (<c>defer_loading</c>, <c>tool_reference</c>): Claude at Anthropic, and on Bedrock where the
/// client asks for its beta; other models behind this protocol do not (platform.claude.com, "Tool search tool", "Custom tool search implementation").
/// </summary>
internal static class AnthropicDeferral
{
    /// <summary>Whether what the client deferred can be left to the upstream.</summary>
    public static bool IsKnown(TranslationContext exchange, AnthropicTarget target)
    {
        if (exchange.Model.EffectiveFamily != SignatureFamily.Claude) return false;
        if (target.IsBedrock) return target.SearchesTools;
        if (exchange.Request.Source == Protocol.AnthropicMessages) return true;
        // Another client's search is a function here, whose results refer to the tools it found; Anthropic's own search is not offered in its place.
        return AnthropicModelFacts.Get(exchange.Model).StructuredOutput && DeferredTools.SearchOf(exchange.Request, exchange.Request.Turns) is not null;
    }
}

using Dragoman.Wire.Conversation;
using Dragoman.Wire.Tokens;

namespace Dragoman.Gateway.Relay;

/// <summary>The local count of a prompt's tokens, where the upstream's own is not to be had in time.</summary>
internal static class TokenEstimate
{
    public static long Of(ConversationRequest request) => TokenEstimator.Count(request);
}

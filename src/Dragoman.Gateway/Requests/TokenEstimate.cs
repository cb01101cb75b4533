using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Tokens;

namespace Dragoman.Gateway.Requests;

/// <summary>The local count of a prompt's tokens, where the upstream's own is not to be had in time.</summary>
internal static class TokenEstimate
{
    public static long Compute(ConversationRequest request) => TokenEstimator.Count(request);
}

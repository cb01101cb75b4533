using Dragoman.Protocols.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>The ids that calls have upstream: an id longer than allowed is shortened, the same way in every turn. Knows the calls by their ids.</summary>
internal sealed class ResponsesCallIds
{
    private const int Longest = 64;
    private readonly Dictionary<string, ToolCallBlock> _calls = [];

    public ResponsesCallIds(ConversationRequest request)
    {
        foreach (var turn in request.Turns)
        {
            foreach (var block in turn.Blocks)
            {
                if (block is ToolCallBlock call) _calls[call.Id] = call;
            }
        }
    }

    /// <summary>The id upstream; the same for a call and its result.</summary>
    public static string Upstream(string id)
        => id.Length <= Longest ? id : $"{id[..(Longest - 17)]}_{TextDigest.Hex(id, 16)}";

    /// <summary>The call that a result answers, or null.</summary>
    public ToolCallBlock? CallOf(ToolResultBlock result) => _calls.GetValueOrDefault(result.CallId);
}

using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.OpenAiResponses;

/// <summary>
/// The ids that calls have upstream. An id longer than allowed is shortened, the same way in every turn; a call without one (old Gemini)
/// is numbered, and its result found by the tool's name.
/// </summary>
internal sealed class CallIds
{
    private const int Longest = 64;
    private readonly Dictionary<string, ToolCallBlock> _calls = [];
    private readonly HashSet<string> _results = [];
    private readonly List<(string Name, string Id)> _unanswered = [];
    private int _numbered;
    private int _namelessResults;
    private int _namelessCalls;

    public CallIds(ConversationRequest request)
    {
        foreach (var turn in request.Turns)
        {
            foreach (var block in turn.Blocks)
            {
                if (block is ToolCallBlock { Id.Length: > 0 } call) _calls[call.Id] = call;
                else if (block is ToolCallBlock) _namelessCalls++;
                else if (block is ToolResultBlock { CallId.Length: > 0 } result) _results.Add(result.CallId);
                else if (block is ToolResultBlock) _namelessResults++;
            }
        }
    }

    /// <summary>The id of a call.</summary>
    public string OfCall(ToolCallBlock call)
    {
        if (call.Id.Length > 0) return Shorten(call.Id);
        var id = $"call_{++_numbered}";
        _unanswered.Add((call.Name, id));
        return id;
    }

    /// <summary>The id that a result answers, or null when there is no such call.</summary>
    public string? OfResult(ToolResultBlock result)
    {
        if (result.CallId.Length > 0) return _calls.ContainsKey(result.CallId) ? Shorten(result.CallId) : null;
        var at = _unanswered.FindIndex(call => call.Name == result.Name);
        if (at < 0) at = _unanswered.Count > 0 ? 0 : -1;
        if (at < 0) return null;
        var id = _unanswered[at].Id;
        _unanswered.RemoveAt(at);
        return id;
    }

    /// <summary>The call that a result answers, or null.</summary>
    public ToolCallBlock? CallOf(ToolResultBlock result) => _calls.GetValueOrDefault(result.CallId);

    /// <summary>Whether a call is answered anywhere. Calls without ids are taken at their number.</summary>
    public bool IsAnswered(ToolCallBlock call)
        => call.Id.Length > 0 ? _results.Contains(call.Id) : _namelessResults >= _namelessCalls || _numbered <= _namelessResults;

    private static string Shorten(string id)
        => id.Length <= Longest ? id : $"{id[..(Longest - 17)]}_{OpenAiResponsesRequestWriter.Digest(id, 16)}";
}

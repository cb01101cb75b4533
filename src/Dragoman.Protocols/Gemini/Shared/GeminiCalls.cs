namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>
/// Gives the calls of a conversation ids where the client sent none, and finds the call that a result without an id answers: the first
/// unanswered one of that name. Ids come from the place in the conversation, so they are the same turn after turn.
/// </summary>
internal sealed class GeminiCalls
{
    private const string Prefix = "gemini_";
    private readonly List<(string Id, string Name)> _pending = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private bool _answered = true;

    /// <summary>Whether an id was made here and means nothing to the client or the upstream.</summary>
    public static bool IsMade(string id) => id.Length == 0 || id.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The id of a call.</summary>
    public string Call(string? id, string name, int turn, int index)
    {
        if (_answered)
        {
            // A new round of calls: whatever was not answered before will not be answered now.
            _pending.Clear();
            _answered = false;
        }

        if (string.IsNullOrEmpty(id) || !_known.Add(id)) id = Made(name, turn, index);
        _pending.Add((id, name));
        return id;
    }

    /// <summary>The id of the call that a result answers, and its name where the result gives none.</summary>
    public (string Id, string Name) Result(string? id, string? name, int turn, int index)
    {
        _answered = true;
        var at = string.IsNullOrEmpty(id) ? -1 : _pending.FindIndex(call => call.Id == id);
        if (at < 0 && !string.IsNullOrEmpty(id) && _known.Contains(id)) return (id, name ?? "");
        if (at < 0) at = string.IsNullOrEmpty(name) ? (_pending.Count > 0 ? 0 : -1) : _pending.FindIndex(call => call.Name == name);
        if (at < 0) return (string.IsNullOrEmpty(id) ? Made(name ?? "", turn, index) : id, name ?? "");
        var found = _pending[at];
        _pending.RemoveAt(at);
        return (found.Id, string.IsNullOrEmpty(name) ? found.Name : name);
    }

    private static string Made(string name, int turn, int index)
    {
        var clean = string.Concat(name.Take(32).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return $"{Prefix}{turn}_{index}_{clean}";
    }
}

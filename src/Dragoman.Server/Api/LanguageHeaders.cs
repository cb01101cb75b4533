using System.Collections.Frozen;

namespace Dragoman.Server.Api;

/// <summary>The client's headers that are part of its language and travel on to an upstream that speaks the same one.</summary>
internal static class LanguageHeaders
{
    /// <summary>What travels on, as it is spelled there.</summary>
    private static readonly FrozenDictionary<string, string> Names = new[]
    {
        "anthropic-beta", "anthropic-version", "openai-beta", "openai-organization", "openai-project", "idempotency-key",
        "session_id", "session-id", "conversation_id", "originator", "x-client-request-id", "x-claude-code-session-id", "x-claude-code-agent-id",
        "x-claude-code-parent-agent-id", "x-codex-turn-state", "x-codex-turn-metadata", "x-codex-window-id", "x-gemini-api-privileged-user-id",
    }.ToFrozenDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What names a session, and which of several counts: the first here.</summary>
    private static readonly FrozenDictionary<string, int> SessionNames = new[] { "x-claude-code-session-id", "session_id", "session-id", "x-session-id", "conversation_id" }
        .Select((name, rank) => KeyValuePair.Create(name, rank)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The headers that travel on, and the session that the client's headers name, or null.</summary>
    /// <remarks>One pass over the few headers there are: looking each of the known names up costs more than all of them together.</remarks>
    public static (IReadOnlyList<KeyValuePair<string, string>> Chosen, string? Session) Read(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, string>>? chosen = null;
        string? session = null;
        var best = int.MaxValue;
        foreach (var (name, values) in headers)
        {
            if (Names.TryGetValue(name, out var known) && values.Count > 0) (chosen ??= []).Add(new(known, values.ToString()));
            if (!SessionNames.TryGetValue(name, out var rank) || rank > best || values.ToString() is not { Length: > 0 } named) continue;
            session = named;
            best = rank;
        }

        return (chosen ?? (IReadOnlyList<KeyValuePair<string, string>>)[], session);
    }
}

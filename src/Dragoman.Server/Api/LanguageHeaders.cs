namespace Dragoman.Server.Api;

/// <summary>The client's headers that are part of its language and travel on to an upstream that speaks the same one.</summary>
internal static class LanguageHeaders
{
    private static readonly string[] Names =
    [
        "anthropic-beta", "anthropic-version", "openai-beta", "openai-organization", "openai-project", "idempotency-key",
        "session_id", "session-id", "conversation_id", "originator", "x-client-request-id", "x-claude-code-session-id", "x-claude-code-agent-id",
        "x-claude-code-parent-agent-id", "x-codex-turn-state", "x-codex-turn-metadata", "x-codex-window-id", "x-gemini-api-privileged-user-id",
    ];

    private static readonly string[] SessionNames = ["x-claude-code-session-id", "session_id", "session-id", "x-session-id", "conversation_id"];

    public static IReadOnlyList<KeyValuePair<string, string>> Select(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, string>>? chosen = null;
        foreach (var name in Names)
        {
            if (headers.TryGetValue(name, out var values) && values.Count > 0) (chosen ??= []).Add(new(name, values.ToString()));
        }

        return chosen ?? (IReadOnlyList<KeyValuePair<string, string>>)[];
    }

    /// <summary>The session that the client's headers name, or null.</summary>
    public static string? Session(IHeaderDictionary headers)
    {
        foreach (var name in SessionNames)
        {
            if (headers.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } session) return session;
        }

        return null;
    }
}

using System.Collections.Frozen;
using Dragoman.Gateway.Providers;

namespace Dragoman.Server.Api.Shared;

/// <summary>The client's headers that are part of its protocol and travel on to an upstream that speaks the same one.</summary>
internal static class ProtocolHeaders
{
    private const int NoSession = int.MaxValue;

    /// <summary>What names a session, and which of several counts: the first here.</summary>
    private static readonly string[] SessionNames = ["x-claude-code-session-id", "session_id", "session-id", "x-session-id", "conversation_id"];

    /// <summary>What travels on.</summary>
    private static readonly string[] Names =
    [
        "anthropic-beta", "anthropic-version", "openai-beta", "openai-organization", "openai-project", "idempotency-key",
        "session_id", "session-id", "conversation_id", "originator", "x-client-request-id", "x-claude-code-session-id", "x-claude-code-agent-id",
        "x-claude-code-parent-agent-id", "x-codex-turn-state", "x-codex-turn-metadata", "x-codex-window-id", "x-gemini-api-privileged-user-id",
        // Codex's own; the second says that the body has its lite form (wire notes codex-and-antigravity §B.2, §B.3).
        "thread-id", "x-openai-internal-codex-responses-lite", "x-openai-subagent", "x-codex-parent-thread-id", "x-codex-beta-features", "x-codex-routing-hint",
    ];

    /// <summary>Both in one: how it is spelled when it travels on (null when it does not), and its rank among the sessions.</summary>
    private static readonly FrozenDictionary<string, (string? Spelled, int Rank)> Known = Names.Union(SessionNames).ToFrozenDictionary(
        name => name,
        name => (Names.Contains(name) ? name : null, Array.IndexOf(SessionNames, name) is >= 0 and var rank ? rank : NoSession),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The headers that travel on, and the session that the client's headers name, or null.</summary>
    /// <remarks>One pass over the few headers there are: looking each of the known names up costs more than all of them together.</remarks>
    public static (IReadOnlyList<KeyValuePair<string, string>> Chosen, string? Session) Read(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, string>>? chosen = null;
        string? session = null;
        var best = NoSession;
        foreach (var (name, values) in headers)
        {
            if (!Known.TryGetValue(name, out var known) || values.Count == 0) continue;
            if (known.Spelled is not null) (chosen ??= []).Add(new(known.Spelled, HeaderText.Clean(values.ToString())));
            if (known.Rank >= best || values.ToString() is not { Length: > 0 } named) continue;
            session = named;
            best = known.Rank;
        }

        return (chosen ?? (IReadOnlyList<KeyValuePair<string, string>>)[], session);
    }
}

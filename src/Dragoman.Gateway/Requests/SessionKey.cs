using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Requests;

/// <summary>
/// What ties the requests of one conversation together, so that they go to the same account and its prompt cache: the client's own
/// hints first, else a hash of how the conversation begins.
/// </summary>
public static class SessionKey
{
    /// <summary>How much of system text and first turn is hashed: enough to tell conversations apart.</summary>
    private const int Beginning = 2048;

    /// <summary>What the client itself names as the session, or null.</summary>
    public static string? Named(RequestEnvelope head, string? sessionHeader)
    {
        if (!string.IsNullOrEmpty(sessionHeader)) return "h:" + sessionHeader;
        if (head.PromptCacheKey is { Length: > 0 } cacheKey) return "k:" + cacheKey;
        return head.MetadataUserId is { Length: > 0 } user ? "u:" + user : null;
    }

    /// <summary>The session of a request, or null where nothing tells one.</summary>
    public static string? Find(RequestEnvelope head, ReadOnlySpan<byte> body, string? sessionHeader)
    {
        if (Named(head, sessionHeader) is { } named) return named;
        var turns = TopLevelJsonScanner.FirstElement(body[head.TurnsValue]);
        if (turns.IsEmpty) return null;
        return "c:" + ContentHash.Compute(BeginningOf(turns), ContentHash.Compute(BeginningOf(body[head.SystemValue]))).ToString("x16");
    }

    private static ReadOnlySpan<byte> BeginningOf(ReadOnlySpan<byte> value) => value[..Math.Min(value.Length, Beginning)];
}

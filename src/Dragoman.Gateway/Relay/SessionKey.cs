using System.Buffers.Binary;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// What ties the requests of one conversation together, so that they go to the same account and its prompt cache: the client's own
/// hints first, else a hash of how the conversation begins.
/// </summary>
public static class SessionKey
{
    /// <summary>How much of system text and first turn is hashed: enough to tell conversations apart.</summary>
    private const int Beginning = 2048;

    /// <summary>The session of a request, or null where nothing tells one.</summary>
    public static string? Of(RequestHead head, ReadOnlySpan<byte> body, string? sessionHeader)
    {
        if (!string.IsNullOrEmpty(sessionHeader)) return "h:" + sessionHeader;
        if (head.PromptCacheKey is { Length: > 0 } cacheKey) return "k:" + cacheKey;
        if (head.MetadataUserId is { Length: > 0 } user) return "u:" + user;
        var turns = JsonSkim.FirstElement(body[head.TurnsValue]);
        if (turns.IsEmpty) return null;
        return "c:" + Hash(turns, Hash(body[head.SystemValue], 14695981039346656037UL)).ToString("x16");
    }

    /// <summary>FNV-1a over words: the same on every node and in every run, which the runtime's own string hash is not.</summary>
    private static ulong Hash(ReadOnlySpan<byte> value, ulong hash)
    {
        value = value[..Math.Min(value.Length, Beginning)];
        while (value.Length >= sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(value)) * 1099511628211UL;
            hash ^= hash >> 29;
            value = value[sizeof(ulong)..];
        }

        foreach (var b in value) hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }
}

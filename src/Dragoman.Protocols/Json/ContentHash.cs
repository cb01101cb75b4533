using System.Buffers.Binary;

namespace Dragoman.Protocols.Json;

/// <summary>
/// A fast hash of bytes, the same on every node and in every run, which the runtime's own string hash is not. FNV-1a taken over words;
/// no secret depends on it, and where equality matters the bytes decide.
/// </summary>
public static class ContentHash
{
    /// <summary>What a hash begins with.</summary>
    public const ulong Basis = 14695981039346656037UL;

    private const ulong Prime = 1099511628211UL;

    /// <summary>The hash of <paramref name="bytes"/>, going on from <paramref name="hash"/>.</summary>
    public static ulong Compute(ReadOnlySpan<byte> bytes, ulong hash = Basis)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Prime;
            // Multiplying carries only upwards: the high half is brought down for the next word.
            hash ^= hash >> 32;
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes) hash = (hash ^ b) * Prime;
        return hash;
    }
}

using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>
/// Remembers the keys that were recognised, so that a client's next request need not be hashed by SHA-256 again (half a microsecond, most
/// of it in calling the library). A key is remembered by SipHash-2-4 of 128 bits under a random key of this process: nobody outside can
/// make a text that meets another's hash, timing tells nothing of the keys, and no key is held. What stands against a key is asked anew
/// every time; a table of keys has a memo of its own, so that a changed key is looked up again.
/// </summary>
internal sealed class KeyHashCache
{
    /// <summary>More keys than this are not in use at a time.</summary>
    private const int Most = 4096;

    private static readonly ulong[] Secret = MemoryMarshal.Cast<byte, ulong>(RandomNumberGenerator.GetBytes(16)).ToArray();
    private readonly ConcurrentDictionary<UInt128, ClientKeyRecord> _known = new();

    /// <summary>Whose a key is that was recognised before, or null; and the mark to remember it by.</summary>
    public ClientKeyRecord? Find(string key, out UInt128 mark)
    {
        mark = SipHash(MemoryMarshal.AsBytes(key.AsSpan()), Secret[0], Secret[1]);
        return _known.GetValueOrDefault(mark);
    }

    /// <summary>A key was recognised.</summary>
    public void Add(UInt128 mark, ClientKeyRecord key)
    {
        if (_known.Count >= Most) _known.Clear();
        _known[mark] = key;
    }

    /// <summary>SipHash-2-4 with a result of 128 bits, as its authors define it.</summary>
    internal static UInt128 SipHash(ReadOnlySpan<byte> text, ulong key0, ulong key1)
    {
        var v0 = key0 ^ 0x736f6d6570736575;
        var v1 = key1 ^ 0x646f72616e646f6d ^ 0xee;
        var v2 = key0 ^ 0x6c7967656e657261;
        var v3 = key1 ^ 0x7465646279746573;
        var last = (ulong)text.Length << 56;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(text)) Take(word, ref v0, ref v1, ref v2, ref v3);
        var rest = text[(text.Length & ~7)..];
        for (var place = 0; place < rest.Length; place++) last |= (ulong)rest[place] << (8 * place);
        Take(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xee;
        Mix(4, ref v0, ref v1, ref v2, ref v3);
        var low = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        Mix(4, ref v0, ref v1, ref v2, ref v3);
        return new UInt128(v0 ^ v1 ^ v2 ^ v3, low);
    }

    private static void Take(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Mix(2, ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Mix(int rounds, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        for (; rounds > 0; rounds--)
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}

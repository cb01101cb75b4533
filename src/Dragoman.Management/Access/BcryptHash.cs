using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Management.Access;

/// <summary>
/// Checks a secret against a bcrypt hash (<c>$2a$</c>, <c>$2b$</c>, <c>$2y$</c>), so that a configuration whose <c>secret-key</c> another
/// gateway hashed goes on working. Nothing here makes such hashes.
/// </summary>
internal static class BcryptHash
{
    private const string Digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int SaltLength = 16;
    private const int HashLength = 23;
    private const int LongestSecret = 72;
    private const int MostCost = 16;

    /// <summary>Whether the secret is the one that was hashed, in constant time. False, too, for hashes that would take minutes to check.</summary>
    public static bool Matches(string hash, string secret)
    {
        if (hash.Length != 60 || hash[6] != '$' || !int.TryParse(hash.AsSpan(4, 2), out var cost) || cost is < 4 or > MostCost) return false;
        if (Decode(hash.AsSpan(7, 22), SaltLength) is not { } salt || Decode(hash.AsSpan(29, 31), HashLength) is not { } wanted) return false;
        var key = Encoding.UTF8.GetBytes(secret + '\0');
        if (key.Length > LongestSecret) key = key[..LongestSecret];
        var state = new State();
        state.Expand(salt, key);
        for (var round = 0L; round < 1L << cost; round++)
        {
            state.Expand([], key);
            state.Expand([], salt);
        }

        return CryptographicOperations.FixedTimeEquals(state.Encrypt("OrpheanBeholderScryDoubt"u8).AsSpan(0, HashLength), wanted);
    }

    private static byte[]? Decode(ReadOnlySpan<char> text, int length)
    {
        var bytes = new byte[length];
        var (bits, count, at) = (0, 0, 0);
        foreach (var letter in text)
        {
            var digit = Digits.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0) return null;
            bits = (bits << 6) | digit;
            count += 6;
            if (count < 8) continue;
            count -= 8;
            if (at < length) bytes[at++] = (byte)(bits >> count);
        }

        return at == length ? bytes : null;
    }

    private sealed class State
    {
        private readonly uint[] _keys = BlowfishTables.RoundKeys();
        private readonly uint[] _boxes = BlowfishTables.Boxes();

        /// <summary>One turn of the key schedule.</summary>
        public void Expand(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> key)
        {
            var at = 0;
            for (var i = 0; i < _keys.Length; i++) _keys[i] ^= Word(key, ref at);
            at = 0;
            var (left, right) = (0u, 0u);
            Fill(_keys, salt, ref at, ref left, ref right);
            Fill(_boxes, salt, ref at, ref left, ref right);
        }

        public byte[] Encrypt(ReadOnlySpan<byte> text)
        {
            var result = new byte[text.Length];
            for (var at = 0; at < text.Length; at += 8)
            {
                var left = BinaryPrimitives.ReadUInt32BigEndian(text[at..]);
                var right = BinaryPrimitives.ReadUInt32BigEndian(text[(at + 4)..]);
                for (var round = 0; round < 64; round++) Encrypt(ref left, ref right);
                BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(at), left);
                BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(at + 4), right);
            }

            return result;
        }

        private static uint Word(ReadOnlySpan<byte> bytes, ref int at)
        {
            var word = 0u;
            for (var i = 0; i < 4; i++)
            {
                word = (word << 8) | bytes[at];
                at = (at + 1) % bytes.Length;
            }

            return word;
        }

        private void Fill(uint[] table, ReadOnlySpan<byte> salt, ref int at, ref uint left, ref uint right)
        {
            for (var i = 0; i < table.Length; i += 2)
            {
                if (!salt.IsEmpty)
                {
                    left ^= Word(salt, ref at);
                    right ^= Word(salt, ref at);
                }

                Encrypt(ref left, ref right);
                (table[i], table[i + 1]) = (left, right);
            }
        }

        private void Encrypt(ref uint left, ref uint right)
        {
            var (one, two) = (left, right);
            for (var round = 0; round < 16; round += 2)
            {
                one ^= _keys[round];
                two ^= Mix(one) ^ _keys[round + 1];
                one ^= Mix(two);
            }

            (left, right) = (two ^ _keys[17], one ^ _keys[16]);
        }

        private uint Mix(uint word)
            => ((_boxes[word >> 24] + _boxes[256 + ((word >> 16) & 255)]) ^ _boxes[512 + ((word >> 8) & 255)]) + _boxes[768 + (word & 255)];
    }
}

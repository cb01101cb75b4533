using System.Numerics;

namespace Dragoman.Management.Access;

/// <summary>
/// Blowfish's starting tables: the first 33,344 bits of π after its point, reckoned once when a bcrypt hash is first met (Machin's formula;
/// a few milliseconds) rather than typed in.
/// </summary>
internal static class BlowfishTables
{
    private const int Words = 18 + (4 * 256);
    private const int Guard = 64;
    private static readonly Lazy<uint[]> Pi = new(Reckon);

    /// <summary>The 18 words that the round keys start from.</summary>
    public static uint[] RoundKeys() => Pi.Value[..18];

    /// <summary>The four boxes of 256 words, one after the other.</summary>
    public static uint[] Boxes() => Pi.Value[18..];

    private static uint[] Reckon()
    {
        const int Bits = (Words * 32) + Guard;
        // π = 16 atan(1/5) − 4 atan(1/239)
        var pi = (16 * InverseTangent(5, Bits)) - (4 * InverseTangent(239, Bits));
        var fraction = (pi - (new BigInteger(3) << Bits)) >> Guard;
        var bytes = fraction.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[Words * 4];
        bytes.CopyTo(padded, padded.Length - bytes.Length);
        var words = new uint[Words];
        for (var i = 0; i < Words; i++) words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(i * 4));
        return words;
    }

    private static BigInteger InverseTangent(int of, int bits)
    {
        var power = (BigInteger.One << bits) / of;
        var sum = power;
        var square = of * of;
        for (var n = 3; !power.IsZero; n += 2)
        {
            power /= square;
            sum += n % 4 == 3 ? -(power / n) : power / n;
        }

        return sum;
    }
}

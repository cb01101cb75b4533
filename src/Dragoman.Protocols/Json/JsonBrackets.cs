using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dragoman.Protocols.Json;

/// <summary>
/// Finds where a JSON object or array ends, 64 bytes at a step: masks of quotes, backslashes and brackets, the insides of strings taken
/// out by a running exclusive-or over the quotes. Dense JSON costs no more than long strings do.
/// </summary>
public static class JsonBrackets
{
    private const int Step = 64;

    /// <summary>The place behind the bracket that closes the value which opens at <paramref name="start"/>; −1 when it never closes, −2 when it nests deeper than allowed.</summary>
    public static int EndOf(ReadOnlySpan<byte> json, int start, int maxDepth)
    {
        var depth = 0;
        var insideString = 0UL;
        var escapedFirst = 0UL;
        var at = start;
        while (at < json.Length)
        {
            var (quotes, backslashes, opens, closes) = json.Length - at >= Step ? Masks(json.Slice(at, Step)) : LastMasks(json, at);
            quotes &= ~Escaped(backslashes, ref escapedFirst);
            var strings = PrefixXor(quotes) ^ insideString;
            // All ones when the block ends inside a string, else all zeros.
            insideString = (ulong)((long)strings >> 63);
            opens &= ~strings;
            closes &= ~strings;
            var closing = BitOperations.PopCount(closes);
            var opening = BitOperations.PopCount(opens);
            if (depth > closing && depth + opening <= maxDepth)
            {
                depth += opening - closing;
            }
            else
            {
                // The value may end, or go too deep, in this block: bracket by bracket.
                for (var brackets = opens | closes; brackets != 0; brackets &= brackets - 1)
                {
                    var bit = brackets & (~brackets + 1);
                    if ((opens & bit) != 0)
                    {
                        if (++depth > maxDepth) return -2;
                    }
                    else if (--depth == 0)
                    {
                        return at + BitOperations.TrailingZeroCount(bit) + 1;
                    }
                }
            }

            at += Step;
        }

        return -1;
    }

    /// <summary>The masks of less than a block at the end of the text: taken of the last whole one, where there is one, and moved down.</summary>
    private static (ulong Quotes, ulong Backslashes, ulong Opens, ulong Closes) LastMasks(ReadOnlySpan<byte> json, int at)
    {
        if (json.Length < Step)
        {
            Span<byte> block = stackalloc byte[Step];
            block.Clear();
            json[at..].CopyTo(block);
            return Masks(block);
        }

        var (quotes, backslashes, opens, closes) = Masks(json[^Step..]);
        var known = Step - (json.Length - at);
        return (quotes >> known, backslashes >> known, opens >> known, closes >> known);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Quotes, ulong Backslashes, ulong Opens, ulong Closes) Masks(ReadOnlySpan<byte> block)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var bytes = Vector512.Create(block);
            var folded = bytes | Vector512.Create((byte)0x20);
            return (
                Vector512.Equals(bytes, Vector512.Create((byte)'"')).ExtractMostSignificantBits(),
                Vector512.Equals(bytes, Vector512.Create((byte)'\\')).ExtractMostSignificantBits(),
                Vector512.Equals(folded, Vector512.Create((byte)'{')).ExtractMostSignificantBits(),
                Vector512.Equals(folded, Vector512.Create((byte)'}')).ExtractMostSignificantBits());
        }

        if (!Vector256.IsHardwareAccelerated) return SlowMasks(block);
        var (q0, b0, o0, c0) = Masks(Vector256.Create(block[..32]));
        var (q1, b1, o1, c1) = Masks(Vector256.Create(block[32..]));
        return (q0 | ((ulong)q1 << 32), b0 | ((ulong)b1 << 32), o0 | ((ulong)o1 << 32), c0 | ((ulong)c1 << 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (uint Quotes, uint Backslashes, uint Opens, uint Closes) Masks(Vector256<byte> bytes)
    {
        // '[' and '{', and ']' and '}', differ in one bit.
        var folded = bytes | Vector256.Create((byte)0x20);
        return (
            Vector256.Equals(bytes, Vector256.Create((byte)'"')).ExtractMostSignificantBits(),
            Vector256.Equals(bytes, Vector256.Create((byte)'\\')).ExtractMostSignificantBits(),
            Vector256.Equals(folded, Vector256.Create((byte)'{')).ExtractMostSignificantBits(),
            Vector256.Equals(folded, Vector256.Create((byte)'}')).ExtractMostSignificantBits());
    }

    private static (ulong Quotes, ulong Backslashes, ulong Opens, ulong Closes) SlowMasks(ReadOnlySpan<byte> block)
    {
        ulong quotes = 0, backslashes = 0, opens = 0, closes = 0;
        for (var i = 0; i < Step; i++)
        {
            var bit = 1UL << i;
            switch (block[i])
            {
                case (byte)'"': quotes |= bit; break;
                case (byte)'\\': backslashes |= bit; break;
                case (byte)'{' or (byte)'[': opens |= bit; break;
                case (byte)'}' or (byte)']': closes |= bit; break;
            }
        }

        return (quotes, backslashes, opens, closes);
    }

    /// <summary>Which bytes a backslash before them escapes; <paramref name="first"/> says whether the first one is, and for the next block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Escaped(ulong backslashes, ref ulong first)
    {
        if (backslashes == 0)
        {
            var only = first;
            first = 0;
            return only;
        }

        // In a run of backslashes every second byte is escaped, counted from the run's start, and so is the byte behind an odd run. Whether
        // a run starts at an even or an odd place is found for all of them by one addition, which carries through the odd ones and takes
        // them out (an idea of simdjson's); the even places are then the answer for one kind and its opposite for the other.
        const ulong Even = 0x5555555555555555;
        backslashes &= ~first;
        var follows = (backslashes << 1) | first;
        var left = backslashes + (backslashes & ~Even & ~follows);
        first = left < backslashes ? 1UL : 0UL;
        return (Even ^ (left << 1)) & follows;
    }

    /// <summary>Bit n of the result is the exclusive-or of bits 0 to n: set from each opening quote up to its closing one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PrefixXor(ulong bits)
    {
        if (Pclmulqdq.IsSupported) return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dragoman.Protocols.Json;

/// <summary>
/// Finds where a JSON string ends, 64 bytes at a step: one mask of all that can stop it (quote, backslash, control character), walked bit
/// by bit. Text full of escapes is looked at once, where a search begun anew behind every escape looks at it again and again.
/// </summary>
internal static class JsonStrings
{
    private const int Step = 64;

    /// <summary>
    /// How far a string goes on without a doubt: the place of its closing quote, or of what has to be looked at closely (a rare escape, a
    /// fault, the end of the text).
    /// </summary>
    /// <param name="json">The text.</param>
    /// <param name="at">A place inside the string, not behind half an escape.</param>
    /// <param name="escaped">Set when an escape was passed.</param>
    public static int Skip(ReadOnlySpan<byte> json, int at, ref bool escaped)
    {
        if (!Vector256.IsHardwareAccelerated || json.Length < Step) return at;
        while (at < json.Length)
        {
            // At the end the last whole block is taken and moved down by what is known of it already.
            var left = json.Length - at;
            var stops = left >= Step ? Stops(json.Slice(at, Step)) : Stops(json[^Step..]) >> (Step - left);
            var next = at + Math.Min(left, Step);
            while (stops != 0)
            {
                var bit = BitOperations.TrailingZeroCount(stops);
                var stop = at + bit;
                if (json[stop] != (byte)'\\' || stop + 1 >= json.Length || !IsPlain(json[stop + 1])) return stop;
                escaped = true;
                if (bit >= Step - 2)
                {
                    next = stop + 2;
                    break;
                }

                stops &= ulong.MaxValue << (bit + 2);
            }

            at = next;
        }

        return at;
    }

    /// <summary>Whether the byte behind a backslash makes an escape of two bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlain(byte b) => b is (byte)'n' or (byte)'"' or (byte)'\\' or (byte)'t' or (byte)'r' or (byte)'/' or (byte)'b' or (byte)'f';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Stops(ReadOnlySpan<byte> block)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var bytes = Vector512.Create(block);
            return (Vector512.Equals(bytes, Vector512.Create((byte)'"')) | Vector512.Equals(bytes, Vector512.Create((byte)'\\')) | Vector512.LessThan(bytes, Vector512.Create((byte)0x20)))
                .ExtractMostSignificantBits();
        }

        return Stops(Vector256.Create(block[..32])) | ((ulong)Stops(Vector256.Create(block[32..])) << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Stops(Vector256<byte> bytes)
        => (Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\')) | Vector256.LessThan(bytes, Vector256.Create((byte)0x20)))
            .ExtractMostSignificantBits();
}

namespace Dragoman.Protocols.Json;

/// <summary>
/// Halves of surrogate pairs that stand alone as escapes in JSON (<c>\ud83d</c> without its other half): text that was cut in the middle of a
/// sign. They are no characters; most parsers (serde's, protobuf's) refuse the whole body for one. Each becomes U+FFFD, which has as many bytes
/// as an escape, so that it can be repaired in its place.
/// </summary>
public static class LoneSurrogates
{
    private const int Length = 6;

    /// <summary>Replaces every lone half in a JSON text, in place; gives whether there was any.</summary>
    public static bool Repair(Span<byte> json)
    {
        var any = false;
        for (var at = Find(json); at >= 0; at = FindFrom(json, at + Length))
        {
            "\\ufffd"u8.CopyTo(json[at..]);
            any = true;
        }

        return any;
    }

    /// <summary>The place of the first lone half, or −1. Costs a look for the beginning of such an escape where there is none.</summary>
    public static int Find(ReadOnlySpan<byte> json)
        => json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0 ? -1 : FindFrom(json, 0);

    /// <summary>Whether the escape at the start of the text is the first half of a pair.</summary>
    internal static bool IsHigh(ReadOnlySpan<byte> escape) => IsHalf(escape, out var high) && high;

    private static int FindFrom(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length)
        {
            var next = json[at..].IndexOf((byte)'\\');
            if (next < 0) return -1;
            at += next;
            if (!IsHalf(json[at..], out var high)) at += 2;
            else if (high && IsHalf(json[(at + Length)..], out var second) && !second) at += Length * 2;
            else return at;
        }

        return -1;
    }

    private static bool IsHalf(ReadOnlySpan<byte> json, out bool high)
    {
        high = false;
        if (json.Length < Length || json[0] != (byte)'\\' || json[1] != (byte)'u' || json[2] is not ((byte)'d' or (byte)'D')) return false;
        if (!char.IsAsciiHexDigit((char)json[4]) || !char.IsAsciiHexDigit((char)json[5])) return false;
        high = json[3] is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'A' or (byte)'b' or (byte)'B';
        return high || json[3] is >= (byte)'c' and <= (byte)'f' or >= (byte)'C' and <= (byte)'F';
    }
}

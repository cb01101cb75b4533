using System.Runtime.CompilerServices;

namespace Dragoman.Protocols.Json;

/// <summary>
/// Says whether a text is JSON, by the same rules as <see cref="Utf8TokenReader"/>, and nothing else: no tokens are kept, so all it works with
/// stays in registers. What is wrong, and where, is for the reader to say.
/// </summary>
internal static class JsonGrammar
{
    /// <summary>Whether the text is one JSON value that nests no deeper than <paramref name="maxDepth"/> (at most 128).</summary>
    public static bool Holds(ReadOnlySpan<byte> json, int maxDepth)
    {
        var at = 0;
        var depth = 0;
        // One bit a level: set for objects. The innermost is the lowest.
        var inner = 0UL;
        var outer = 0UL;

    Value:
        at = SkipSpace(json, at);
        if (at >= json.Length) return false;
        var b = json[at];
        if (b == (byte)'"')
        {
            at = EndOfString(json, at + 1);
            if (at < 0) return false;
        }
        else if (b is (byte)'{' or (byte)'[')
        {
            if (depth++ >= maxDepth) return false;
            outer = (outer << 1) | (inner >> 63);
            inner = (inner << 1) | (b == (byte)'{' ? 1UL : 0UL);
            at = SkipSpace(json, at + 1);
            if (at >= json.Length) return false;
            if (json[at] != (byte)(b + 2))
            {
                if (b == (byte)'{') goto Name;
                goto Value;
            }

            goto Close;
        }
        else
        {
            at = b switch
            {
                (byte)'t' => EndOfWord(json, at, "true"u8),
                (byte)'f' => EndOfWord(json, at, "false"u8),
                (byte)'n' => EndOfWord(json, at, "null"u8),
                _ => EndOfNumber(json, at),
            };
            if (at < 0) return false;
        }

    Next:
        at = SkipSpace(json, at);
        if (depth == 0) return at == json.Length;
        if (at >= json.Length) return false;
        b = json[at];
        if (b == (byte)',')
        {
            at++;
            if ((inner & 1) == 0) goto Value;
            at = SkipSpace(json, at);
            goto Name;
        }

        if (b != ((inner & 1) == 0 ? (byte)']' : (byte)'}')) return false;

    Close:
        at++;
        depth--;
        inner = (inner >> 1) | (outer << 63);
        outer >>= 1;
        goto Next;

    Name:
        if (at >= json.Length || json[at] != (byte)'"') return false;
        at = EndOfString(json, at + 1);
        if (at < 0) return false;
        at = SkipSpace(json, at);
        if (at >= json.Length || json[at] != (byte)':') return false;
        at++;
        goto Value;
    }

    /// <summary>The place behind the closing quote, or −1.</summary>
    private static int EndOfString(ReadOnlySpan<byte> json, int at)
    {
        var escaped = false;
        while (true)
        {
            at = JsonStrings.Skip(json, at, ref escaped);
            if (at >= json.Length) return -1;
            var b = json[at];
            if (b == (byte)'"') return at + 1;
            if (b < 0x20) return -1;
            if (b != (byte)'\\')
            {
                at++;
                continue;
            }

            at = EndOfEscape(json, at + 1);
            if (at < 0) return -1;
        }
    }

    private static int EndOfEscape(ReadOnlySpan<byte> json, int at)
    {
        if (at >= json.Length) return -1;
        if (JsonStrings.IsPlain(json[at])) return at + 1;
        if (json[at] != (byte)'u' || at + 5 > json.Length) return -1;
        for (var digit = at + 1; digit < at + 5; digit++)
        {
            if (!char.IsAsciiHexDigit((char)json[digit])) return -1;
        }

        return at + 5;
    }

    private static int EndOfWord(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> word) => json[at..].StartsWith(word) ? at + word.Length : -1;

    private static int EndOfNumber(ReadOnlySpan<byte> json, int at)
    {
        if (json[at] == (byte)'-') at++;
        if (at < json.Length && json[at] == (byte)'0') at++;
        else if ((at = Digits(json, at)) < 0) return -1;
        if (at < json.Length && json[at] == (byte)'.' && (at = Digits(json, at + 1)) < 0) return -1;
        if (at < json.Length && json[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < json.Length && json[at] is (byte)'+' or (byte)'-') at++;
            at = Digits(json, at);
        }

        return at;
    }

    /// <summary>The place behind at least one digit, or −1.</summary>
    private static int Digits(ReadOnlySpan<byte> json, int at)
    {
        var first = at;
        while (at < json.Length && char.IsAsciiDigit((char)json[at])) at++;
        return at == first ? -1 : at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }
}

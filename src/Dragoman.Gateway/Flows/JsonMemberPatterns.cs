using System.Text;
using System.Text.RegularExpressions;

namespace Dragoman.Gateway.Flows;

/// <summary>
/// Finds what was said in a body of any protocol, also one that is cut or a stream: the strings under the names that protocols use for
/// words. Made for finding, not for reading: it knows no structure and needs no valid JSON.
/// </summary>
internal static class JsonMemberPatterns
{
    private static readonly string[] Names =
        ["text", "content", "input", "delta", "thinking", "reasoning_content", "output", "arguments", "partial_json", "prompt", "instructions", "message", "refusal", "system"];

    public static string Create(ReadOnlySpan<byte> body, char? between, int longest, bool fromEnd)
    {
        var text = new StringBuilder();
        var at = 0;
        var name = ReadOnlySpan<byte>.Empty;
        while (at < body.Length)
        {
            var open = body[at..].IndexOf((byte)'"');
            if (open < 0) break;
            // What stands between two strings says whether the one before was a name.
            var start = at + open + 1;
            var isValue = !name.IsEmpty && IsColon(body[at..(start - 1)]);
            var length = LengthOf(body[start..]);
            var value = body.Slice(start, length);
            if (isValue && length > 0 && IsWanted(name)) Append(text, value, between);
            if (!fromEnd && text.Length >= longest) break;
            if (fromEnd && text.Length > longest * 4) text.Remove(0, text.Length - longest);
            name = isValue ? default : value;
            at = Math.Min(body.Length, start + length + 1);
        }

        if (text.Length <= longest) return text.ToString();
        return fromEnd ? text.ToString(text.Length - longest, longest) : text.ToString(0, longest);
    }

    private static bool IsColon(ReadOnlySpan<byte> between) => between.Trim(" \t\r\n"u8) is [(byte)':'];

    private static int LengthOf(ReadOnlySpan<byte> rest)
    {
        var at = 0;
        while (at < rest.Length)
        {
            var next = rest[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return rest.Length;
            at += next;
            if (rest[at] == (byte)'"') return at;
            at += 2;
        }

        return rest.Length;
    }

    private static bool IsWanted(ReadOnlySpan<byte> name)
    {
        foreach (var known in Names)
            if (known.Length == name.Length && Encoding.ASCII.GetString(name) == known) return true;
        return false;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> value, char? between)
    {
        if (between is { } c && text.Length > 0) text.Append(c);
        var raw = Encoding.UTF8.GetString(value);
        text.Append(raw.Contains('\\', StringComparison.Ordinal) ? Unescaped(raw) : raw);
    }

    private static string Unescaped(string raw)
    {
        try
        {
            // The escapes of JSON are a part of those of regular expressions, but for the slash.
            return Regex.Unescape(raw.Replace("\\/", "/", StringComparison.Ordinal).Replace("\\b", " ", StringComparison.Ordinal));
        }
        catch (ArgumentException)
        {
            return raw;
        }
    }
}

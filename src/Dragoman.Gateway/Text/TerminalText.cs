using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dragoman.Gateway.Text;

/// <summary>
/// Text that others wrote (upstreams, clients, whoever named a key) as it may reach a terminal, a log or the audit log: without the characters
/// that a terminal obeys instead of showing. These are the C0 controls except line feed and tab, DEL, the C1 controls (ECMA-48), and the
/// controls of the bidirectional algorithm (UAX #9, section 2), which let a line read otherwise than it is.
/// </summary>
/// <remarks>
/// They are written as JSON writes them (<c>\u001b</c>): a reader sees what was there, and output that is JSON stays JSON of the same meaning.
/// </remarks>
public static class TerminalText
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(Controls());

    /// <summary>Whether a text has characters that a terminal obeys.</summary>
    public static bool IsUnsafe(ReadOnlySpan<char> text) => text.ContainsAny(Unsafe);

    /// <summary>Where the first such character stands; negative where there is none.</summary>
    public static int IndexOfUnsafe(ReadOnlySpan<char> text) => text.IndexOfAny(Unsafe);

    /// <summary>Whether a character is one that a terminal obeys.</summary>
    public static bool IsUnsafe(char letter) => Unsafe.Contains(letter);

    /// <summary>The text with such characters written out (<c>\u001b</c>).</summary>
    public static string Escape(string text) => IsUnsafe(text) ? Rewrite(text, static (letter, output) => AppendEscape(output, letter)) : text;

    /// <summary>The same on one line: line ends and tabs become blanks.</summary>
    public static string OneLine(string text)
    {
        if (!IsUnsafe(text) && !text.AsSpan().ContainsAny('\n', '\t')) return text;
        return Rewrite(text.ReplaceLineEndings(" ").Replace('\t', ' '), static (letter, output) => AppendEscape(output, letter));
    }

    /// <summary>The text with each such character replaced by U+FFFD, where the width counts.</summary>
    public static string Replace(string text) => IsUnsafe(text) ? Rewrite(text, static (_, output) => output.Append('\uFFFD')) : text;

    /// <summary>Writes a character out.</summary>
    public static void AppendEscape(StringBuilder output, char letter) => output.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");

    private static string Rewrite(string text, Action<char, StringBuilder> unsafeLetter)
    {
        var output = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            if (IsUnsafe(letter)) unsafeLetter(letter, output);
            else output.Append(letter);
        }

        return output.ToString();
    }

    private static string Controls()
    {
        var controls = new StringBuilder();
        for (var letter = '\0'; letter <= '\u009F'; letter++)
        {
            if (char.IsControl(letter) && letter is not ('\n' or '\t')) controls.Append(letter);
        }

        return controls.Append("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069").ToString();
    }
}

using System.Text;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// Cuts text into the words that flows are found by, alike for both engines: runs of letters and digits in lower case; scripts without
/// spaces letter by letter. The engines' own tokenisers differ, so neither is used.
/// </summary>
internal static class FlowTokenizer
{
    private const int Longest = 48;
    private const int Most = 4_000;

    /// <summary>The words of a text, each once and after a space.</summary>
    public static string Cut(ReadOnlySpan<char> text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        Add(words, text);
        return words.Count == 0 ? "" : " " + string.Join(' ', words);
    }

    /// <summary>The words of what was said, which only flows with recorded bodies have, parted by spaces.</summary>
    public static string SearchText(FlowRecord flow)
    {
        if (flow.Preview.Length == 0 && flow.SearchText.Length == 0) return "";
        var words = new HashSet<string>(StringComparer.Ordinal);
        Add(words, flow.Preview);
        Add(words, flow.SearchText);
        return string.Join(' ', words);
    }

    /// <summary>The words of a flow's session, and of its id unless that is one word itself, each after a space.</summary>
    public static string Names(FlowRecord flow)
    {
        if (IsWord(flow.Id)) return flow.Session.Length == 0 ? "" : TryCutPlain(flow.Session) ?? Cut(flow.Session);
        return Cut($"{flow.Id} {flow.Session}");
    }

    /// <summary>The words of the marks.</summary>
    public static string Tokenize(string note, IReadOnlyList<string> tags)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        Add(words, note);
        foreach (var tag in tags) Add(words, tag);
        return string.Join(' ', words);
    }

    /// <summary>The words asked for.</summary>
    public static IReadOnlyList<string> Tokenize(string? query)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        Add(words, query);
        return [.. words.Take(16)];
    }

    private static bool IsWord(string id)
    {
        foreach (var letter in id)
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter)) return false;
        return id.Length is > 0 and <= Longest;
    }

    /// <summary>The words of a short plain text, without a string for each; null where it takes more.</summary>
    private static string? TryCutPlain(string text)
    {
        if (text.Length > Longest) return null;
        Span<char> cut = stackalloc char[Longest + 1];
        cut[0] = ' ';
        var length = 1;
        foreach (var letter in text)
        {
            if (!char.IsAscii(letter)) return null;
            if (char.IsAsciiLetterOrDigit(letter)) cut[length++] = char.ToLowerInvariant(letter);
            else if (cut[length - 1] != ' ') cut[length++] = ' ';
        }

        return new string(cut[..length]);
    }

    private static void Add(HashSet<string> words, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (words.Count >= Most) return;
            if (rune.IsAscii)
            {
                // Nearly all there is, and a string a letter would be most of what a flow costs.
                var letter = (char)rune.Value;
                if (!char.IsAsciiLetterOrDigit(letter)) End();
                else if (word.Length < Longest) word.Append(char.ToLowerInvariant(letter));
            }
            else if (!Rune.IsLetterOrDigit(rune)) End();
            else if (StandsAlone(rune.Value))
            {
                End();
                words.Add(rune.ToString());
            }
            else if (word.Length < Longest) word.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        End();

        void End()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    private static bool StandsAlone(int letter) => letter is (>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}

using System.Text;
using Dragoman.Gateway.State;

namespace Dragoman.Storage.Sql;

/// <summary>
/// Cuts text into the words that flows are found by, alike for both engines: runs of letters and digits in lower case; scripts without
/// spaces letter by letter. The engines' own tokenisers differ, so neither is used.
/// </summary>
internal static class FlowWords
{
    private const int Longest = 48;
    private const int Most = 4_000;

    /// <summary>The words of a flow, each once, parted by spaces.</summary>
    public static string Of(FlowRecord flow)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        string?[] texts =
        [
            flow.Id, flow.RequestedModel, flow.Model, flow.Provider, flow.AccountLabel, flow.KeyName, flow.UserAgent, flow.Surface, flow.Session, flow.Error, flow.Preview, flow.SearchText,
        ];
        foreach (var text in texts) Add(words, text);
        foreach (var attempt in flow.Attempts)
        {
            Add(words, attempt.AccountLabel);
            Add(words, attempt.Outcome);
        }

        return string.Join(' ', words);
    }

    /// <summary>The words of the marks.</summary>
    public static string Of(string note, IReadOnlyList<string> tags)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        Add(words, note);
        foreach (var tag in tags) Add(words, tag);
        return string.Join(' ', words);
    }

    /// <summary>The words asked for.</summary>
    public static IReadOnlyList<string> Of(string? query)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        Add(words, query);
        return [.. words.Take(16)];
    }

    private static void Add(HashSet<string> words, string? text)
    {
        if (string.IsNullOrEmpty(text)) return;
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

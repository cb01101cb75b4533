namespace Dragoman.Gateway.Text;

/// <summary>Finds what somebody probably meant.</summary>
public static class SpellingSuggestion
{
    /// <summary>The known names closest to <paramref name="name"/>, best first; none when nothing is close.</summary>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> known, int atMost = 1)
        => [.. known.Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(candidate => (candidate, distance: Distance(name, candidate)))
            .Where(pair => pair.distance <= Math.Max(2, Math.Max(name.Length, pair.candidate.Length) / 3))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Take(atMost).Select(pair => pair.candidate)];

    /// <summary>How many letters must be added, removed, changed or swapped, without regard to case and to <c>_</c> for <c>-</c>.</summary>
    public static int Distance(string one, string other)
    {
        if (one.Length > 128 || other.Length > 128) return int.MaxValue;
        var before = new int[other.Length + 1];
        var last = new int[other.Length + 1];
        var row = new int[other.Length + 1];
        for (var j = 0; j <= other.Length; j++) last[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var cost = Fold(one[i - 1]) == Fold(other[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && Fold(one[i - 1]) == Fold(other[j - 2]) && Fold(one[i - 2]) == Fold(other[j - 1]))
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last, row) = (last, row, before);
        }

        return last[other.Length];
    }

    private static char Fold(char letter) => letter == '_' ? '-' : char.ToLowerInvariant(letter);
}

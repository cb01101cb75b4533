using System.Text;

namespace Dragoman.Management;

/// <summary>The difference of two small texts in the unified form that everybody reads.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>How many pairs of lines are compared at most; what differs more is shown as taken out and put in whole.</summary>
    private const long MostPairs = 4_000_000;

    /// <summary>The difference; empty where there is none.</summary>
    /// <param name="file">The file's name for the head.</param>
    /// <param name="before">The old text, or null where there was no file.</param>
    /// <param name="after">The new text, or null where there shall be none.</param>
    public static string Create(string file, string? before, string? after)
    {
        if (before == after) return "";
        var one = Lines(before);
        var other = Lines(after);
        var edits = Edits(one, other);
        var text = new StringBuilder($"--- {(before is null ? "/dev/null" : file)}\n+++ {(after is null ? "/dev/null" : file)}\n");
        var (oldBefore, newBefore) = (0, 0);
        for (var at = 0; at < edits.Count;)
        {
            var first = edits.FindIndex(at, edit => edit.Mark != ' ');
            if (first < 0) break;
            var last = first;
            for (var next = first; next < edits.Count && next - last <= 2 * Context; next++)
            {
                if (edits[next].Mark != ' ') last = next;
            }

            var from = Math.Max(at, first - Context);
            var to = Math.Min(edits.Count, last + Context + 1);
            var hunk = edits[from..to];
            var (oldCount, newCount) = (hunk.Count(edit => edit.Mark != '+'), hunk.Count(edit => edit.Mark != '-'));
            // What lies between two hunks is the same in both.
            (oldBefore, newBefore) = (oldBefore + from - at, newBefore + from - at);
            text.Append($"@@ -{Range(oldBefore, oldCount)} +{Range(newBefore, newCount)} @@\n");
            (oldBefore, newBefore) = (oldBefore + oldCount, newBefore + newCount);
            foreach (var (mark, line) in hunk)
            {
                text.Append(mark).Append(line.TrimEnd('\n').TrimEnd('\r')).Append('\n');
                if (!line.EndsWith('\n')) text.Append("\\ No newline at end of file\n");
            }

            at = to;
        }

        return text.ToString();
    }

    private static string Range(int before, int count) => count == 0 ? $"{before},0" : count == 1 ? $"{before + 1}" : $"{before + 1},{count}";

    private static string[] Lines(string? text)
    {
        var lines = new List<string>();
        for (var at = 0; text is not null && at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var line ? line + 1 : text.Length;
            lines.Add(text[at..end]);
            at = end;
        }

        return [.. lines];
    }

    /// <summary>The longest common lines are kept; what both files begin and end with is not looked at twice.</summary>
    private static List<(char Mark, string Line)> Edits(string[] one, string[] other)
    {
        var head = 0;
        while (head < one.Length && head < other.Length && one[head] == other[head]) head++;
        var tail = 0;
        while (tail < one.Length - head && tail < other.Length - head && one[^(tail + 1)] == other[^(tail + 1)]) tail++;
        var (rows, columns) = (one.Length - head - tail, other.Length - head - tail);
        if ((long)rows * columns > MostPairs) return [.. one[..head].Select(line => (' ', line)), .. one[head..^tail].Select(line => ('-', line)), .. other[head..^tail].Select(line => ('+', line)), .. one[^tail..].Select(line => (' ', line))];
        var longest = new int[rows + 1, columns + 1];
        for (var i = rows - 1; i >= 0; i--)
        {
            for (var j = columns - 1; j >= 0; j--)
                longest[i, j] = one[head + i] == other[head + j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
        }

        var edits = one[..head].Select(line => (' ', line)).ToList();
        for (int i = 0, j = 0; i < rows || j < columns;)
        {
            if (i < rows && j < columns && one[head + i] == other[head + j])
            {
                edits.Add((' ', one[head + i++]));
                j++;
            }
            else if (i < rows && (j == columns || longest[i + 1, j] >= longest[i, j + 1]))
            {
                edits.Add(('-', one[head + i++]));
            }
            else
            {
                edits.Add(('+', other[head + j++]));
            }
        }

        edits.AddRange(one[(one.Length - tail)..].Select(line => (' ', line)));
        return edits;
    }
}

using System.Text.RegularExpressions;

namespace Dragoman.Management.Clients;

/// <summary>TOML: keys are written into their table, and a table that is not there at the end of the file.</summary>
internal sealed partial class TomlFormat : IConfigFormat
{
    /// <summary>A string as it is written; JSON's escapes are TOML's too.</summary>
    public static string Literal(string value) => JsoncFormat.Literal(value);

    public string? Find(string text, IReadOnlyList<string> path) => Key(TomlTree.Parse(text), path) is { } found ? text[found.ValueStart..found.End] : null;

    public int Depth(string text, IReadOnlyList<string> path)
    {
        var statements = TomlTree.Parse(text);
        var depth = path.Count;
        while (depth > 0 && !statements.Any(statement => statement.Path.Count >= depth && statement.Path.Take(depth).SequenceEqual(path.Take(depth)))) depth--;
        return depth;
    }

    public string Set(string text, IReadOnlyList<string> path, string value)
    {
        var statements = TomlTree.Parse(text);
        if (Key(statements, path) is { } old) return string.Concat(text.AsSpan(0, old.ValueStart), value, text.AsSpan(old.End));
        var newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var holder = path.Take(path.Count - 1).ToList();
        var line = $"{Name(path[^1])} = {value}{newline}";
        var header = holder.Count == 0 ? -1 : Index(statements, statement => statement.IsHeader && !statement.InArray && statement.Path.SequenceEqual(holder));
        if (holder.Count == 0 || header >= 0)
        {
            var last = header;
            while (last + 1 < statements.Count && !statements[last + 1].IsHeader) last++;
            if (last >= 0) return InsertLine(text, NextLine(text, statements[last].End), line, newline);
            // No key stands before the first table, so this one begins the file.
            return text.Length == 0 || text[0] is '\r' or '\n' || statements.Count == 0 ? (statements.Count == 0 ? InsertLine(text, text.Length, line, newline) : line + text) : line + newline + text;
        }

        if (statements.FirstOrDefault(statement => !statement.IsHeader && Begins(statement.Path, holder)) is { } inline)
            throw new ClientFileException($"'{string.Join('.', inline.Path)}' is written without a table of its own; write it as [{string.Join('.', holder)}] first");
        var gap = text.Length == 0 ? "" : text.EndsWith('\n') ? newline : newline + newline;
        return $"{text}{gap}[{string.Join('.', holder.Select(Name))}]{newline}{line}";
    }

    public string Restore(string text, IReadOnlyList<string> path, string raw)
    {
        var found = Key(TomlTree.Parse(text), path)!;
        return string.Concat(text.AsSpan(0, found.ValueStart), raw, text.AsSpan(found.End));
    }

    public string Remove(string text, IReadOnlyList<string> path, int keep)
    {
        if (Key(TomlTree.Parse(text), path) is not { } found) return text;
        var start = LineOf(text, found.Start);
        text = text.Remove(start, NextLine(text, found.End) - start);
        var holder = path.Take(path.Count - 1).ToList();
        var statements = TomlTree.Parse(text);
        if (holder.Count == 0)
        {
            // The empty line that set it off from the first table goes with it.
            return start == 0 && text.Length > 0 && text[0] is '\r' or '\n' ? text[NextLine(text, 0)..] : text;
        }

        if (holder.Count <= keep || Index(statements, statement => statement.IsHeader && statement.Path.SequenceEqual(holder)) is not (>= 0 and var header)) return text;
        start = LineOf(text, statements[header].Start);
        var rest = NextLine(text, statements[header].End);
        var next = header + 1 < statements.Count ? LineOf(text, statements[header + 1].Start) : text.Length;
        if ((header + 1 < statements.Count && !statements[header + 1].IsHeader) || text[rest..next].Contains('#', StringComparison.Ordinal)) return text;
        if (start > 0 && LineOf(text, start - 1) is var before && text.AsSpan(before, start - before).IsWhiteSpace()) start = before;
        return text.Remove(start, rest - start);
    }

    public bool Same(string one, string other) => one.Trim() == other.Trim();

    public bool IsEmpty(string text) => string.IsNullOrWhiteSpace(text);

    private static TomlTree.Statement? Key(IReadOnlyList<TomlTree.Statement> statements, IReadOnlyList<string> path)
        => statements.FirstOrDefault(statement => !statement.IsHeader && !statement.InArray && statement.Path.SequenceEqual(path));

    /// <summary>Whether one of the two names begins with the other.</summary>
    private static bool Begins(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        var length = Math.Min(one.Count, other.Count);
        return one.Take(length).SequenceEqual(other.Take(length));
    }

    private static int Index(IReadOnlyList<TomlTree.Statement> statements, Predicate<TomlTree.Statement> fits) => statements.ToList().FindIndex(fits);

    private static int LineOf(string text, int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    private static int NextLine(string text, int at) => text.IndexOf('\n', at) is >= 0 and var end ? end + 1 : text.Length;

    private static string InsertLine(string text, int at, string line, string newline)
        => string.Concat(text.AsSpan(0, at), at > 0 && text[at - 1] != '\n' ? newline : "", line) + text[at..];

    private static string Name(string word) => Bare().IsMatch(word) ? word : Literal(word);

    [GeneratedRegex("^[A-Za-z0-9_-]+$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Bare();
}

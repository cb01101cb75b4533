using System.Text.RegularExpressions;

namespace Dragoman.Management.Clients;

/// <summary>A <c>.env</c> file: a variable a line.</summary>
internal sealed partial class DotEnvFormat : IConfigFormat
{
    /// <summary>A value as it is written: bare where it can be.</summary>
    public static string Literal(string value) => Bare().IsMatch(value) ? value : value.Contains('\'', StringComparison.Ordinal) ? $"\"{value}\"" : $"'{value}'";

    public string? Find(string text, IReadOnlyList<string> path) => Last(text, path[0]) is { } found ? text.Substring(found.Index, found.Length) : null;

    public int Depth(string text, IReadOnlyList<string> path) => Last(text, path[0]) is null ? 0 : 1;

    public string Set(string text, IReadOnlyList<string> path, string value)
    {
        if (Last(text, path[0]) is { } found) return string.Concat(text.AsSpan(0, found.Index), value, text.AsSpan(found.Index + found.Length));
        var newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        return $"{text}{(text.Length == 0 || text.EndsWith('\n') ? "" : newline)}{path[0]}={value}{newline}";
    }

    public string Restore(string text, IReadOnlyList<string> path, string raw) => Set(text, path, raw);

    public string Remove(string text, IReadOnlyList<string> path, int keep)
    {
        if (Last(text, path[0]) is not { } found) return text;
        var start = found.Index == 0 ? 0 : text.LastIndexOf('\n', found.Index - 1) + 1;
        var end = text.IndexOf('\n', found.Index + found.Length) is >= 0 and var line ? line + 1 : text.Length;
        return text.Remove(start, end - start);
    }

    public bool Same(string one, string other) => one.Trim() == other.Trim();

    public bool IsEmpty(string text) => string.IsNullOrWhiteSpace(text);

    /// <summary>The value of a variable's last line, which is the one that counts.</summary>
    private static Group? Last(string text, string name)
        => Line().Matches(text).LastOrDefault(match => match.Groups["name"].Value == name)?.Groups["value"];

    [GeneratedRegex(@"^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*(?<value>[^\r\n]*?)[ \t]*(?=\r?$)", RegexOptions.CultureInvariant | RegexOptions.Multiline, 10_000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^[A-Za-z0-9_:/.@%+,=\-]+$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Bare();
}

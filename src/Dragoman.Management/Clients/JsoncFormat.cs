using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Management.Clients;

/// <summary>JSON, also with comments: members are spliced into the text.</summary>
internal sealed class JsoncFormat : IConfigFormat
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>A string as it is written.</summary>
    public static string Literal(string value) => JsonSerializer.Serialize(value, Plain);

    /// <summary>Any value as it is written, indented by two spaces.</summary>
    public static string Literal(JsonNode value) => value.ToJsonString(Plain);

    public string? Find(string text, IReadOnlyList<string> path)
        => Walk(text, path) is { Count: var count } found && count == path.Count ? text[found[^1].Value.Start..found[^1].Value.End] : null;

    public int Depth(string text, IReadOnlyList<string> path) => Walk(text, path).Count;

    public string Set(string text, IReadOnlyList<string> path, string value)
    {
        if (IsBlank(text)) text = text.TrimEnd() + "{}\n";
        var root = JsoncTree.Parse(text);
        var found = Walk(text, path);
        var newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var unit = Unit(text, root);
        if (found.Count == path.Count)
        {
            var old = found[^1].Value;
            return string.Concat(text.AsSpan(0, old.Start), Indented(value, IndentAt(text, found[^1].Start), unit, newline), text.AsSpan(old.End));
        }

        var holder = found.Count == 0 ? root : found[^1].Value;
        if (holder.Members is not { } members) throw new ClientFileException($"'{string.Join('.', path.Take(found.Count))}' is no object");
        var multiline = members.Count == 0 ? unit.Length > 0 : text.AsSpan(holder.Start, members[0].Start - holder.Start).Contains('\n');
        var outer = IndentAt(text, found.Count == 0 ? root.Start : found[^1].Start);
        var inner = multiline ? members.Count > 0 ? IndentAt(text, members[0].Start) : outer + unit : outer;
        for (var word = path.Count - 1; word > found.Count; word--) value = $"{{\n  {Literal(path[word])}: {value.ReplaceLineEndings("\n  ")}\n}}";
        var member = $"{Literal(path[found.Count])}: {(multiline ? Indented(value, inner, unit, newline) : OnOneLine(value))}";
        if (members.Count == 0)
            return string.Concat(text.AsSpan(0, holder.Start + 1), multiline ? $"{newline}{inner}{member}{newline}{outer}" : member, text.AsSpan(holder.End - 1));
        var last = members[^1];
        var lead = multiline ? newline + inner : " ";
        if (last.Comma >= 0)
        {
            var behind = AfterComment(text, last.Comma + 1);
            return string.Concat(text.AsSpan(0, behind), $"{lead}{member},", text.AsSpan(behind));
        }

        var place = multiline ? AfterComment(text, last.Value.End) : last.Value.End;
        return string.Concat(string.Concat(text.AsSpan(0, last.Value.End), ",", text.AsSpan(last.Value.End, place - last.Value.End)), lead + member, text[place..]);
    }

    public string Restore(string text, IReadOnlyList<string> path, string raw)
    {
        var value = Walk(text, path)[^1].Value;
        return string.Concat(text.AsSpan(0, value.Start), raw, text.AsSpan(value.End));
    }

    public string Remove(string text, IReadOnlyList<string> path, int keep)
    {
        for (var length = path.Count; length > 0; length--)
        {
            var found = Walk(text, path.Take(length).ToList());
            if (found.Count < length || (length < path.Count && (length <= keep || found[^1].Value.Members is not { Count: 0 }))) break;
            text = Without(text, length == 1 ? JsoncTree.Parse(text) : found[^2].Value, found[^1]);
        }

        return text;
    }

    public bool Same(string one, string other) => JsonNode.DeepEquals(JsonNode.Parse(one, null, Lenient), JsonNode.Parse(other, null, Lenient));

    public bool IsEmpty(string text) => IsBlank(text) || (JsoncTree.Parse(text).Members is { Count: 0 } && !text.Contains('/', StringComparison.Ordinal));

    private static bool IsBlank(string text) => text.AsSpan().Trim().Trim('\uFEFF').IsEmpty;

    /// <summary>The members along the path, as far as they are there.</summary>
    private static List<JsoncTree.Member> Walk(string text, IReadOnlyList<string> path)
    {
        var found = new List<JsoncTree.Member>();
        if (IsBlank(text)) return found;
        var at = JsoncTree.Parse(text);
        foreach (var word in path)
        {
            // Of members of the same name the last one counts, as for every reader.
            if (at.Members?.LastOrDefault(member => member.Name == word) is not { } member) break;
            found.Add(member);
            at = member.Value;
        }

        return found;
    }

    private static string Without(string text, JsoncTree.Value holder, JsoncTree.Member member)
    {
        var members = holder.Members!;
        var place = members.ToList().FindIndex(known => known.Start == member.Start);
        var start = member.Start;
        var end = member.Comma >= 0 ? member.Comma + 1 : member.Value.End;
        var line = text.LastIndexOf('\n', Math.Max(start - 1, 0)) + 1;
        var behind = AfterComment(text, end);
        var alone = text.AsSpan(line, start - line).IsWhiteSpace() && (behind >= text.Length || text[behind] is '\r' or '\n') && line > holder.Start;
        if (alone)
        {
            // Its line goes with the line break before it, so that what follows stays where it is.
            start = line - 1;
            if (start > 0 && text[start - 1] == '\r') start--;
            end = behind;
            if (members.Count == 1 && text.AsSpan(end, holder.End - 1 - end).IsWhiteSpace()) end = holder.End - 1;
        }
        else
        {
            while (end < text.Length && text[end] == ' ') end++;
            if (place == members.Count - 1) end = member.Comma >= 0 ? member.Comma + 1 : member.Value.End;
            if (place == members.Count - 1 && place > 0) start = members[place - 1].Comma + 1;
            while (members.Count == 1 && text[start - 1] == ' ') start--;
        }

        text = text.Remove(start, end - start);
        // The one before it is the last now; it keeps its comma only where the file writes one there.
        if (place > 0 && place == members.Count - 1 && member.Comma < 0) text = text.Remove(members[place - 1].Comma, 1);
        return text;
    }

    /// <summary>Behind a comment on the same line, if there is one.</summary>
    private static int AfterComment(string text, int at)
    {
        var next = at;
        while (next < text.Length && text[next] is ' ' or '\t') next++;
        if (string.CompareOrdinal(text, next, "//", 0, 2) != 0)
        {
            if (string.CompareOrdinal(text, next, "/*", 0, 2) != 0) return next < text.Length && text[next] is '\r' or '\n' ? next : at;
            var close = text.IndexOf("*/", next, StringComparison.Ordinal) + 2;
            return text.AsSpan(next, close - next).Contains('\n') ? at : AfterComment(text, close);
        }

        while (next < text.Length && text[next] is not ('\r' or '\n')) next++;
        return next;
    }

    private static string IndentAt(string text, int at)
    {
        var line = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        var end = line;
        while (end < text.Length && text[end] is ' ' or '\t') end++;
        return text[line..end];
    }

    /// <summary>What the file indents by; empty for a file on one line.</summary>
    private static string Unit(string text, JsoncTree.Value root)
    {
        if (root.Members is not { Count: > 0 } members) return "  ";
        if (!text.AsSpan(root.Start, members[0].Start - root.Start).Contains('\n')) return "";
        return IndentAt(text, members[0].Start) is { Length: > 0 } unit ? unit : "  ";
    }

    private static string Indented(string value, string indent, string unit, string newline)
    {
        if (unit.Length == 0) return OnOneLine(value);
        var lines = value.ReplaceLineEndings("\n").Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            var words = lines[i].TrimStart(' ');
            lines[i] = indent + string.Concat(Enumerable.Repeat(unit, (lines[i].Length - words.Length) / 2)) + words;
        }

        return string.Join(newline, lines);
    }

    private static string OnOneLine(string value) => string.Concat(value.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimStart(' ')));
}

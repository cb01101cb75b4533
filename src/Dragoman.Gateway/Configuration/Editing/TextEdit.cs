using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>One change of one text, by the places of its nodes. Every method gives the new text and touches only the lines it must.</summary>
internal sealed class TextEdit(string text, EditStyle style)
{
    /// <summary>Adds a key behind the last one of a map.</summary>
    public string InsertKey(SourceMappedNode map, string key, JsonNode? value)
    {
        if (map.IsFlow)
        {
            var pair = $"{ValueText.Key(key, inFlow: true)}: {ValueText.Inline(value, inFlow: true)}";
            return map.Pairs.Count == 0 ? Replace(map.Start, map.End, $"{{ {pair} }}") : Insert(map.Pairs[^1].Value.End, $", {pair}");
        }

        var lines = new StringBuilder();
        ValueText.Pair(lines, key, value, map.Column, style);
        return InsertLines(map.Pairs.Count == 0 ? text.Length : BehindComments(LineEnd(map.End), map.Column), lines.ToString());
    }

    /// <summary>Adds an item behind the last one of a list.</summary>
    public string AppendItem(SourceMappedNode list, JsonNode? value)
    {
        if (list.IsFlow)
        {
            var item = ValueText.Inline(value, inFlow: true);
            return list.Items.Count == 0 ? Replace(list.Start, list.End, $"[ {item} ]") : Insert(list.Items[^1].End, $", {item}");
        }

        var lines = new StringBuilder();
        ValueText.Item(lines, value, list.Column, style);
        return InsertLines(LineEnd(list.End), lines.ToString());
    }

    /// <summary>Puts a value in the place of another.</summary>
    /// <param name="parent">The map or list it stands in.</param>
    /// <param name="key">Its key, in a map.</param>
    /// <param name="old">The value that goes.</param>
    /// <param name="value">The value that comes.</param>
    public string ReplaceValue(SourceMappedNode parent, SourceMappedNode? key, SourceMappedNode old, JsonNode? value)
    {
        if (parent.IsFlow) return PutInline(old, ValueText.Inline(value, old.Form, inFlow: true));
        var oneLine = value is null || ValueText.IsOneLine(value) || old.IsFlow || key is null;
        var behindKey = key is not null && old.Form is NodeForm.BlockList or NodeForm.BlockMap;
        if (oneLine && !behindKey) return PutInline(old, ValueText.Inline(value, old.Form));

        // The rest of the key's own line, with its comment, stays.
        var colon = text.IndexOf(':', key!.End) + 1;
        var (from, to) = behindKey ? (LineStart(old.Start), LineEnd(old.End)) : (LineEnd(old.End), LineEnd(old.End));
        var head = behindKey ? text[..from] : Ended(text[..colon] + text[old.End..from]);
        if (oneLine) return string.Concat(head.AsSpan(0, colon), " ", ValueText.Inline(value), head.AsSpan(colon)) + text[to..];
        var lines = new StringBuilder();
        ValueText.Lines(lines, value!, parent.Column, style);
        return head + lines + text[to..];
    }

    /// <summary>Takes a key and its value away; the last one of a map leaves <c>{}</c> to the caller.</summary>
    public string RemoveKey(SourceMappedNode map, int index)
    {
        var pair = map.Pairs[index];
        if (map.IsFlow) return RemoveBetween(index > 0 ? map.Pairs[index - 1].Value.End : null, pair.Key.Start, pair.Value.End, index + 1 < map.Pairs.Count ? map.Pairs[index + 1].Key.Start : null);
        if (IsFirstOnLine(pair.Key.Start)) return Replace(LineStart(pair.Key.Start), LineEnd(pair.Value.End), "");
        // The first key behind a dash: the next one moves up.
        return index + 1 < map.Pairs.Count ? Replace(pair.Key.Start, map.Pairs[index + 1].Key.Start, "") : throw new EditException("The key cannot be removed in place; edit the file by hand.");
    }

    /// <summary>Takes an item away; the last one of a list leaves <c>[]</c> to the caller.</summary>
    public string RemoveItem(SourceMappedNode list, int index)
    {
        var item = list.Items[index];
        if (list.IsFlow) return RemoveBetween(index > 0 ? list.Items[index - 1].End : null, item.Start, item.End, index + 1 < list.Items.Count ? list.Items[index + 1].Start : null);
        var dash = DashOf(list, index);
        if (IsFirstOnLine(dash)) return Replace(LineStart(dash), LineEnd(item.End), "");
        return index + 1 < list.Items.Count ? Replace(dash, DashOf(list, index + 1), "") : throw new EditException("The item cannot be removed in place; edit the file by hand.");
    }

    private string RemoveBetween(int? behind, int start, int end, int? next) => behind is { } before ? Replace(before, end, "") : Replace(start, next ?? end, "");

    private string PutInline(SourceMappedNode old, string value) => old.IsAbsent ? Insert(old.Start, " " + value) : Replace(old.Start, old.End, value);

    private int DashOf(SourceMappedNode list, int index)
    {
        if (index == 0) return list.Start;
        for (var line = LineStart(list.Items[index].Start); line > list.Start; line = LineStart(line - 1))
        {
            if (line + list.Column < text.Length && text[line + list.Column] == '-' && IsFirstOnLine(line + list.Column)) return line + list.Column;
        }

        throw new EditException("The item cannot be found in the file; edit it by hand.");
    }

    /// <summary>Comments that stand as far right as the map's keys belong to it; at the left margin they may belong to what comes next.</summary>
    private int BehindComments(int at, int column)
    {
        while (at < text.Length)
        {
            var end = LineEnd(at);
            var line = text.AsSpan(at, end - at);
            var content = line.TrimStart(' ');
            if (content.IsEmpty || content[0] != '#' || line.Length - content.Length < Math.Max(column, 1)) break;
            at = end;
        }

        return at;
    }

    private bool IsFirstOnLine(int at) => text.AsSpan(LineStart(at), at - LineStart(at)).Trim(' ').IsEmpty;

    private int LineStart(int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    /// <summary>The start of the next line.</summary>
    private int LineEnd(int at) => text.IndexOf('\n', at) is >= 0 and var end ? end + 1 : text.Length;

    private string InsertLines(int at, string lines) => Ended(text[..at]) + lines + text[at..];

    private string Ended(string head) => head.Length == 0 || head[^1] == '\n' ? head : head + style.LineEnd;

    private string Insert(int at, string what) => text.Insert(at, what);

    private string Replace(int from, int to, string what) => string.Concat(text.AsSpan(0, from), what, text.AsSpan(to));
}

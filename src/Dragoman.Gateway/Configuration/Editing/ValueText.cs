using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>Writes a value as YAML, in the manner of the text around it.</summary>
internal static class ValueText
{
    private static readonly HashSet<string> ReservedScalars = new(StringComparer.OrdinalIgnoreCase) { "true", "false", "yes", "no", "on", "off", "null", "~", "y", "n", ".inf", "-.inf", ".nan", "<<" };

    /// <summary>Whether a value goes on one line: a scalar, or a list or map of nothing.</summary>
    public static bool IsOneLine(JsonNode value) => value is JsonValue or JsonArray { Count: 0 } or JsonObject { Count: 0 };

    /// <summary>A value on one line.</summary>
    /// <param name="value">The value.</param>
    /// <param name="like">How the value in its place was written.</param>
    /// <param name="inFlow">Whether it stands between brackets.</param>
    public static string Inline(JsonNode? value, NodeForm like = NodeForm.Plain, bool inFlow = false) => value switch
    {
        null => "null",
        JsonArray { Count: 0 } => "[]",
        JsonObject { Count: 0 } => "{}",
        JsonArray list => $"[{string.Join(", ", list.Select(item => Inline(item, NodeForm.Plain, inFlow: true)))}]",
        JsonObject map => $"{{ {string.Join(", ", map.Select(pair => $"{Key(pair.Key, inFlow: true)}: {Inline(pair.Value, NodeForm.Plain, inFlow: true)}"))} }}",
        _ when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>(), like, inFlow),
        _ => value.ToJsonString(),
    };

    /// <summary>A key.</summary>
    public static string Key(string key, bool inFlow) => Text(key, NodeForm.Plain, inFlow);

    /// <summary>The lines of <c>key: value</c> or of a list or map, each ended, at an indentation.</summary>
    public static void Pair(StringBuilder to, string key, JsonNode? value, int indent, EditStyle style)
    {
        to.Append(' ', indent).Append(Key(key, inFlow: false)).Append(':');
        Tail(to, value, indent, style);
    }

    /// <summary>The lines of an item of a list.</summary>
    public static void Item(StringBuilder to, JsonNode? value, int indent, EditStyle style)
    {
        to.Append(' ', indent).Append('-');
        if (value is JsonObject { Count: > 0 } map)
        {
            var lines = new StringBuilder();
            foreach (var (key, inner) in map) Pair(lines, key, inner, indent + 2, style);
            to.Append(' ').Append(lines.ToString().AsSpan(indent + 2));
        }
        else
        {
            to.Append(' ').Append(Inline(value)).Append(style.LineEnd);
        }
    }

    private static void Tail(StringBuilder to, JsonNode? value, int indent, EditStyle style)
    {
        if (value is null || IsOneLine(value))
        {
            to.Append(' ').Append(Inline(value)).Append(style.LineEnd);
            return;
        }

        to.Append(style.LineEnd);
        Lines(to, value, indent, style);
    }

    /// <summary>The lines of a list or map that is the value of a key at <paramref name="indent"/>.</summary>
    public static void Lines(StringBuilder to, JsonNode value, int indent, EditStyle style)
    {
        if (value is JsonArray list)
        {
            foreach (var item in list) Item(to, item, indent + style.ListStep, style);
        }
        else
        {
            foreach (var (key, inner) in value.AsObject()) Pair(to, key, inner, indent + style.Step, style);
        }
    }

    private static string Text(string text, NodeForm like, bool inFlow)
    {
        if (like == NodeForm.Single && !text.Any(IsSpecial)) return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        return like != NodeForm.Double && IsPlain(text, inFlow) ? text : Quoted(text);
    }

    private static bool IsPlain(string text, bool inFlow)
    {
        if (text.Length == 0 || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) || text.Any(IsSpecial)) return false;
        if ("-?:,[]{}#&*!|>'\"%@`=".Contains(text[0], StringComparison.Ordinal) || text[^1] == ':' || text.StartsWith("...", StringComparison.Ordinal)) return false;
        if (text.Contains(": ", StringComparison.Ordinal) || text.Contains(" #", StringComparison.Ordinal) || (inFlow && text.Any(letter => ",[]{}:".Contains(letter, StringComparison.Ordinal)))) return false;
        return !LooksLikeNumber(text);
    }

    /// <summary>Numbers, times and dates of any YAML reader.</summary>
    private static bool LooksLikeNumber(string text)
        => ReservedScalars.Contains(text) || double.TryParse(text, NumberStyles.Any, CultureInfo.InvariantCulture, out _)
            || ((char.IsAsciiDigit(text[0]) || text[0] is '.' or '+') && text.All(letter => char.IsAsciiHexDigit(letter) || letter is 'x' or 'o' or '_' or ':' or '.' or '-' or '+' or 'T' or 'Z' or ' '));

    private static bool IsSpecial(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\ufeff';

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when IsSpecial(letter) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }
}

/// <summary>The manners of a file.</summary>
/// <param name="Step">By how much the keys of a map stand further right than the map's own key.</param>
/// <param name="ListStep">By how much dashes stand further right than the list's own key.</param>
/// <param name="LineEnd">What ends a line.</param>
internal sealed record EditStyle(int Step, int ListStep, string LineEnd)
{
    /// <summary>The manners of a text: the first of each kind that is found.</summary>
    public static EditStyle From(SourceMappedNode root, string text)
    {
        int? step = null, list = null;
        Look(root);
        return new EditStyle(step ?? 2, list ?? 2, text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n");

        void Look(SourceMappedNode node)
        {
            foreach (var pair in node.Pairs)
            {
                if (node.Form == NodeForm.BlockMap && pair.Value.Form == NodeForm.BlockMap && pair.Value.Column > node.Column) step ??= pair.Value.Column - node.Column;
                if (node.Form == NodeForm.BlockMap && pair.Value.Form == NodeForm.BlockList && pair.Value.Column >= node.Column) list ??= pair.Value.Column - node.Column;
                Look(pair.Value);
            }

            foreach (var item in node.Items) Look(item);
        }
    }
}

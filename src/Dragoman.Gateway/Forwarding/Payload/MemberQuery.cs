using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Catalog;

namespace Dragoman.Gateway.Forwarding.Payload;

/// <summary>
/// A choice of items of a list by what is in them, in gjson's words: <c>#(type=="x")</c> for the first, with a <c>#</c> behind it for all. Conditions stand side by side with <c>&amp;&amp;</c> and <c>||</c>; a path alone asks
/// whether something is there, and a sign alone looks at the item itself.
/// </summary>
internal sealed class MemberQuery
{
    /// <summary>The signs, the longer before those that they begin with.</summary>
    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "!%", "=", "<", ">", "%"];

    private readonly List<List<Term>> _choices;

    private MemberQuery(List<List<Term>> choices, bool all) => (_choices, All) = (choices, all);

    /// <summary>Whether all items are meant that fit, and not the first of them.</summary>
    public bool All { get; }

    /// <summary>Reads one that begins at a place of a path; null for what is none.</summary>
    /// <param name="text">The path.</param>
    /// <param name="at">Where it begins; afterwards, where it has ended.</param>
    public static MemberQuery? Parse(string text, ref int at)
    {
        if (!text.AsSpan(at).StartsWith("#(") || CloseOf(text, at + 2) is not { } close) return null;
        var choices = new List<List<Term>>();
        foreach (var choice in Split(text[(at + 2)..close], "||"))
        {
            var terms = Split(choice, "&&").Select(Term.Parse).ToList();
            if (terms.Exists(static term => term is null)) return null;
            choices.Add(terms!);
        }

        at = close + 1;
        var all = at < text.Length && text[at] == '#';
        if (all) at++;
        return new MemberQuery(choices, all);
    }

    /// <summary>Whether an item fits.</summary>
    public bool Fits(JsonNode? item) => _choices.Exists(terms => terms.TrueForAll(term => term.Fits(item)));

    private static int? CloseOf(string text, int from)
    {
        var (depth, isQuoted) = (1, false);
        for (var at = from; at < text.Length; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == '"') isQuoted = !isQuoted;
            else if (isQuoted) continue;
            else if (text[at] == '(') depth++;
            else if (text[at] == ')' && --depth == 0) return at;
        }

        return null;
    }

    private static List<string> Split(string text, string sign)
    {
        var (parts, start, isQuoted) = (new List<string>(), 0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == '"') isQuoted = !isQuoted;
            else if (!isQuoted && text.AsSpan(at).StartsWith(sign))
            {
                parts.Add(text[start..at]);
                start = at + sign.Length;
                at = start - 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    /// <summary>One condition.</summary>
    private sealed record Term(MemberPath? Path, string Sign, JsonNode? Value)
    {
        public static Term? Parse(string text)
        {
            text = text.Trim();
            if (text.Length == 0) return null;
            var (at, sign) = SignIn(text);
            var name = text[..at].Trim();
            var path = name.Length == 0 ? null : MemberPath.Parse(name);
            if (name.Length > 0 && path is null) return null;
            if (sign.Length == 0) return new Term(path, "", null);
            return new Term(path, sign, ValueOf(text[(at + sign.Length)..].Trim()));
        }

        public bool Fits(JsonNode? item)
        {
            if (Path is { } path && !path.Exists(item)) return false;
            var found = Path is null ? item : Path.Find(item);
            if (Sign.Length == 0) return true;
            return Sign switch
            {
                "==" or "=" => JsonNode.DeepEquals(found, Value),
                "!=" => !JsonNode.DeepEquals(found, Value),
                "%" => TextOf(found) is { } text && Wildcard.Matches(TextOf(Value) ?? "", text),
                "!%" => TextOf(found) is { } text && !Wildcard.Matches(TextOf(Value) ?? "", text),
                _ => Order(found) is { } order && (Sign[0] == '<' ? order < 0 || (order == 0 && Sign.Length == 2) : order > 0 || (order == 0 && Sign.Length == 2)),
            };
        }

        private static (int At, string Sign) SignIn(string text)
        {
            for (var at = 0; at < text.Length; at++)
            {
                if (text[at] == '\\') at++;
                else if (Signs.FirstOrDefault(sign => text.AsSpan(at).StartsWith(sign)) is { } sign) return (at, sign);
            }

            return (text.Length, "");
        }

        /// <summary>A value as JSON; bare words are texts.</summary>
        private static JsonNode? ValueOf(string text)
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return JsonValue.Create(text);
            }
        }

        private static string? TextOf(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

        /// <summary>How two texts or two numbers stand to each other; null where they are not of one kind.</summary>
        private int? Order(JsonNode? found)
        {
            if (TextOf(found) is { } text) return TextOf(Value) is { } other ? string.CompareOrdinal(text, other) : null;
            return NumberOf(found) is { } number && NumberOf(Value) is { } limit ? number.CompareTo(limit) : null;
        }

        private static double? NumberOf(JsonNode? node)
            => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}

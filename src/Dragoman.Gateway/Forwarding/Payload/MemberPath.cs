using System.Globalization;
using System.Text.Json.Nodes;

namespace Dragoman.Gateway.Forwarding.Payload;

/// <summary>
/// A place in a JSON body: names with dots between them, numbers for items of lists, <c>-1</c> for the one behind the last; a dot that belongs to a name has a backslash before it. In place of a number a query may
/// stand, which chooses items by what is in them (<c>tools.#(type=="x").name</c>): the places that are meant are then known by the body only (<see cref="Resolve(JsonNode?)"/>).
/// </summary>
public sealed class MemberPath
{
    /// <summary>The largest place in a list that is filled up to.</summary>
    private const int MostItems = 1_000;

    private readonly string[] _parts;
    private readonly MemberQuery?[] _queries;

    private MemberPath(string text, string[] parts, MemberQuery?[]? queries = null) => (Text, _parts, _queries) = (text, parts, queries ?? new MemberQuery?[parts.Length]);

    /// <summary>As it is written.</summary>
    public string Text { get; }

    /// <summary>Reads one; null for what is none: no names, an empty one, a query that cannot be read, or another of gjson's signs (<c>*</c>, <c>@…</c>, <c>|</c>).</summary>
    public static MemberPath? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (parts, queries) = (new List<string>(), new List<MemberQuery?>());
        var part = new System.Text.StringBuilder();
        MemberQuery? query = null;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length) part.Append(text[++at]);
            else if (text[at] == '.') Take();
            else if (text[at] == '#')
            {
                var from = at;
                if (part.Length > 0 || (query = MemberQuery.Parse(text, ref at)) is null || (at < text.Length && text[at] != '.')) return null;
                part.Append(text[from..at]);
                at--;
            }
            else if (text[at] is '*' or '?' or '|' or '@' or '{' or '[') return null;
            else part.Append(text[at]);
        }

        Take();
        return parts.TrueForAll(static name => name.Length > 0) ? new MemberPath(text, [.. parts], [.. queries]) : null;

        void Take()
        {
            parts.Add(part.ToString());
            queries.Add(query);
            part.Clear();
            query = null;
        }
    }

    /// <summary>The places in a body that are meant: this one itself, or for each query the items that fit.</summary>
    public IReadOnlyList<MemberPath> Resolve(JsonNode? body)
    {
        var first = Array.FindIndex(_queries, static query => query is not null);
        if (first < 0) return [this];
        var found = new List<MemberPath>();
        Resolve(body, 0, [], found);
        return found;
    }

    /// <summary>Whether there is a value, be it null.</summary>
    public bool Exists(JsonNode? body)
    {
        for (var index = 0; index < _parts.Length; index++)
        {
            var there = body switch
            {
                JsonObject members => members.ContainsKey(_parts[index]),
                JsonArray items => ItemOf(_parts[index]) is >= 0 and var item && item < items.Count,
                _ => false,
            };
            if (!there) return false;
            body = Child(body, _parts[index]);
        }

        return true;
    }

    private void Resolve(JsonNode? at, int index, string[] before, List<MemberPath> found)
    {
        for (; index < _parts.Length; index++)
        {
            if (_queries[index] is not { } query)
            {
                before = [.. before, _parts[index]];
                at = Child(at, _parts[index]);
                continue;
            }

            if (at is not JsonArray items) return;
            for (var item = 0; item < items.Count; item++)
            {
                if (!query.Fits(items[item])) continue;
                Resolve(items[item], index + 1, [.. before, item.ToString(CultureInfo.InvariantCulture)], found);
                if (!query.All) return;
            }

            return;
        }

        found.Add(new MemberPath(string.Join('.', before.Select(static name => name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(".", "\\.", StringComparison.Ordinal))), before));
    }

    /// <summary>The same place without its first name, where that is a given one and not the only one: what stands in an envelope, without it.</summary>
    public MemberPath Without(string first) => _parts.Length > 1 && _parts[0] == first ? new MemberPath(Text, _parts[1..], _queries[1..]) : this;

    /// <summary>The value there; null where there is none, or null.</summary>
    public JsonNode? Find(JsonNode? body)
    {
        foreach (var part in _parts) body = Child(body, part);
        return body;
    }

    /// <summary>Sets the value there. What is missing on the way is made; a value on the way that has no members gives way.</summary>
    /// <returns>Whether the body is another now.</returns>
    public bool Set(JsonObject body, JsonNode? value)
    {
        ArgumentNullException.ThrowIfNull(body);
        JsonNode at = body;
        for (var index = 0; index < _parts.Length - 1; index++)
        {
            var next = Child(at, _parts[index]);
            if (next is not (JsonObject or JsonArray))
            {
                next = ItemOf(_parts[index + 1]) is null ? new JsonObject() : new JsonArray();
                if (!Put(at, _parts[index], next)) return false;
            }

            at = next;
        }

        var before = Child(at, _parts[^1]);
        return (before is null || !JsonNode.DeepEquals(before, value)) && Put(at, _parts[^1], value?.DeepClone());
    }

    /// <summary>Takes the value there away.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        JsonNode? at = body;
        foreach (var part in _parts[..^1]) at = Child(at, part);
        switch (at)
        {
            case JsonObject members:
                return members.Remove(_parts[^1]);
            case JsonArray items when ItemOf(_parts[^1]) is >= 0 and var item && item < items.Count:
                items.RemoveAt(item);
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static JsonNode? Child(JsonNode? node, string part) => node switch
    {
        JsonObject members => members[part],
        JsonArray items when ItemOf(part) is >= 0 and var item && item < items.Count => items[item],
        _ => null,
    };

    private static bool Put(JsonNode at, string part, JsonNode? value)
    {
        if (at is JsonObject members)
        {
            members[part] = value;
            return true;
        }

        if (at is not JsonArray items || ItemOf(part) is not { } item || item > MostItems) return false;
        if (item < 0) item = items.Count;
        while (items.Count <= item) items.Add(null);
        items[item] = value;
        return true;
    }

    private static int? ItemOf(string part) => int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var item) && item >= -1 ? item : null;
}

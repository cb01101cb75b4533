using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>Finds what local references (<c>#/$defs/Name</c>) of a schema point to, and bounds how far they are followed.</summary>
internal sealed class SchemaReferences(JsonSlice root)
{
    private const int DeepestReference = 10;

    /// <summary>References in references can multiply without end; a schema that unfolds into more than this many is cut short.</summary>
    private const int MostReferences = 500;

    private readonly List<string> _open = [];
    private Dictionary<string, JsonSlice>? _found;
    private int _followed;

    /// <summary>Follows a reference, unless it is remote, dangling, circular or too deep. Leave it with <see cref="Exit"/>.</summary>
    public bool TryFollow(string pointer, out JsonSlice target)
    {
        target = default;
        if (_open.Count >= DeepestReference || _followed >= MostReferences || _open.Contains(pointer)) return false;
        _found ??= [];
        if (!_found.TryGetValue(pointer, out target)) _found[pointer] = target = Find(pointer);
        if (!target.IsObject) return false;
        _open.Add(pointer);
        _followed++;
        return true;
    }

    /// <summary>Leaves the last <paramref name="count"/> references followed.</summary>
    public void Exit(int count) => _open.RemoveRange(_open.Count - count, count);

    /// <summary>The name a reference goes by: its last step.</summary>
    public static string NameOf(string pointer)
    {
        var name = pointer[(pointer.LastIndexOf('/') + 1)..].TrimStart('#');
        return name.Length == 0 ? "the whole schema" : name;
    }

    private JsonSlice Find(string pointer)
    {
        // "#" alone is the schema itself: always circular.
        if (!pointer.StartsWith("#/", StringComparison.Ordinal)) return default;
        var current = root;
        foreach (var raw in pointer[2..].Split('/'))
        {
            var step = Uri.UnescapeDataString(raw).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            current = Step(current, step);
            if (current.IsEmpty) return default;
        }

        return current;
    }

    private static JsonSlice Step(JsonSlice from, string step)
    {
        var reader = from.Read();
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            if (!int.TryParse(step, out var index)) return default;
            for (var i = 0; reader.NextElement(); i++)
            {
                var element = JsonSlice.From(ref reader, from.Bytes);
                if (i == index) return element;
            }

            return default;
        }

        if (reader.TokenType != JsonTokenType.StartObject) return default;
        var name = Encoding.UTF8.GetBytes(step);
        while (reader.NextProperty())
        {
            var hit = reader.ValueTextEquals(name);
            reader.Read();
            var value = JsonSlice.From(ref reader, from.Bytes);
            if (hit) return value;
        }

        return default;
    }
}

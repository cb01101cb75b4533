using System.Buffers;

namespace Dragoman.Protocols.Json;

/// <summary>
/// A forward skim over a JSON object that stops only at its own properties and jumps over their values. It checks brackets and strings,
/// not the grammar between them: a parse comes later where one is needed, and the upstream does its own.
/// </summary>
/// <remarks>Agent requests are 150 KB and more, of which routing needs three fields: a tokenizer would cost more than the relaying.</remarks>
public ref struct TopLevelJsonScanner(ReadOnlySpan<byte> json)
{
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);
    private readonly ReadOnlySpan<byte> _json = json;
    private int _at = 0;
    private bool _entered = false;

    /// <summary>How deep values may nest.</summary>
    public const int MaxDepth = 128;

    /// <summary>Whether nesting went too deep.</summary>
    public bool TooDeep { get; private set; }

    /// <summary>Whether the text is not an object, or ends or nests wrongly.</summary>
    public bool Broken { get; private set; }

    /// <summary>The name of the property stood on, without quotes, escapes as they are.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Where the property's value starts.</summary>
    public int ValueStart { get; private set; }

    /// <summary>Where the property's value ends (exclusive).</summary>
    public int ValueEnd { get; private set; }

    /// <summary>The bytes of the value.</summary>
    public readonly ReadOnlySpan<byte> Value => _json[ValueStart..ValueEnd];

    /// <summary>Steps to the next property; false at the end of the object or when the text is broken.</summary>
    public bool Next()
    {
        if (Broken || TooDeep) return false;
        var at = SkipSpace(_at);
        if (!_entered)
        {
            if (at >= _json.Length || _json[at] != (byte)'{') return Break();
            _entered = true;
            at = SkipSpace(at + 1);
        }
        else if (at < _json.Length && _json[at] == (byte)',')
        {
            at = SkipSpace(at + 1);
        }

        if (at >= _json.Length) return Break();
        if (_json[at] == (byte)'}')
        {
            _at = at + 1;
            if (SkipSpace(_at) != _json.Length) Broken = true;
            return false;
        }

        if (_json[at] != (byte)'"') return Break();
        var nameEnd = EndOfString(at);
        if (nameEnd < 0) return Break();
        Name = _json[(at + 1)..(nameEnd - 1)];
        at = SkipSpace(nameEnd);
        if (at >= _json.Length || _json[at] != (byte)':') return Break();
        at = SkipSpace(at + 1);
        var end = EndOfValue(at);
        if (end < 0) return Break();
        ValueStart = at;
        ValueEnd = end;
        _at = end;
        return true;
    }

    /// <summary>The value of a member of an object, as it stands; empty where there is none. The first counts where it is repeated.</summary>
    public static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> json, scoped ReadOnlySpan<byte> name)
    {
        var scanner = new TopLevelJsonScanner(json);
        while (scanner.Next())
        {
            if (scanner.Name.SequenceEqual(name)) return scanner.Value;
        }

        return default;
    }

    /// <summary>The text of a member of an object, as it stands between its quotes; empty where there is none, or no text.</summary>
    public static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> json, scoped ReadOnlySpan<byte> name) => ValueOf(json, name) is [(byte)'"', .. var text, (byte)'"'] ? text : default;

    /// <summary>The first element of an array, or the value itself when it is no array; empty when there is none.</summary>
    public static ReadOnlySpan<byte> FirstElement(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != (byte)'[') return value;
        var skim = new TopLevelJsonScanner(value);
        var start = skim.SkipSpace(1);
        var end = skim.EndOfValue(start);
        return end < 0 ? default : value[start..end];
    }

    private bool Break()
    {
        Broken = true;
        return false;
    }

    private readonly int SkipSpace(int at)
    {
        while (at < _json.Length && _json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    private readonly int EndOfString(int at)
    {
        at++;
        while (true)
        {
            var next = _json[at..].IndexOfAny(StringEnd);
            if (next < 0) return -1;
            at += next;
            if (_json[at] == (byte)'"') return at + 1;
            at += 2;
            if (at >= _json.Length) return -1;
        }
    }

    private int EndOfValue(int at)
    {
        if (at >= _json.Length) return -1;
        if (_json[at] == (byte)'"') return EndOfString(at);
        if (_json[at] is not ((byte)'{' or (byte)'['))
        {
            var end = at;
            while (end < _json.Length && _json[end] is not ((byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) end++;
            return end == at ? -1 : end;
        }

        var close = JsonBrackets.EndOf(_json, at, MaxDepth);
        if (close == -2) TooDeep = true;
        return close < 0 ? -1 : close;
    }
}

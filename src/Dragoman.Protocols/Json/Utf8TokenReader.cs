using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dragoman.Protocols.Json;

/// <summary>
/// Reads a complete JSON text token by token, as <see cref="System.Text.Json.Utf8JsonReader"/> does and just as strictly, with the same
/// members. It differs where agent requests live: strings of tens of kilobytes full of <c>\n</c> and <c>\"</c> are looked over in vectors
/// all the way, where the framework's reader goes on byte by byte behind the first backslash.
/// </summary>
/// <remarks>The text must be valid UTF-8 (request bodies are checked once, whole) and complete; there are no comments and no trailing commas.</remarks>
public ref struct Utf8TokenReader
{
    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(static value => (byte)value)]);

    private readonly ReadOnlySpan<byte> _json;
    private readonly int _maxDepth;
    private int _at;
    private int _depth;
    private ulong _objects;
    private ulong _outerObjects;
    private ReadOnlySpan<byte> _value;
    private int _start;
    private bool _escaped;
    private JsonTokenType _type;

    /// <summary>A reader of a text.</summary>
    public Utf8TokenReader(ReadOnlySpan<byte> json, JsonReaderOptions options = default)
    {
        _json = json;
        _maxDepth = Math.Min(options.MaxDepth == 0 ? JsonReading.MaxDepth : options.MaxDepth, 128);
    }

    /// <summary>What the reader stands on.</summary>
    public readonly JsonTokenType TokenType => _type;

    /// <summary>Where the token starts; for a string at its quote.</summary>
    public readonly long TokenStartIndex => _start;

    /// <summary>How far the text has been read.</summary>
    public readonly long BytesConsumed => _at;

    /// <summary>The bytes of the token; for strings and names those between the quotes, escapes as they are.</summary>
    public readonly ReadOnlySpan<byte> ValueSpan => _value;

    /// <summary>Whether <see cref="ValueSpan"/> has escapes.</summary>
    public readonly bool ValueIsEscaped => _escaped;

    /// <summary>How many objects and arrays are open around the token.</summary>
    public readonly int CurrentDepth => _type is JsonTokenType.StartObject or JsonTokenType.StartArray ? _depth - 1 : _depth;

    private readonly bool InObject => (_objects & 1) != 0;

    /// <summary>Steps to the next token; false at the end of the text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public bool Read()
    {
        SkipSpace();
        switch (_type)
        {
            case JsonTokenType.None:
            case JsonTokenType.PropertyName:
                ReadValue();
                return true;
            case JsonTokenType.StartObject:
                if (Peek() == (byte)'}') Close(JsonTokenType.EndObject);
                else ReadName();
                return true;
            case JsonTokenType.StartArray:
                if (Peek() == (byte)']') Close(JsonTokenType.EndArray);
                else ReadValue();
                return true;
            default:
                return ReadNext();
        }
    }

    /// <summary>
    /// From a name to the end of its value; from the start of an object or array to its end; elsewhere nothing. Brackets and strings are
    /// checked on the way, the grammar between them is not: readers look ahead with this, and would else read everything several times.
    /// </summary>
    /// <exception cref="JsonException">The value does not end, or nests too deep.</exception>
    public void Skip()
    {
        if (_type == JsonTokenType.PropertyName) Read();
        if (_type is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var end = JsonBrackets.EndOf(_json, _start, _maxDepth - _depth + 1);
        if (end < 0) Fail(end == -2 ? $"it nests deeper than {_maxDepth} levels" : "an object or array is not closed");
        _at = end - 1;
        Close(_type == JsonTokenType.StartObject ? JsonTokenType.EndObject : JsonTokenType.EndArray);
    }

    /// <summary>Checks that a text is JSON, all of it.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static void Check(ReadOnlySpan<byte> json)
    {
        if (JsonGrammar.Holds(json, JsonReading.MaxDepth)) return;
        // The reader finds the same fault, and can say what it is.
        var reader = new Utf8TokenReader(json, JsonReading.Options);
        while (reader.Read())
        {
        }
    }

    /// <summary>The string or name as text; a lone surrogate becomes U+FFFD. Null for <c>null</c>.</summary>
    public readonly string? GetString()
    {
        if (_type == JsonTokenType.Null) return null;
        return _escaped ? JsonText.FromEscaped(_value.ToArray()).ToString() : Encoding.UTF8.GetString(_value);
    }

    /// <summary>Whether the string or name reads so.</summary>
    public readonly bool ValueTextEquals(ReadOnlySpan<byte> utf8)
        => _escaped ? JsonText.FromEscaped(_value.ToArray()).Equals(utf8) : _value.SequenceEqual(utf8);

    /// <summary>Whether the string or name reads so.</summary>
    public readonly bool ValueTextEquals(string text) => GetString() == text;

    /// <summary>The number as an integer; false when it is none, or too large.</summary>
    public readonly bool TryGetInt64(out long value) => Utf8Parser.TryParse(_value, out value, out var used) && used == _value.Length;

    /// <summary>The number as an integer; false when it is none, or too large.</summary>
    public readonly bool TryGetInt32(out int value) => Utf8Parser.TryParse(_value, out value, out var used) && used == _value.Length;

    /// <summary>The number; false when it is out of range.</summary>
    public readonly bool TryGetDouble(out double value) => double.TryParse(_value, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private bool ReadNext()
    {
        if (_depth == 0)
        {
            if (_at < _json.Length) Fail("there is more behind the end");
            return false;
        }

        var b = Peek();
        if (b == (byte)',')
        {
            _at++;
            SkipSpace();
            if (InObject) ReadName();
            else ReadValue();
        }
        else if (b == (byte)(InObject ? '}' : ']')) Close(InObject ? JsonTokenType.EndObject : JsonTokenType.EndArray);
        else Fail(InObject ? "',' or '}' is expected" : "',' or ']' is expected");
        return true;
    }

    private void ReadName()
    {
        if (Peek() != (byte)'"') Fail("a property name is expected");
        ReadString();
        SkipSpace();
        if (Peek() != (byte)':') Fail("':' is expected");
        _at++;
        _type = JsonTokenType.PropertyName;
    }

    private void ReadValue()
    {
        var b = Peek();
        switch (b)
        {
            case (byte)'"':
                ReadString();
                _type = JsonTokenType.String;
                break;
            case (byte)'{':
                Open(JsonTokenType.StartObject);
                break;
            case (byte)'[':
                Open(JsonTokenType.StartArray);
                break;
            case (byte)'t':
                Literal("true"u8, JsonTokenType.True);
                break;
            case (byte)'f':
                Literal("false"u8, JsonTokenType.False);
                break;
            case (byte)'n':
                Literal("null"u8, JsonTokenType.Null);
                break;
            default:
                if (b != (byte)'-' && !IsDigit(b)) Fail("a value is expected");
                ReadNumber();
                break;
        }
    }

    private void ReadString()
    {
        _start = _at++;
        _escaped = false;
        var first = _at;
        while (true)
        {
            _at = JsonStrings.Skip(_json, _at, ref _escaped);
            var stop = _json[_at..].IndexOfAny(StringStops);
            if (stop < 0) Fail("a string is not closed");
            _at += stop;
            var b = _json[_at];
            if (b == (byte)'"')
            {
                _value = _json[first.._at++];
                return;
            }

            if (b != (byte)'\\') Fail("a control character in a string is not escaped");
            _escaped = true;
            Escape();
        }
    }

    private void Escape()
    {
        if (_at + 1 >= _json.Length) Fail("a string is not closed");
        switch (_json[_at + 1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'n' or (byte)'t' or (byte)'r' or (byte)'b' or (byte)'f':
                _at += 2;
                break;
            case (byte)'u':
                if (_at + 6 > _json.Length || !Utf8Parser.TryParse(_json.Slice(_at + 2, 4), out ushort _, out var used, 'x') || used != 4) Fail("an escape is not whole");
                _at += 6;
                break;
            default:
                Fail("an escape is not known");
                break;
        }
    }

    private void ReadNumber()
    {
        _start = _at;
        if (_json[_at] == (byte)'-') _at++;
        if (Peek() == (byte)'0') _at++;
        else Digits();
        if (_at < _json.Length && _json[_at] == (byte)'.')
        {
            _at++;
            Digits();
        }

        if (_at < _json.Length && _json[_at] is (byte)'e' or (byte)'E')
        {
            _at++;
            if (Peek() is (byte)'+' or (byte)'-') _at++;
            Digits();
        }

        if (_at < _json.Length && _json[_at] is not ((byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) Fail("a number is malformed");
        _value = _json[_start.._at];
        _escaped = false;
        _type = JsonTokenType.Number;
    }

    private void Digits()
    {
        if (!IsDigit(Peek())) Fail("a digit is expected");
        while (_at < _json.Length && IsDigit(_json[_at])) _at++;
    }

    private static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    private void Literal(ReadOnlySpan<byte> word, JsonTokenType type)
    {
        if (!_json[_at..].StartsWith(word)) Fail("a value is expected");
        Token(word.Length, type);
    }

    private void Open(JsonTokenType type)
    {
        if (_depth >= _maxDepth) Fail($"it nests deeper than {_maxDepth} levels");
        _outerObjects = (_outerObjects << 1) | (_objects >> 63);
        _objects = (_objects << 1) | (type == JsonTokenType.StartObject ? 1UL : 0UL);
        _depth++;
        Token(1, type);
    }

    private void Close(JsonTokenType type)
    {
        _objects = (_objects >> 1) | (_outerObjects << 63);
        _outerObjects >>= 1;
        _depth--;
        Token(1, type);
    }

    private void Token(int length, JsonTokenType type)
    {
        _start = _at;
        _at += length;
        _value = _json[_start.._at];
        _escaped = false;
        _type = type;
    }

    private readonly byte Peek()
    {
        if (_at >= _json.Length) Fail("it ends too early");
        return _json[_at];
    }

    private void SkipSpace()
    {
        while (_at < _json.Length && _json[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') _at++;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private readonly void Fail(string what)
    {
        var before = _json[..Math.Min(_at, _json.Length)];
        var line = before.Count((byte)'\n');
        var column = before.Length - (before.LastIndexOf((byte)'\n') + 1);
        throw new JsonException($"{what} (line {line + 1}, byte {column + 1})", path: null, line, column);
    }
}

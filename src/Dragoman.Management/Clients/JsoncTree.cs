namespace Dragoman.Management.Clients;

/// <summary>Where the values of a JSON text stand. Comments and commas behind the last member are understood.</summary>
internal sealed class JsoncTree
{
    private const int Deepest = 100;
    private readonly string _text;
    private int _at;

    private JsoncTree(string text) => _text = text;

    /// <summary>A value: its place, and its members if it is an object.</summary>
    internal sealed record Value(int Start, int End, IReadOnlyList<Member>? Members);

    /// <summary>A member: where its name begins, its value, and where the comma after it stands (-1 for none).</summary>
    internal sealed record Member(string Name, int Start, Value Value, int Comma);

    /// <summary>Reads a text whose outermost value is an object.</summary>
    public static Value Parse(string text)
    {
        var tree = new JsoncTree(text);
        tree.Skip();
        if (tree.Peek() != '{') throw tree.Error("expected '{'");
        var root = tree.ReadValue(0);
        tree.Skip();
        if (tree._at < text.Length) throw tree.Error("expected the end");
        return root;
    }

    private Value ReadValue(int depth)
    {
        if (depth > Deepest) throw Error("too deep");
        var start = _at;
        switch (Peek())
        {
            case '{':
                var members = ReadMembers(depth);
                return new Value(start, _at, members);
            case '[':
                ReadItems(depth);
                return new Value(start, _at, null);
            case '"':
                ReadString();
                return new Value(start, _at, null);
            default:
                while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '+' or '.')) _at++;
                return _at > start ? new Value(start, _at, null) : throw Error("expected a value");
        }
    }

    private List<Member> ReadMembers(int depth)
    {
        var members = new List<Member>();
        _at++;
        while (true)
        {
            Skip();
            if (Peek() == '}') break;
            if (members.Count > 0 && members[^1].Comma < 0) throw Error("expected ',' or '}'");
            var start = _at;
            if (Peek() != '"') throw Error("expected a name in quotes");
            var name = ReadString();
            Skip();
            if (Peek() != ':') throw Error("expected ':'");
            _at++;
            Skip();
            var value = ReadValue(depth + 1);
            Skip();
            var comma = Peek() == ',' ? _at++ : -1;
            members.Add(new Member(name, start, value, comma));
        }

        _at++;
        return members;
    }

    private void ReadItems(int depth)
    {
        _at++;
        for (var comma = true; ; comma = Comma())
        {
            Skip();
            if (Peek() == ']') break;
            if (!comma) throw Error("expected ',' or ']'");
            ReadValue(depth + 1);
        }

        _at++;
    }

    private bool Comma()
    {
        Skip();
        if (Peek() != ',') return false;
        _at++;
        return true;
    }

    private string ReadString()
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"')
        {
            if (_text[_at] is '\n' or '\r') throw Error("a string does not end");
            _at += _text[_at] == '\\' ? 2 : 1;
        }

        if (_at >= _text.Length) throw Error("a string does not end");
        _at++;
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize<string>(_text[start.._at]) ?? "";
        }
        catch (System.Text.Json.JsonException)
        {
            throw Error("a string is not well formed");
        }
    }

    private void Skip()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at]) || _text[_at] == '\uFEFF') _at++;
            else if (string.CompareOrdinal(_text, _at, "//", 0, 2) == 0) _at = _text.IndexOf('\n', _at) is >= 0 and var end ? end : _text.Length;
            else if (string.CompareOrdinal(_text, _at, "/*", 0, 2) == 0) _at = _text.IndexOf("*/", _at, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : throw Error("a comment does not end");
            else return;
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private ClientFileException Error(string what)
    {
        var before = _text.AsSpan(0, Math.Min(_at, _text.Length));
        return new ClientFileException($"line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}: {what}");
    }
}

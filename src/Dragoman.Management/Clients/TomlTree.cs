using System.Text.Json;

namespace Dragoman.Management.Clients;

/// <summary>Where the tables and keys of a TOML text stand. Values are not interpreted, only found.</summary>
internal sealed class TomlTree
{
    private readonly string _text;
    private readonly List<Statement> _statements = [];
    private int _at;

    private TomlTree(string text) => _text = text;

    /// <summary>A table's header or a key with its value.</summary>
    /// <param name="Path">The full name: the table's, and in it the key's.</param>
    /// <param name="IsHeader">Whether it is a header.</param>
    /// <param name="InArray">Whether it stands in (or begins) a table of an array of tables.</param>
    /// <param name="Start">Where it begins.</param>
    /// <param name="ValueStart">Where the value begins.</param>
    /// <param name="End">Where the value, or the header, ends.</param>
    internal sealed record Statement(IReadOnlyList<string> Path, bool IsHeader, bool InArray, int Start, int ValueStart, int End);

    public static IReadOnlyList<Statement> Parse(string text)
    {
        var tree = new TomlTree(text);
        tree.Read();
        return tree._statements;
    }

    private void Read()
    {
        IReadOnlyList<string> table = [];
        var inArray = false;
        while (SkipLines())
        {
            var start = _at;
            if (_text[_at] == '[')
            {
                inArray = string.CompareOrdinal(_text, _at, "[[", 0, 2) == 0;
                _at += inArray ? 2 : 1;
                table = ReadKey();
                var close = inArray ? "]]" : "]";
                if (string.CompareOrdinal(_text, _at, close, 0, close.Length) != 0) throw Error($"expected '{close}'");
                _at += close.Length;
                _statements.Add(new Statement(table, true, inArray, start, start, _at));
            }
            else
            {
                var key = ReadKey();
                if (_at >= _text.Length || _text[_at] != '=') throw Error("expected '='");
                _at++;
                SkipBlanks();
                var value = _at;
                ReadValue(nested: false);
                if (_at == value) throw Error("expected a value");
                _statements.Add(new Statement([.. table, .. key], false, inArray, start, value, _at));
            }

            SkipBlanks();
            if (_at < _text.Length && _text[_at] is not ('\r' or '\n' or '#')) throw Error("expected the end of the line");
        }
    }

    private List<string> ReadKey()
    {
        var words = new List<string>();
        while (true)
        {
            SkipBlanks();
            var start = _at;
            if (_at < _text.Length && _text[_at] is '"' or '\'')
            {
                ReadString();
                words.Add(_text[start] == '"' ? JsonSerializer.Deserialize<string>(_text[start.._at])! : _text[(start + 1)..(_at - 1)]);
            }
            else
            {
                while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-')) _at++;
                if (_at == start) throw Error("expected a key");
                words.Add(_text[start.._at]);
            }

            SkipBlanks();
            if (_at >= _text.Length || _text[_at] != '.') return words;
            _at++;
        }
    }

    private void ReadValue(bool nested)
    {
        if (_at >= _text.Length) return;
        if (_text[_at] is '"' or '\'')
        {
            ReadString();
            return;
        }

        if (_text[_at] is '[' or '{')
        {
            var close = _text[_at++] == '[' ? ']' : '}';
            while (SkipLines() && _text[_at] != close)
            {
                if (_text[_at] is ',' or '=') _at++;
                else ReadValue(nested: true);
            }

            if (_at >= _text.Length) throw Error($"expected '{close}'");
            _at++;
            return;
        }

        var start = _at;
        while (_at < _text.Length && _text[_at] is not ('\r' or '\n' or '#') && !(nested && _text[_at] is ',' or ']' or '}' or '=' or '"' or '\'')) _at++;
        if (_at == start) throw Error("expected a value");
        while (_text[_at - 1] is ' ' or '\t') _at--;
    }

    private void ReadString()
    {
        var quote = _text[_at];
        var triple = new string(quote, 3);
        if (string.CompareOrdinal(_text, _at, triple, 0, 3) == 0)
        {
            for (_at += 3; string.CompareOrdinal(_text, _at, triple, 0, 3) != 0; _at++)
            {
                if (_at >= _text.Length) throw Error("a string does not end");
                if (quote == '"' && _text[_at] == '\\') _at++;
            }

            // One or two quotes may stand directly before the closing three.
            _at += 3;
            for (var more = 0; more < 2 && _at < _text.Length && _text[_at] == quote; more++) _at++;
            return;
        }

        for (_at++; _at < _text.Length && _text[_at] != quote; _at++)
        {
            if (_text[_at] is '\n') throw Error("a string does not end");
            if (quote == '"' && _text[_at] == '\\') _at++;
        }

        if (_at >= _text.Length) throw Error("a string does not end");
        _at++;
    }

    /// <summary>Skips blanks, line breaks and comments; false at the end.</summary>
    private bool SkipLines()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] is ' ' or '\t' or '\r' or '\n' or '\uFEFF') _at++;
            else if (_text[_at] == '#') _at = _text.IndexOf('\n', _at) is >= 0 and var end ? end : _text.Length;
            else return true;
        }

        return false;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t') _at++;
    }

    private ClientFileException Error(string what) => new($"line {_text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n') + 1}: {what}");
}

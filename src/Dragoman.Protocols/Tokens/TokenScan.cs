using System.Text;

namespace Dragoman.Protocols.Tokens;

/// <summary>
/// The pass over the text. It follows o200k's cutting: a word takes one space or mark before it, ends where lower case turns to upper, and
/// digits go by threes; blank space before a word joins it; marks take the line ends after them. Weights are thousandths of a token,
/// measured per kind and length.
/// </summary>
internal ref struct TokenScan
{
    private const int Token = 1000;
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private long _sum;

    private TokenScan(ReadOnlySpan<byte> text) => _text = text;

    public static int Count(ReadOnlySpan<byte> text)
    {
        var scan = new TokenScan(text);
        while (scan._at < text.Length) scan.Next();
        return (int)Math.Min((scan._sum + Token - 1) / Token, int.MaxValue);
    }

    private static ReadOnlySpan<ushort> WordWeights => [0, 1000, 1010, 1040, 1050, 1070, 1080, 1150, 1300, 1400, 1620, 1750, 1900, 2000];

    private void Next()
    {
        var b = _text[_at];
        if (b >= 0x80) Beyond();
        else if (char.IsAsciiLetter((char)b)) Word();
        else if (char.IsAsciiDigit((char)b)) Digits();
        else if (b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') Blank();
        else Marks();
    }

    private void Word()
    {
        var length = 0;
        var vowels = 0;
        var lower = false;
        while (_at < _text.Length)
        {
            var b = _text[_at];
            if (b >= 0x80)
            {
                // An accented letter goes on with the word; ideographs do not.
                if (b is < 0xC3 or > 0xD4) break;
                ForeignWord(length);
                return;
            }

            if (!char.IsAsciiLetter((char)b)) break;
            var isLower = char.IsAsciiLetterLower((char)b);
            if (lower && !isLower) break;
            lower = isLower;
            if ((b | 0x20) is 'a' or 'e' or 'i' or 'o' or 'u' or 'y') vowels++;
            length++;
            _at++;
        }

        // Letters that no tongue can say are no word of the vocabulary: keys, hashes, abbreviations.
        if (vowels == 0 && length >= 4) _sum += length * Token / 2;
        else _sum += length < WordWeights.Length ? WordWeights[length] : length * Token / 6;
        Contraction();
    }

    private void Contraction()
    {
        if (_at + 1 >= _text.Length || _text[_at] != (byte)'\'') return;
        var rest = _text[(_at + 1)..];
        var length = rest[0] is (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d' ? 1 : rest.StartsWith("re"u8) || rest.StartsWith("ve"u8) || rest.StartsWith("ll"u8) ? 2 : 0;
        if (length == 0 || (rest.Length > length && char.IsAsciiLetter((char)rest[length]))) return;
        _at += length + 1;
        _sum += 300;
    }

    private void Digits()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at])) _at++;
        _sum += (_at - start + 2) / 3 * Token;
    }

    private void Blank()
    {
        var start = _at;
        var line = -1;
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            if (_text[_at] is (byte)'\n' or (byte)'\r') line = _at;
            _at++;
        }

        if (line >= 0)
        {
            _sum += Token;
            start = line + 1;
        }

        var spaces = _at - start;
        if (spaces == 0) return;
        // The last space joins the word or mark that follows, but no digit.
        var joins = _at < _text.Length && !char.IsAsciiDigit((char)_text[_at]);
        if (!joins || spaces > 1) _sum += Token;
        if (spaces > 1 && !joins && _at < _text.Length) _sum += Token;
    }

    private void Marks()
    {
        var start = _at;
        var same = true;
        while (_at < _text.Length && _text[_at] < 0x80 && _text[_at] > ' ' && !char.IsAsciiLetterOrDigit((char)_text[_at]))
        {
            same &= _text[_at] == _text[start];
            _at++;
        }

        // A control character is no mark, but it must be passed.
        if (_at == start) _at++;
        var length = _at - start;
        // One mark before a word is cut together with it, and often is one token with it.
        if (length == 1 && _at < _text.Length && char.IsAsciiLetter((char)_text[_at]))
        {
            _sum += _text[start] is (byte)'_' or (byte)'.' or (byte)'(' or (byte)'/' or (byte)'-' ? 350 : 600;
            return;
        }

        _sum += length switch
        {
            <= 2 => Token,
            _ when same => Token + (length / 16 * Token),
            3 => 1150,
            4 => 1600,
            _ => length * 420,
        };
        while (_at < _text.Length && _text[_at] is (byte)'\n' or (byte)'\r') _at++;
    }

    private void Beyond()
    {
        Rune.DecodeFromUtf8(_text[_at..], out var rune, out var used);
        var value = rune.Value;
        if (value is >= 0xC0 and < 0x0E00 or >= 0x10A0 and < 0x1100 or >= 0x1E00 and < 0x2000)
        {
            ForeignWord(0);
            return;
        }

        _at += used;
        _sum += value switch
        {
            >= 0x0E00 and < 0x10A0 => 450,
            >= 0x3040 and < 0x3100 => 740,
            >= 0x4E00 and < 0xA000 or >= 0x3400 and < 0x4DC0 => 720,
            >= 0xAC00 and < 0xD7A4 => 680,
            >= 0x3000 and < 0x3040 or >= 0xFF00 and < 0xFFF0 => 800,
            // Box drawing comes in runs of which eight and more are one token.
            >= 0x2500 and < 0x2580 => 500,
            >= 0x2000 and < 0x2070 => 900,
            >= 0x10000 => 1700,
            _ => 1300,
        };
    }

    /// <summary>A word with letters beyond ASCII: Cyrillic, Greek, Arabic, Devanagari, accented Latin.</summary>
    private void ForeignWord(int length)
    {
        while (_at < _text.Length)
        {
            var b = _text[_at];
            if (b < 0x80)
            {
                if (!char.IsAsciiLetter((char)b)) break;
                _at++;
            }
            else
            {
                if (b < 0xC3 || b > 0xE1 || (b is 0xE0 && _at + 1 < _text.Length && _text[_at + 1] >= 0xB8)) break;
                _at += Math.Min(b < 0xE0 ? 2 : 3, _text.Length - _at);
            }

            length++;
        }

        if (length == 0)
        {
            // No letter after all (a mark of Latin-1): it goes alone.
            _at += Math.Min(2, _text.Length - _at);
            _sum += Token;
            return;
        }

        _sum += length <= 3 ? 1050 : 1050 + ((length - 3) * 210);
    }
}

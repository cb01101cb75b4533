using System.Buffers.Text;

namespace Dragoman.Protocols.Json;

/// <summary>Watches JSON go by in pieces and knows when its outermost object or array has closed.</summary>
public struct JsonProgress
{
    private int _depth;
    private bool _inString;
    private bool _escape;
    private bool _closed;

    /// <summary>Whether the outermost object or array has closed.</summary>
    public readonly bool IsComplete => _closed;

    /// <summary>Whether it began and has not ended: an object, an array or a string stands open.</summary>
    public readonly bool IsOpen => !_closed && (_depth > 0 || _inString);

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        foreach (var b in piece)
        {
            if (_closed) return;
            Step(b);
        }
    }

    /// <summary>Takes the next piece as it stands between the quotes of a JSON string, whole escapes only.</summary>
    public void AddEscaped(ReadOnlySpan<byte> piece)
    {
        for (var i = 0; i < piece.Length && !_closed; i++)
        {
            if (piece[i] != (byte)'\\' || i + 1 == piece.Length)
            {
                Step(piece[i]);
                continue;
            }

            i++;
            if (piece[i] is (byte)'"' or (byte)'\\' or (byte)'/')
            {
                Step(piece[i]);
            }
            else if (piece[i] == (byte)'u' && i + 4 < piece.Length)
            {
                var ascii = Utf8Parser.TryParse(piece.Slice(i + 1, 4), out ushort unit, out var used, 'x') && used == 4 && unit < 0x80;
                Step(ascii ? (byte)unit : (byte)'x');
                i += 4;
            }
            else
            {
                Step((byte)' ');
            }
        }
    }

    private void Step(byte b)
    {
        if (_escape) _escape = false;
        else if (_inString)
        {
            if (b == (byte)'\\') _escape = true;
            else if (b == (byte)'"') _inString = false;
        }
        else if (b == (byte)'"') _inString = true;
        else if (b is (byte)'{' or (byte)'[') _depth++;
        else if (b is (byte)'}' or (byte)']') _closed = --_depth == 0;
    }
}

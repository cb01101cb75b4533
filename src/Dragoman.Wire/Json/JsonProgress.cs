namespace Dragoman.Wire.Json;

/// <summary>Watches JSON go by in pieces and knows when its outermost object or array has closed.</summary>
public struct JsonProgress
{
    private int _depth;
    private bool _inString;
    private bool _escape;
    private bool _closed;

    /// <summary>Whether the outermost object or array has closed.</summary>
    public readonly bool IsComplete => _closed;

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        foreach (var b in piece)
        {
            if (_closed) return;
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
}

using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Framing;

/// <summary>
/// Gathers the JSON that an upstream wrote into its stream without a field before it, line by line, until its brackets close.
/// </summary>
internal sealed class BareJson
{
    /// <summary>An error is short; what is longer is none, and is passed over as the standard says.</summary>
    private const int Most = 64 * 1024;

    private byte[] _text = [];
    private int _length;
    private JsonProgress _progress;

    /// <summary>Whether a text has begun and not closed.</summary>
    public bool IsOpen => _progress.IsOpen;

    /// <summary>Whether a line begins such a text.</summary>
    public static bool Begins(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t') is >= 0 and var first && line[first] is (byte)'{' or (byte)'[';

    /// <summary>Takes a line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (!_progress.IsOpen) Clear();
        _progress.Add(line);
        if (_length + line.Length + 1 > Most)
        {
            Clear();
            return;
        }

        if (_text.Length < _length + line.Length + 1) Array.Resize(ref _text, Math.Max(512, (_length + line.Length + 1) * 2));
        line.CopyTo(_text.AsSpan(_length));
        _length += line.Length;
        // A line's end is white space between two tokens of JSON.
        _text[_length++] = (byte)' ';
    }

    /// <summary>Gives the text once it is whole, or the torn <paramref name="last"/> one of a stream where it is an error's beginning.</summary>
    public bool Take(bool last, out SseFrame frame)
    {
        frame = default;
        if (_length == 0 || !(_progress.IsComplete || last)) return false;
        var text = _text.AsMemory(0, _length - 1);
        // What has none of an error's members is passed over, as the standard says of lines without a field.
        var counts = text.Span.IndexOf("\"error"u8) >= 0 || (_progress.IsComplete && (text.Span.IndexOf("\"message\""u8) >= 0 || text.Span.IndexOf("\"detail\""u8) >= 0));
        Clear();
        if (counts) frame = new(default, text) { IsBare = true };
        return counts;
    }

    private void Clear()
    {
        _length = 0;
        _progress = default;
    }
}

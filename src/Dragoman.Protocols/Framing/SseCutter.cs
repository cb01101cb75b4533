using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Framing;

/// <summary>
/// Cuts a stream of server-sent events into its frames, whose bytes stay as they are (comments and line ends included): for filters of streams that pass. What a read has torn waits for its rest and is looked
/// at once.
/// </summary>
public sealed class SseCutter : IDisposable
{
    /// <summary>A frame's end is up to four bytes long and may be torn itself.</summary>
    private const int EndLength = 3;

    private readonly PooledBuffer _pending = new();
    private int _start;
    private int _scanned;

    /// <summary>How many bytes wait for the end of their frame.</summary>
    public int Waiting => _pending.Length - _start;

    /// <summary>Takes what came. What was cut before is gone with it.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_start > 0)
        {
            _pending.Consume(_start);
            _scanned -= _start;
            _start = 0;
        }

        _pending.Write(bytes);
    }

    /// <summary>Cuts the next frame off, with its empty line.</summary>
    /// <param name="frame">The frame; valid until the next <see cref="Add"/>.</param>
    /// <returns>False when its end has not come.</returns>
    public bool TryCut(out ReadOnlySpan<byte> frame)
    {
        var span = _pending.WrittenSpan;
        var end = EndOf(span, Math.Max(_start, _scanned));
        if (end < 0)
        {
            _scanned = Math.Max(_start, span.Length - EndLength);
            frame = default;
            return false;
        }

        frame = span[_start..end];
        _start = _scanned = end;
        return true;
    }

    /// <summary>Takes the beginning of a frame whose end has not come: all that cannot be a part of its end.</summary>
    public ReadOnlySpan<byte> TakeBegun()
    {
        var end = Math.Max(_start, _pending.Length - EndLength);
        var begun = _pending.WrittenSpan[_start..end];
        _start = end;
        return begun;
    }

    /// <summary>Takes what is left when no more comes: the last frame may lack its empty line.</summary>
    public ReadOnlySpan<byte> TakeLast()
    {
        var last = _pending.WrittenSpan[_start..];
        _start = _pending.Length;
        return last;
    }

    /// <summary>Where the data of a frame of one data line stands, without blanks around it; empty for a frame without.</summary>
    public static Range DataIn(ReadOnlySpan<byte> frame)
    {
        var at = frame.StartsWith("data:"u8) ? 0 : frame.IndexOf("\ndata:"u8) + 1;
        if (at == 0 && !frame.StartsWith("data:"u8)) return default;
        var start = at + 5;
        var end = frame[start..].IndexOf((byte)'\n');
        var last = end < 0 ? frame.Length : start + end;
        while (start < last && frame[start] == (byte)' ') start++;
        while (last > start && frame[last - 1] is (byte)' ' or (byte)'\r') last--;
        return start..last;
    }

    /// <inheritdoc/>
    public void Dispose() => _pending.Dispose();

    /// <summary>Where the frame ends: behind its empty line; −1 when that has not come.</summary>
    private static int EndOf(ReadOnlySpan<byte> bytes, int from)
    {
        for (var at = from; at < bytes.Length; at++)
        {
            var next = bytes[at..].IndexOf((byte)'\n');
            if (next < 0) return -1;
            at += next;
            if (at + 1 < bytes.Length && bytes[at + 1] == (byte)'\n') return at + 2;
            if (at + 2 < bytes.Length && bytes[at + 1] == (byte)'\r' && bytes[at + 2] == (byte)'\n') return at + 3;
        }

        return -1;
    }
}

using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Framing;

/// <summary>One server-sent event. Borrowed: valid until the next call on the reader it came from.</summary>
/// <param name="Name">The event's name, or empty.</param>
/// <param name="Data">The event's data, its lines joined by <c>\n</c>.</param>
public readonly record struct SseFrame(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether the data is JSON that stood in the stream without any field before it.</summary>
    public bool IsBare { get; init; }
}

/// <summary>
/// Cuts a byte stream into server-sent events (WHATWG HTML §9.2), however the bytes are torn. Receive into <see cref="GetMemory"/>, say
/// how much came with <see cref="Advance"/>, then take frames with <see cref="TryRead"/> until it gives none.
/// </summary>
/// <remarks>
/// An error that stands as JSON outside any field is an event too (<see cref="SseFrame.IsBare"/>): Google writes errors so, in the middle of a stream
/// and over several lines. Lines may end in LF, CRLF or CR; a byte order mark, comments, <c>id</c> and <c>retry</c> are passed over.
/// </remarks>
/// <param name="maxFrameBytes">The most bytes that an event, a comment or a line without end may have.</param>
/// <param name="memory">What large frames are counted in; null for nothing.</param>
public sealed class SseReader(int maxFrameBytes = SseReader.DefaultMaxFrameBytes, MemoryBudget? memory = null) : IDisposable
{
    /// <summary>The most bytes of a frame where nothing else is said.</summary>
    public const int DefaultMaxFrameBytes = 16 << 20;

    private readonly PooledBuffer _buffer = new(8192, memory);
    private readonly PooledBuffer _joined = new(256, memory);
    private int _position;
    private int _scanned;
    private bool _first = true;
    private bool _skipLineFeed;
    private Range _name;
    private Range _data;
    private bool _hasData;
    private bool _hasJoined;
    private bool _hasFields;
    private int _torn;
    private BareJson? _bare;

    /// <summary>How many bytes wait for the rest of their frame.</summary>
    public int Pending => _buffer.Length - Kept + (_hasJoined ? _joined.Length : 0);

    /// <summary>
    /// How many of the bytes received last belong to a frame whose empty line has not come, once <see cref="TryRead"/> has given all it
    /// has: the torn frame at the end. What stands before them can be passed on whole; comment lines between two frames are whole by themselves.
    /// </summary>
    public int Unfinished => _torn + _buffer.Length - _position;

    /// <summary>Where the bytes begin that a frame still open needs.</summary>
    private int Kept
    {
        get
        {
            var keep = _position;
            if (_hasData && !_hasJoined) keep = Math.Min(keep, _data.Start.Value);
            if (!_name.Equals(default)) keep = Math.Min(keep, _name.Start.Value);
            return keep;
        }
    }

    /// <summary>Gives the buffer back while nothing waits in it. Invalidates frames taken before.</summary>
    public void ReturnBuffer()
    {
        Compact();
        _buffer.ReturnBuffer();
        if (!_hasJoined) _joined.ReturnBuffer();
    }

    /// <summary>Room to receive into. Invalidates frames taken before.</summary>
    public Memory<byte> GetMemory(int sizeHint = 4096)
    {
        Compact();
        return _buffer.GetMemory(sizeHint);
    }

    /// <summary>Says how many bytes were received.</summary>
    /// <exception cref="InvalidDataException">One frame is larger than the limit.</exception>
    public void Advance(int count)
    {
        _buffer.Advance(count);
        // Comments inside a frame are not kept here, but whoever passes bytes on keeps them until the frame ends.
        if (Pending > maxFrameBytes || Unfinished > maxFrameBytes) throw new InvalidDataException($"A server-sent event is larger than {FrameSize.Describe(maxFrameBytes)}.");
    }

    /// <summary>Takes bytes from elsewhere.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetMemory(Math.Max(bytes.Length, 1)).Span);
        Advance(bytes.Length);
    }

    /// <summary>Takes the next complete event with data, if there is one.</summary>
    public bool TryRead(out SseFrame frame)
    {
        if (!_hasData && _bare is not null && _bare.Take(last: false, out frame)) return true;
        while (TryReadLine(out var start, out var end))
        {
            if (start == end)
            {
                _torn = 0;
                _hasFields = false;
                if (Take(out frame)) return true;
                continue;
            }

            if (_buffer.WrittenSpan[start] == (byte)':')
            {
                if (!_hasFields) _torn = 0;
                continue;
            }

            _hasFields = true;
            Field(start, end);
            if (!_hasData && _bare is not null && _bare.Take(last: false, out frame)) return true;
        }

        frame = default;
        return false;
    }

    /// <summary>At the end of the stream: takes the last event when its blank line never came. Strict parsers drop it; upstreams do send it.</summary>
    public bool TryReadLast(out SseFrame frame)
    {
        if (TryRead(out frame)) return true;
        if (_position < _buffer.Length)
        {
            var start = _position;
            _position = _scanned = _buffer.Length;
            Field(start, _buffer.Length);
        }

        if (Take(out frame)) return true;
        return _bare is not null && _bare.Take(last: true, out frame);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer.Dispose();
        _joined.Dispose();
    }

    private bool TryReadLine(out int start, out int end)
    {
        var span = _buffer.WrittenSpan;
        if (_skipLineFeed && _position < span.Length)
        {
            if (span[_position] == (byte)'\n')
            {
                _position++;
                // Behind an empty line it belongs to no frame any more.
                if (_torn > 0) _torn++;
            }

            _skipLineFeed = false;
        }

        if (_first && !SkipByteOrderMark(span))
        {
            start = end = 0;
            return false;
        }

        start = _position;
        _scanned = Math.Max(_scanned, _position);
        var found = span[_scanned..].IndexOfAny((byte)'\n', (byte)'\r');
        if (found < 0)
        {
            _scanned = span.Length;
            end = 0;
            return false;
        }

        end = _scanned + found;
        _position = end + 1;
        // A CR ends the line at once: waiting for the LF that may follow would hold a finished event back.
        if (span[end] == (byte)'\r')
        {
            if (_position < span.Length) _position += span[_position] == (byte)'\n' ? 1 : 0;
            else _skipLineFeed = true;
        }

        _scanned = _position;
        _torn += _position - start;
        return true;
    }

    private bool SkipByteOrderMark(ReadOnlySpan<byte> span)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var rest = span[_position..];
        if (rest.Length < 3 && mark.StartsWith(rest)) return false;
        _first = false;
        if (rest.StartsWith(mark)) _position += 3;
        return true;
    }

    private void Field(int start, int end)
    {
        var line = _buffer.WrittenSpan[start..end];
        if (line.StartsWith("data"u8) && (line.Length == 4 || line[4] == (byte)':')) Data(ValueOf(start, end, 4));
        else if (line.StartsWith("event"u8) && (line.Length == 5 || line[5] == (byte)':')) _name = ValueOf(start, end, 5);
        else if (_bare is { IsOpen: true } || BareJson.Begins(line)) (_bare ??= new()).Add(line);
    }

    private Range ValueOf(int start, int end, int fieldLength)
    {
        var value = Math.Min(start + fieldLength + 1, end);
        if (value < end && _buffer.WrittenSpan[value] == (byte)' ') value++;
        return value..end;
    }

    private void Data(Range value)
    {
        if (!_hasData)
        {
            _data = value;
            _hasData = true;
            return;
        }

        // Several data lines make one value: only then is it copied together.
        if (!_hasJoined)
        {
            _joined.Clear();
            Copy(_data);
            _hasJoined = true;
        }

        _joined.GetSpan(1)[0] = (byte)'\n';
        _joined.Advance(1);
        Copy(value);
    }

    private void Copy(Range range)
    {
        var bytes = _buffer.WrittenSpan[range];
        bytes.CopyTo(_joined.GetSpan(bytes.Length));
        _joined.Advance(bytes.Length);
    }

    private bool Take(out SseFrame frame)
    {
        var taken = _hasData;
        frame = taken ? new(_buffer.WrittenMemory[_name], _hasJoined ? _joined.WrittenMemory : _buffer.WrittenMemory[_data]) : default;
        _name = default;
        _data = default;
        _hasData = _hasJoined = false;
        return taken;
    }

    /// <summary>Moves what is unread to the front. Lines of a frame still open move with it, so their places shift.</summary>
    private void Compact()
    {
        var keep = Kept;
        if (keep == 0) return;
        _buffer.Consume(keep);
        _position -= keep;
        _scanned = Math.Max(0, _scanned - keep);
        if (_hasData && !_hasJoined) _data = (_data.Start.Value - keep)..(_data.End.Value - keep);
        if (!_name.Equals(default)) _name = (_name.Start.Value - keep)..(_name.End.Value - keep);
    }
}

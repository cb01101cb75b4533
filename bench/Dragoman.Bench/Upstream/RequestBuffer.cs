using System.Buffers.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>Collects one HTTP/1.1 request; pipelining is not expected.</summary>
internal sealed class RequestBuffer
{
    private byte[] _buffer = new byte[4_096];
    private int _filled;
    private int _headEnd;
    private int _bodyLength;
    private bool _chunked;

    public ReadOnlySpan<byte> Path
    {
        get
        {
            var line = _buffer.AsSpan(0, _headEnd);
            line = line[(line.IndexOf((byte)' ') + 1)..];
            return line[..line.IndexOf((byte)' ')];
        }
    }

    /// <summary>The body; with chunk lines still in it when it came in chunks, which do not matter here.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_headEnd, _filled - _headEnd);

    public Memory<byte> Free()
    {
        if (_filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        return _buffer.AsMemory(_filled);
    }

    public void Advance(int count) => _filled += count;

    public void Reset() => _filled = _headEnd = 0;

    public bool IsComplete()
    {
        if (_headEnd == 0)
        {
            var end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8);
            if (end < 0) return false;
            _headEnd = end + 4;
            ReadHead(_buffer.AsSpan(0, end + 2));
            // One growth instead of several, so that a large body is received in few calls.
            if (!_chunked && _headEnd + _bodyLength > _buffer.Length) Array.Resize(ref _buffer, _headEnd + _bodyLength + 1);
        }

        return _chunked ? Body.EndsWith("0\r\n\r\n"u8) && (Body.Length == 5 || Body.EndsWith("\r\n0\r\n\r\n"u8)) : _filled - _headEnd >= _bodyLength;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        (_bodyLength, _chunked) = (0, false);
        while (true)
        {
            var end = head.IndexOf("\r\n"u8);
            if (end < 0) return;
            var line = head[..end];
            head = head[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon == 14 && System.Text.Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8))
            {
                if (!Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out _bodyLength, out _)) throw new InvalidDataException();
            }
            else if (colon == 17 && System.Text.Ascii.EqualsIgnoreCase(line[..colon], "transfer-encoding"u8))
            {
                _chunked = true;
            }
        }
    }
}

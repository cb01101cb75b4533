using System.Buffers.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>Collects one HTTP/1.1 request; pipelining is not expected.</summary>
internal sealed class RequestBuffer
{
    private byte[] buffer = new byte[4_096];
    private int filled;
    private int headEnd;
    private int bodyLength;
    private bool chunked;

    public ReadOnlySpan<byte> Path
    {
        get
        {
            var line = buffer.AsSpan(0, headEnd);
            line = line[(line.IndexOf((byte)' ') + 1)..];
            return line[..line.IndexOf((byte)' ')];
        }
    }

    /// <summary>The body; with chunk lines still in it when it came in chunks, which do not matter here.</summary>
    public ReadOnlySpan<byte> Body => buffer.AsSpan(headEnd, filled - headEnd);

    public Memory<byte> Free()
    {
        if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        return buffer.AsMemory(filled);
    }

    public void Advance(int count) => filled += count;

    public void Reset() => filled = headEnd = 0;

    public bool IsComplete()
    {
        if (headEnd == 0)
        {
            var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end < 0) return false;
            headEnd = end + 4;
            ReadHead(buffer.AsSpan(0, end + 2));
            // One growth instead of several, so that a large body is received in few calls.
            if (!chunked && headEnd + bodyLength > buffer.Length) Array.Resize(ref buffer, headEnd + bodyLength + 1);
        }

        return chunked ? Body.EndsWith("0\r\n\r\n"u8) && (Body.Length == 5 || Body.EndsWith("\r\n0\r\n\r\n"u8)) : filled - headEnd >= bodyLength;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        (bodyLength, chunked) = (0, false);
        while (true)
        {
            var end = head.IndexOf("\r\n"u8);
            if (end < 0) return;
            var line = head[..end];
            head = head[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon == 14 && System.Text.Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8))
            {
                if (!Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out bodyLength, out _)) throw new InvalidDataException();
            }
            else if (colon == 17 && System.Text.Ascii.EqualsIgnoreCase(line[..colon], "transfer-encoding"u8))
            {
                chunked = true;
            }
        }
    }
}

using System.Buffers.Text;
using System.Text;

namespace Dragoman.Bench.Load;

/// <summary>Reads one HTTP/1.1 answer as it comes in: only its framing, and how often the mark of an event stands in it.</summary>
internal struct AnswerParser
{
    private enum Place { Head, Length, ChunkLine, ChunkData, ChunkEnd, Trailer, Done }

    private readonly MemoryStream? _copy;
    private Place _place;
    private long _left;
    private int _lineLength;

    public AnswerParser(bool keep) => _copy = keep ? new MemoryStream() : null;

    public int Status { get; private set; }

    /// <summary>How many marks were seen.</summary>
    public int Marks { get; private set; }

    public readonly bool Done => _place == Place.Done;

    /// <summary>The body, where it is kept.</summary>
    public readonly string Body => _copy is null ? "" : Encoding.UTF8.GetString(_copy.GetBuffer(), 0, (int)_copy.Length);

    /// <summary>Takes what arrived and gives how much of it was used; the rest must be shown again, with more behind it.</summary>
    public int Take(ReadOnlySpan<byte> data)
    {
        var used = 0;
        while (used < data.Length && _place != Place.Done)
        {
            var rest = data[used..];
            switch (_place)
            {
                case Place.Head:
                    var end = rest.IndexOf("\r\n\r\n"u8);
                    if (end < 0) return used;
                    ReadHead(rest[..(end + 2)]);
                    used += end + 4;
                    break;
                case Place.Length or Place.ChunkData:
                    var take = (int)Math.Min(_left, rest.Length);
                    Marks += rest[..take].Count((byte)Dragoman.Bench.Upstream.StreamScript.Mark);
                    _copy?.Write(rest[..take]);
                    _left -= take;
                    used += take;
                    if (_left == 0) _place = _place == Place.Length ? Place.Done : Place.ChunkEnd;
                    break;
                case Place.ChunkEnd:
                    // CR and LF behind a chunk.
                    if (rest.Length < 2) return used;
                    used += 2;
                    _place = Place.ChunkLine;
                    break;
                case Place.ChunkLine:
                    var line = rest.IndexOf("\r\n"u8);
                    if (line < 0) return used;
                    if (!Utf8Parser.TryParse(rest[..line], out _left, out _, 'x')) throw new InvalidDataException("A chunk has no length.");
                    used += line + 2;
                    _place = _left == 0 ? Place.Trailer : Place.ChunkData;
                    break;
                default:
                    _lineLength = rest.IndexOf("\r\n"u8);
                    if (_lineLength < 0) return used;
                    used += _lineLength + 2;
                    if (_lineLength == 0) _place = Place.Done;
                    break;
            }
        }

        return used;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !Utf8Parser.TryParse(head[9..], out int status, out _)) throw new InvalidDataException("This is not an HTTP answer.");
        Status = status;
        _left = -1;
        var chunked = false;
        for (var end = head.IndexOf("\r\n"u8); end >= 0; end = head.IndexOf("\r\n"u8))
        {
            var line = head[..end];
            head = head[(end + 2)..];
            if (line.Length > 15 && Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
            {
                if (!Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out _left, out _)) throw new InvalidDataException("The answer's length is no number.");
            }
            else if (line.Length > 18 && Ascii.EqualsIgnoreCase(line[..18], "transfer-encoding:"u8))
            {
                chunked = true;
            }
        }

        if (!chunked && _left < 0) throw new InvalidDataException("The answer has neither a length nor chunks.");
        _place = chunked ? Place.ChunkLine : _left == 0 ? Place.Done : Place.Length;
    }
}

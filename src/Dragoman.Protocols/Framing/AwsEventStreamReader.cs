using System.Buffers.Binary;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Framing;

/// <summary>
/// Cuts a byte stream into frames of <c>application/vnd.amazon.eventstream</c>, however the bytes are torn. Receive into
/// <see cref="GetMemory"/>, say how much came with <see cref="Advance"/>, then take frames with <see cref="TryRead"/> until it gives none.
/// </summary>
/// <remarks>
/// Both checksums are verified and lengths are trusted only after the prelude's. A broken frame ends the stream: to look for the next
/// one that fits would silently swallow text.
/// </remarks>
/// <param name="maxPayloadBytes">The most bytes a frame's payload may have; never more than <see cref="MaxPayloadBytes"/>.</param>
/// <param name="memory">What large frames are counted in; null for nothing.</param>
public sealed class AwsEventStreamReader(int maxPayloadBytes = AwsEventStreamReader.DefaultMaxPayloadBytes, MemoryBudget? memory = null) : IDisposable
{
    /// <summary>The most bytes a frame's headers may have.</summary>
    public const int MaxHeaderBytes = 128 * 1024;

    /// <summary>The most bytes of a payload where nothing else is said.</summary>
    public const int DefaultMaxPayloadBytes = 16 << 20;

    /// <summary>The most bytes that the format lets a frame's payload have.</summary>
    public const int MaxPayloadBytes = 24 * 1024 * 1024;

    private const int PreludeLength = 12;
    private const int MinLength = 16;
    private readonly PooledBuffer _buffer = new(8192, memory);
    private int _position;
    private int _total;
    private int _headers;
    private uint _preludeCrc;

    /// <summary>How many bytes wait for the rest of their frame.</summary>
    public int Pending => _buffer.Length - _position;

    /// <summary>Gives the buffer back while nothing waits in it. Invalidates frames taken before.</summary>
    public void ReturnBuffer()
    {
        _buffer.Consume(_position);
        _position = 0;
        _buffer.ReturnBuffer();
    }

    /// <summary>Room to receive into. Invalidates frames taken before.</summary>
    public Memory<byte> GetMemory(int sizeHint = 4096)
    {
        _buffer.Consume(_position);
        _position = 0;
        return _buffer.GetMemory(sizeHint);
    }

    /// <summary>Says how many bytes were received.</summary>
    public void Advance(int count) => _buffer.Advance(count);

    /// <summary>Takes bytes from elsewhere.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetMemory(Math.Max(bytes.Length, 1)).Span);
        Advance(bytes.Length);
    }

    /// <summary>Takes the next complete frame, if there is one.</summary>
    /// <exception cref="InvalidDataException">A checksum is wrong, or a frame is larger or smaller than any can be.</exception>
    public bool TryRead(out AwsFrame frame)
    {
        frame = default;
        var span = _buffer.WrittenSpan[_position..];
        if (_total == 0 && !TryReadPrelude(span)) return false;
        if (span.Length < _total) return false;
        var end = _total - 4;
        // The checksum of the prelude is known already, so the rest goes on from there.
        if (Crc32.Compute(span[8..end], _preludeCrc) != BinaryPrimitives.ReadUInt32BigEndian(span[end..]))
        {
            throw new InvalidDataException("The checksum of an event stream frame is wrong.");
        }

        var whole = _buffer.WrittenMemory.Slice(_position, _total);
        frame = Read(whole.Slice(PreludeLength, _headers), whole[(PreludeLength + _headers)..end]);
        _position += _total;
        _total = 0;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private bool TryReadPrelude(ReadOnlySpan<byte> span)
    {
        if (span.Length < PreludeLength) return false;
        var crc = Crc32.Compute(span[..8]);
        if (crc != BinaryPrimitives.ReadUInt32BigEndian(span[8..])) throw new InvalidDataException("The checksum of an event stream frame's prelude is wrong.");
        var total = BinaryPrimitives.ReadUInt32BigEndian(span);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(span[4..]);
        if (total < MinLength || headers > total - MinLength) throw new InvalidDataException("The lengths of an event stream frame contradict each other.");
        if (headers > MaxHeaderBytes) throw new InvalidDataException($"The headers of an event stream frame are larger than {MaxHeaderBytes} bytes.");
        if (total - headers - MinLength > Math.Min(maxPayloadBytes, MaxPayloadBytes)) throw new InvalidDataException($"The payload of an event stream frame is larger than {FrameSize.Describe(Math.Min(maxPayloadBytes, MaxPayloadBytes))}.");
        _preludeCrc = crc;
        _headers = (int)headers;
        _total = (int)total;
        return true;
    }

    private static AwsFrame Read(ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
    {
        var frame = new AwsFrame(headers, payload);
        var rest = headers;
        while (AwsHeader.TryTake(ref rest, out var header))
        {
            var name = header.Name.Span;
            if (header.Type != AwsHeaderType.Text || name[0] != (byte)':') continue;
            if (name.SequenceEqual(":event-type"u8)) frame = frame with { EventType = header.Value };
            else if (name.SequenceEqual(":message-type"u8)) frame = frame with { MessageType = header.Value };
            else if (name.SequenceEqual(":content-type"u8)) frame = frame with { ContentType = header.Value };
            else if (name.SequenceEqual(":exception-type"u8)) frame = frame with { ExceptionType = header.Value };
            else if (name.SequenceEqual(":error-code"u8)) frame = frame with { ErrorCode = header.Value };
            else if (name.SequenceEqual(":error-message"u8)) frame = frame with { ErrorMessage = header.Value };
        }

        return frame;
    }
}

using System.Buffers;
using System.Buffers.Binary;

namespace Dragoman.Protocols.Framing;

/// <summary>Writes frames of <c>application/vnd.amazon.eventstream</c>, as an upstream does.</summary>
public static class AwsEventStreamWriter
{
    /// <summary>Writes an event.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> payload)
        => Write(output, ":event-type"u8, eventType, "event"u8, payload);

    /// <summary>Writes an exception.</summary>
    public static void WriteException(IBufferWriter<byte> output, ReadOnlySpan<byte> exceptionType, ReadOnlySpan<byte> payload)
        => Write(output, ":exception-type"u8, exceptionType, "exception"u8, payload);

    /// <summary>Writes a frame of headers that are encoded already (see <see cref="WriteHeader"/>).</summary>
    public static void WriteFrame(IBufferWriter<byte> output, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        var total = 16 + headers.Length + payload.Length;
        var span = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteInt32BigEndian(span, total);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(span[8..], Crc32.Compute(span[..8]));
        headers.CopyTo(span[12..]);
        payload.CopyTo(span[(12 + headers.Length)..]);
        BinaryPrimitives.WriteUInt32BigEndian(span[(total - 4)..], Crc32.Compute(span[..(total - 4)]));
        output.Advance(total);
    }

    /// <summary>Writes one header; <paramref name="value"/> is its bytes as they stand on the wire (numbers big-endian).</summary>
    public static void WriteHeader(IBufferWriter<byte> output, ReadOnlySpan<byte> name, AwsHeaderType type, ReadOnlySpan<byte> value)
    {
        var sized = type is AwsHeaderType.Bytes or AwsHeaderType.Text;
        var length = 2 + name.Length + (sized ? 2 : 0) + value.Length;
        var span = output.GetSpan(length);
        span[0] = checked((byte)name.Length);
        name.CopyTo(span[1..]);
        var at = 1 + name.Length;
        span[at++] = (byte)type;
        if (sized)
        {
            BinaryPrimitives.WriteUInt16BigEndian(span[at..], checked((ushort)value.Length));
            at += 2;
        }

        value.CopyTo(span[at..]);
        output.Advance(length);
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> typeHeader, ReadOnlySpan<byte> type, ReadOnlySpan<byte> messageType, ReadOnlySpan<byte> payload)
    {
        var headers = new ArrayBufferWriter<byte>(160);
        WriteHeader(headers, typeHeader, AwsHeaderType.Text, type);
        WriteHeader(headers, ":content-type"u8, AwsHeaderType.Text, "application/json"u8);
        WriteHeader(headers, ":message-type"u8, AwsHeaderType.Text, messageType);
        WriteFrame(output, headers.WrittenSpan, payload);
    }
}

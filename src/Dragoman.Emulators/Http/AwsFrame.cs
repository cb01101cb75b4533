using System.Buffers.Binary;
using System.Text;

namespace Dragoman.Emulators.Http;

/// <summary>Writes frames of application/vnd.amazon.eventstream.</summary>
internal static class AwsFrame
{
    public const string ContentType = "application/vnd.amazon.eventstream";
    private static readonly uint[] Table = MakeTable();

    public static byte[] Event(string name, ReadOnlySpan<byte> payload) =>
        Write([(":event-type", name), (":content-type", "application/json"), (":message-type", "event")], payload);

    public static byte[] Exception(string name, ReadOnlySpan<byte> payload) =>
        Write([(":exception-type", name), (":content-type", "application/json"), (":message-type", "exception")], payload);

    private static byte[] Write(ReadOnlySpan<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        var length = 0;
        foreach (var (name, value) in headers)
            length += 1 + name.Length + 1 + 2 + Encoding.UTF8.GetByteCount(value);
        var frame = new byte[12 + length + payload.Length + 4];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc(frame.AsSpan(0, 8)));
        var at = 12;
        foreach (var (name, value) in headers)
        {
            frame[at++] = (byte)name.Length;
            at += Encoding.ASCII.GetBytes(name, frame.AsSpan(at));
            frame[at++] = 7;
            var size = Encoding.UTF8.GetBytes(value, frame.AsSpan(at + 2));
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), (ushort)size);
            at += 2 + size;
        }

        payload.CopyTo(frame.AsSpan(at));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
            crc = Table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[i] = value;
        }

        return table;
    }
}

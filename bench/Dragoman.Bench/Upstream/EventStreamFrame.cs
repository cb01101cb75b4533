using System.Buffers.Binary;
using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>
/// Builds AWS event-stream frames: lengths, their CRC, headers, payload, CRC of it all. Written for the bench alone, so that a fault in
/// the gateway's own framing cannot hide behind the same fault here.
/// </summary>
internal static class EventStreamFrame
{
    private static readonly uint[] Table = BuildTable();

    public static byte[] Event(string type, ReadOnlySpan<byte> payload)
    {
        var headers = new List<byte>();
        Header(headers, ":event-type", type);
        Header(headers, ":content-type", "application/json");
        Header(headers, ":message-type", "event");
        var frame = new byte[12 + headers.Count + payload.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), headers.Count);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc(frame.AsSpan(0, 8)));
        headers.CopyTo(frame, 12);
        payload.CopyTo(frame.AsSpan(12 + headers.Count));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    private static void Header(List<byte> into, string name, string value)
    {
        const byte stringType = 7;
        into.Add((byte)name.Length);
        into.AddRange(Encoding.ASCII.GetBytes(name));
        into.Add(stringType);
        into.Add((byte)(value.Length >> 8));
        into.Add((byte)value.Length);
        into.AddRange(Encoding.ASCII.GetBytes(value));
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes) crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint index = 0; index < 256; index++)
        {
            var crc = index;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
            table[index] = crc;
        }

        return table;
    }
}

using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Emulators.Tests;

/// <summary>Reads event-stream frames and checks both checksums, bit by bit rather than by the writer's table.</summary>
internal static class AwsFrames
{
    public static List<(string Name, JsonNode Payload)> Read(ReadOnlySpan<byte> data)
    {
        var frames = new List<(string, JsonNode)>();
        while (data.Length > 0)
        {
            var total = (int)BinaryPrimitives.ReadUInt32BigEndian(data);
            var headers = (int)BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
            Crc(data[..8]).ShouldBe(BinaryPrimitives.ReadUInt32BigEndian(data[8..]));
            Crc(data[..(total - 4)]).ShouldBe(BinaryPrimitives.ReadUInt32BigEndian(data[(total - 4)..]));
            var name = data.Slice(12, headers);
            var length = BinaryPrimitives.ReadUInt16BigEndian(name[(2 + name[0])..]);
            frames.Add((Encoding.UTF8.GetString(name.Slice(4 + name[0], length)), JsonNode.Parse(data[(12 + headers)..(total - 4)])!));
            data = data[total..];
        }

        return frames;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return ~crc;
    }
}

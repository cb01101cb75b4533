using System.Buffers.Binary;
using System.Text;

namespace Dragoman.Server.Tests.Observability;

/// <summary>A Protobuf message, read by hand: its fields by number, each as often as it came.</summary>
internal sealed class ProtoMessage
{
    private readonly ILookup<int, (ulong Number, byte[] Bytes)> _fields;

    public ProtoMessage(ReadOnlySpan<byte> bytes)
    {
        var fields = new List<(int Field, ulong Number, byte[] Bytes)>();
        while (!bytes.IsEmpty)
        {
            var key = Varint(ref bytes);
            var (number, content) = (0UL, Array.Empty<byte>());
            switch (key & 7)
            {
                case 0:
                    number = Varint(ref bytes);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    content = bytes[..length].ToArray();
                    bytes = bytes[length..];
                    break;
                case 5:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7}");
            }

            fields.Add(((int)(key >> 3), number, content));
        }

        _fields = fields.ToLookup(field => field.Field, field => (field.Number, field.Bytes));
    }

    public IEnumerable<ProtoMessage> Messages(int field) => _fields[field].Select(value => new ProtoMessage(value.Bytes));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public byte[] Bytes(int field) => _fields[field].Select(value => value.Bytes).LastOrDefault() ?? [];

    public ulong Number(int field) => _fields[field].Select(value => value.Number).LastOrDefault();

    /// <summary>Doubles of a packed field.</summary>
    public double[] Doubles(int field) => [.. _fields[field].SelectMany(value => value.Bytes.Length > 0 ? value.Bytes.Chunk(8).Select(part => BitConverter.ToDouble(part)) : [BitConverter.UInt64BitsToDouble(value.Number)])];

    /// <summary>Attributes (<c>KeyValue</c>) of a field; their values as text.</summary>
    public Dictionary<string, string> Attributes(int field) => Messages(field).ToDictionary(pair => pair.Text(1), pair => ValueOf(pair.Messages(2).Single()));

    private static string ValueOf(ProtoMessage value)
        => value._fields.Contains(1) ? value.Text(1)
            : value._fields.Contains(2) ? value.Number(2) == 1 ? "true" : "false"
            : value._fields.Contains(3) ? $"{(long)value.Number(3)}"
            : FormattableString.Invariant($"{BitConverter.UInt64BitsToDouble(value.Number(4))}");

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}

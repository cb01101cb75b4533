using System.Buffers.Binary;

namespace Dragoman.Protocols.Framing;

/// <summary>The types a header of an AWS event stream frame can have; the numbers are those on the wire.</summary>
public enum AwsHeaderType : byte
{
    /// <summary>The truth value true, without bytes.</summary>
    True = 0,

    /// <summary>The truth value false, without bytes.</summary>
    False = 1,

    /// <summary>A signed 8-bit number.</summary>
    Int8 = 2,

    /// <summary>A signed 16-bit number.</summary>
    Int16 = 3,

    /// <summary>A signed 32-bit number.</summary>
    Int32 = 4,

    /// <summary>A signed 64-bit number.</summary>
    Int64 = 5,

    /// <summary>Bytes.</summary>
    Bytes = 6,

    /// <summary>UTF-8 text.</summary>
    Text = 7,

    /// <summary>A point in time, in milliseconds since 1970.</summary>
    Timestamp = 8,

    /// <summary>A UUID, 16 bytes.</summary>
    Uuid = 9,
}

/// <summary>One header of an AWS event stream frame. Borrows the frame.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its bytes as they stand on the wire (numbers big-endian), without the length that texts and bytes have before them.</param>
public readonly record struct AwsHeader(ReadOnlyMemory<byte> Name, AwsHeaderType Type, ReadOnlyMemory<byte> Value)
{
    /// <summary>The value of a number, a truth value or a time; 0 for the other types.</summary>
    public long Number => Type switch
    {
        AwsHeaderType.True => 1,
        AwsHeaderType.Int8 => (sbyte)Value.Span[0],
        AwsHeaderType.Int16 => BinaryPrimitives.ReadInt16BigEndian(Value.Span),
        AwsHeaderType.Int32 => BinaryPrimitives.ReadInt32BigEndian(Value.Span),
        AwsHeaderType.Int64 or AwsHeaderType.Timestamp => BinaryPrimitives.ReadInt64BigEndian(Value.Span),
        _ => 0,
    };

    /// <summary>Takes the next header off the front of <paramref name="rest"/>; false when there is none left.</summary>
    /// <exception cref="InvalidDataException">The bytes are not headers.</exception>
    public static bool TryTake(ref ReadOnlyMemory<byte> rest, out AwsHeader header)
    {
        header = default;
        if (rest.IsEmpty) return false;
        var span = rest.Span;
        var nameLength = span[0];
        var at = 1 + nameLength;
        if (nameLength == 0 || at >= span.Length) throw Broken();
        var name = rest.Slice(1, nameLength);
        var type = (AwsHeaderType)span[at++];
        int length;
        if (type is AwsHeaderType.Bytes or AwsHeaderType.Text)
        {
            if (at + 2 > span.Length) throw Broken();
            length = BinaryPrimitives.ReadUInt16BigEndian(span[at..]);
            at += 2;
        }
        else
        {
            length = type switch
            {
                AwsHeaderType.True or AwsHeaderType.False => 0,
                AwsHeaderType.Int8 => 1,
                AwsHeaderType.Int16 => 2,
                AwsHeaderType.Int32 => 4,
                AwsHeaderType.Int64 or AwsHeaderType.Timestamp => 8,
                AwsHeaderType.Uuid => 16,
                _ => throw new InvalidDataException($"An event stream header has the unknown type {(byte)type}."),
            };
        }

        if (at + length > span.Length) throw Broken();
        header = new(name, type, rest.Slice(at, length));
        rest = rest[(at + length)..];
        return true;
    }

    private static InvalidDataException Broken() => new("The headers of an event stream frame are cut off.");
}

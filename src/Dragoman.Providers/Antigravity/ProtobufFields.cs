namespace Dragoman.Providers.Antigravity;

/// <summary>Reads single fields of protobuf messages (protobuf.dev, "Encoding"). What is cut short or no message has no fields from there on.</summary>
internal static class ProtobufFields
{
    private const int MostFields = 100_000;

    /// <summary>The contents of every field of a number that has a length: texts, bytes, messages.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> All(ReadOnlyMemory<byte> message, int number)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        Visit(message, (field, content, _) =>
        {
            if (field == number && content is { } bytes) found.Add(bytes);
        });
        return found;
    }

    /// <summary>The content of the first field of a number that has a length; null where there is none.</summary>
    public static ReadOnlyMemory<byte>? First(ReadOnlyMemory<byte> message, int number) => All(message, number) is [var first, ..] ? first : null;

    /// <summary>The text of the first field of a number; null where there is none, or an empty one.</summary>
    public static string? Text(ReadOnlyMemory<byte> message, int number) => First(message, number) is { IsEmpty: false } bytes ? System.Text.Encoding.UTF8.GetString(bytes.Span) : null;

    /// <summary>The first number of a field; null where there is none.</summary>
    public static ulong? Number(ReadOnlyMemory<byte> message, int number)
    {
        ulong? found = null;
        Visit(message, (field, content, value) =>
        {
            if (field == number && content is null) found ??= value;
        });
        return found;
    }

    private static void Visit(ReadOnlyMemory<byte> message, Action<int, ReadOnlyMemory<byte>?, ulong> take)
    {
        for (var left = MostFields; left > 0 && !message.IsEmpty; left--)
        {
            if (Varint(ref message) is not { } tag || tag >> 3 is 0 or > int.MaxValue) return;
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    if (Varint(ref message) is not { } value) return;
                    take(field, null, value);
                    break;
                case 2:
                    if (Varint(ref message) is not { } length || length > (ulong)message.Length) return;
                    take(field, message[..(int)length], 0);
                    message = message[(int)length..];
                    break;
                case 1 or 5:
                    var size = (tag & 7) == 1 ? 8 : 4;
                    if (message.Length < size) return;
                    message = message[size..];
                    break;
                default:
                    return;
            }
        }
    }

    private static ulong? Varint(ref ReadOnlyMemory<byte> message)
    {
        ulong value = 0;
        var bytes = message.Span;
        for (var index = 0; index < bytes.Length && index < 10; index++)
        {
            value |= (ulong)(bytes[index] & 0x7f) << (7 * index);
            if (bytes[index] >= 0x80) continue;
            message = message[(index + 1)..];
            return value;
        }

        return null;
    }
}

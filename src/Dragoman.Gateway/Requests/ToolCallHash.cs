using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Requests;

/// <summary>
/// A hash of a tool call's name and arguments that minds neither the order of members nor white space nor how a number or an escape is
/// spelled, because clients parse arguments and write them again. Arguments that are no JSON (custom tools) count as text without white space.
/// </summary>
internal static class ToolCallHash
{
    private const int MaxDepth = 128;

    public static ulong Compute(ToolCallBlock call) => Compute(call.Name, call.Arguments.Text.ToUtf8().Span);

    public static ulong Compute(string name, ReadOnlySpan<byte> arguments) => Mix(ContentHash.Compute(Encoding.UTF8.GetBytes(name)), OfArguments(arguments));

    private static ulong OfArguments(ReadOnlySpan<byte> arguments)
    {
        arguments = arguments.Trim(" \r\n\t"u8);
        // Nothing is passed as nothing, as null, as an empty text and as an empty object.
        if (arguments.IsEmpty || arguments.SequenceEqual("{}"u8) || arguments.SequenceEqual("null"u8) || arguments.SequenceEqual("\"\""u8)) return 0;
        if (arguments[0] is (byte)'{' or (byte)'[')
        {
            try
            {
                var reader = new Utf8JsonReader(arguments, new JsonReaderOptions { MaxDepth = MaxDepth });
                reader.Read();
                var hash = OfValue(ref reader);
                if (!reader.Read()) return hash;
            }
            catch (Exception ex) when (ex is JsonException or InvalidOperationException)
            {
                // A careless model's: text.
            }
        }

        var text = default(WhitespaceInsensitiveHash);
        text.Add(arguments);
        return text.Value;
    }

    private static ulong OfValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = 1UL;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = ContentHash.Compute(Encoding.UTF8.GetBytes(reader.GetString()!));
                    reader.Read();
                    // A sum does not mind the order.
                    members += Mix(name, OfValue(ref reader));
                }

                return Mix(1, members);
            case JsonTokenType.StartArray:
                var items = 2UL;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items = Mix(items, OfValue(ref reader));
                return items;
            case JsonTokenType.String:
                return Mix(3, ContentHash.Compute(Encoding.UTF8.GetBytes(reader.GetString()!)));
            case JsonTokenType.Number:
                return Mix(4, reader.TryGetInt64(out var whole) ? (ulong)whole : reader.TryGetDouble(out var number) ? OfNumber(number) : ContentHash.Compute(reader.ValueSpan));
            default:
                return 5UL + (ulong)reader.TokenType;
        }
    }

    private static ulong OfNumber(double number)
        => number == Math.Floor(number) && Math.Abs(number) < 1L << 53 ? (ulong)(long)number : ContentHash.Compute(Encoding.UTF8.GetBytes(number.ToString("R", CultureInfo.InvariantCulture)));

    private static ulong Mix(ulong one, ulong other)
    {
        var mixed = (one ^ (other + 0x9E3779B97F4A7C15UL + (one << 6) + (one >> 2))) * 0xBF58476D1CE4E5B9UL;
        return mixed ^ (mixed >> 31);
    }
}

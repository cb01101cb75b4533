using System.Text;
using System.Text.Json;

namespace Dragoman.Protocols.Json;

/// <summary>The steps that every protocol's readers take over <see cref="Utf8TokenReader"/>.</summary>
public static class JsonReading
{
    /// <summary>How deep a body may nest before it is refused.</summary>
    public const int MaxDepth = 128;

    /// <summary>Reader options shared by all protocols.</summary>
    public static JsonReaderOptions Options { get; } = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>
    /// Steps to the next property of the object the reader is in: true with the reader on the property name, false at the object's end.
    /// Call <c>reader.Read()</c> then to step onto the value, and take or skip the value whole.
    /// </summary>
    public static bool NextProperty(this ref Utf8TokenReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Steps to the next element of the array the reader is in: true with the reader on the element, false at the array's end.</summary>
    public static bool NextElement(this ref Utf8TokenReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>The string the reader stands on, or null when the token is anything else (the value is then skipped).</summary>
    public static string? StringOrNull(this ref Utf8TokenReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            try
            {
                return reader.GetString();
            }
            catch (InvalidOperationException)
            {
                // A lone surrogate or broken UTF-8: careless clients send both, and neither is worth a crash.
                return JsonText.FromEscaped(reader.ValueSpan.ToArray()).ToString();
            }
        }

        reader.Skip();
        return null;
    }

    /// <summary>The integer the reader stands on; a float is truncated; anything else gives null (the value is then skipped).</summary>
    public static long? Int64OrNull(this ref Utf8TokenReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var whole)) return whole;
            return reader.TryGetDouble(out var number) && Math.Abs(number) < 9e18 ? (long)number : null;
        }

        reader.Skip();
        return null;
    }

    /// <summary>The integer the reader stands on, clamped to <see cref="int"/>; null for anything but a number.</summary>
    public static int? Int32OrNull(this ref Utf8TokenReader reader)
        => reader.Int64OrNull() is { } value ? (int)Math.Clamp(value, int.MinValue, int.MaxValue) : null;

    /// <summary>The number the reader stands on; null for anything else (the value is then skipped).</summary>
    public static double? DoubleOrNull(this ref Utf8TokenReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number)) return number;
        reader.Skip();
        return null;
    }

    /// <summary>The boolean the reader stands on; null for anything else (the value is then skipped).</summary>
    public static bool? BooleanOrNull(this ref Utf8TokenReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            default:
                reader.Skip();
                return null;
        }
    }
}

using System.Text;
using System.Text.Json;

namespace Dragoman.Protocols.Json;

/// <summary>
/// One complete JSON value as the bytes it stood as on the wire: carried, never re-ordered or re-spelled. Borrows its buffer.
/// </summary>
/// <param name="Bytes">The bytes of the value, without surrounding white space. Empty means the value is absent.</param>
public readonly record struct JsonSlice(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether there is no value at all (not even <c>null</c>).</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>Whether the value is an object.</summary>
    public bool IsObject => !Bytes.IsEmpty && Bytes.Span[0] == (byte)'{';

    /// <summary>Whether the value is an array.</summary>
    public bool IsArray => !Bytes.IsEmpty && Bytes.Span[0] == (byte)'[';

    /// <summary>Whether the value is a string.</summary>
    public bool IsString => !Bytes.IsEmpty && Bytes.Span[0] == (byte)'"';

    /// <summary>Whether the value is the literal <c>null</c>.</summary>
    public bool IsNull => Bytes.Span.SequenceEqual("null"u8);

    /// <summary>The text that a string spells; empty for any other value.</summary>
    public JsonText Text
    {
        get
        {
            if (!IsString) return default;
            var reader = Read();
            reader.Read();
            return JsonText.From(ref reader, Bytes);
        }
    }

    /// <summary>The JSON value a literal spells, for constants.</summary>
    public static JsonSlice Create(ReadOnlySpan<byte> json) => new(json.ToArray());

    /// <summary>The JSON value a text spells.</summary>
    public static JsonSlice Parse(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Utf8TokenReader.Check(bytes);
        return new(bytes);
    }

    /// <summary>
    /// Takes the whole value the reader stands on and leaves the reader on the value's last token. The grammar inside is not checked
    /// (<see cref="Utf8TokenReader.Skip"/>): request bodies are checked whole, once, by <see cref="Utf8TokenReader.Check"/>.
    /// <paramref name="source"/> is the memory the reader reads from, from its first byte.
    /// </summary>
    public static JsonSlice From(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        var start = checked((int)reader.TokenStartIndex);
        reader.Skip();
        return new(source[start..checked((int)reader.BytesConsumed)]);
    }

    /// <summary>A reader that stands before the value.</summary>
    public Utf8TokenReader Read() => new(Bytes.Span, JsonReading.Options);

    /// <summary>Writes the value unchanged.</summary>
    public void WriteTo(Utf8JsonWriter writer) => writer.WriteRawValue(Bytes.Span, skipInputValidation: true);

    /// <summary>Writes the value unchanged as a property.</summary>
    public void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> propertyName)
    {
        writer.WritePropertyName(propertyName);
        WriteTo(writer);
    }

    /// <summary>
    /// The value without line breaks, as a line of a stream needs it; without a copy where it has none. Inside JSON a bare line break is
    /// only ever white space between tokens.
    /// </summary>
    public JsonSlice OnOneLine()
    {
        var span = Bytes.Span;
        if (span.IndexOfAny((byte)'\n', (byte)'\r') < 0) return this;
        var line = new byte[span.Length];
        var length = 0;
        foreach (var b in span)
        {
            if (b is not ((byte)'\n' or (byte)'\r')) line[length++] = b;
        }

        return new(line.AsMemory(0, length));
    }

    /// <summary>A copy that no longer borrows a buffer.</summary>
    public JsonSlice Detach() => new(Bytes.ToArray());

    /// <summary>The value's text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);
}

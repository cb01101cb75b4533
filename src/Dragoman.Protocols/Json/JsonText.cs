using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Dragoman.Protocols.Json;

/// <summary>
/// The value of a JSON string, kept in the form it arrived in so that carrying it from one protocol to another is a copy of bytes and not
/// a decode and an encode.
/// </summary>
/// <remarks>
/// Held as the UTF-8 that stood between the quotes on the wire, as plain UTF-8, or as a .NET string. The byte forms borrow the buffer
/// they were read from: they are valid only while that buffer is (a request body for the whole request, a stream frame for one event).
/// </remarks>
public readonly struct JsonText
{
    private enum Form : byte
    {
        /// <summary>Plain UTF-8 that may need escaping.</summary>
        Plain,

        /// <summary>Bytes of a JSON string with escapes in them.</summary>
        Escaped,

        /// <summary>Bytes of a JSON string without a single escape: plain and escaped at once.</summary>
        Clean,
    }

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly string? _string;
    private readonly Form _form;

    /// <summary>Whether the quotes stand around the text in its memory: then the whole is written as one piece.</summary>
    private readonly bool _quoted;

    private JsonText(ReadOnlyMemory<byte> memory, Form form, bool quoted = false)
    {
        _memory = memory;
        _form = form;
        _quoted = quoted;
    }

    private JsonText(string text) => _string = text;

    private ReadOnlyMemory<byte> Bytes => _quoted ? _memory[1..^1] : _memory;

    /// <summary>The empty text.</summary>
    public static JsonText Empty => default;

    /// <summary>Whether the text has no characters.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(_string) && Bytes.IsEmpty;

    /// <summary>The length of the text in the bytes or characters of the form it is held in: an estimate, good for sizing and counting.</summary>
    public int Length => _string?.Length ?? Bytes.Length;

    /// <summary>Whether the text has nothing but ASCII white space; decided without a copy, at the first character that is not.</summary>
    public bool IsBlank
    {
        get
        {
            if (_string is not null) return string.IsNullOrWhiteSpace(_string);
            var span = Bytes.Span;
            for (var i = 0; i < span.Length; i++)
            {
                if (span[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
                if (_form != Form.Escaped || span[i] != (byte)'\\' || i + 1 == span.Length || span[i + 1] is not ((byte)'n' or (byte)'r' or (byte)'t')) return false;
                i++;
            }

            return true;
        }
    }

    /// <summary>Whether the half of a surrogate pair stands alone in it as an escape.</summary>
    internal bool HasLoneSurrogate => _string is null && _form == Form.Escaped && LoneSurrogates.Find(Bytes.Span) >= 0;

    /// <summary>Whether the text starts with an ASCII character that can be seen; false too where only a decode could tell.</summary>
    internal bool StartsVisibly
    {
        get
        {
            if (_string is not null) return _string.Length > 0 && _string[0] is > ' ' and <= '~';
            var span = Bytes.Span;
            return span.Length > 0 && span[0] is > (byte)' ' and <= (byte)'~' && (_form != Form.Escaped || span[0] != (byte)'\\');
        }
    }

    /// <summary>
    /// Whether the text starts with <paramref name="ascii"/>, which must need no escapes; decided without a copy. A text that spells the
    /// prefix with needless escapes is not recognised.
    /// </summary>
    public bool StartsWith(ReadOnlySpan<byte> ascii)
    {
        if (_string is null) return Bytes.Span.StartsWith(ascii);
        if (_string.Length < ascii.Length) return false;
        for (var i = 0; i < ascii.Length; i++)
        {
            if (_string[i] != ascii[i]) return false;
        }

        return true;
    }

    /// <summary>A text from a .NET string.</summary>
    public static JsonText From(string? text) => string.IsNullOrEmpty(text) ? default : new(text);

    /// <summary>A text from the bytes between the quotes of a JSON string, escapes included. Bytes are borrowed.</summary>
    public static JsonText FromEscaped(ReadOnlyMemory<byte> bytes) => new(bytes, Form.Escaped);

    /// <summary>A text from plain UTF-8. Bytes are borrowed.</summary>
    public static JsonText FromUtf8(ReadOnlyMemory<byte> bytes) => new(bytes, Form.Plain);

    /// <summary>
    /// The text of the string (or property name) token the reader stands on. <paramref name="source"/> is the memory the reader reads from,
    /// from its first byte.
    /// </summary>
    public static JsonText From(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        if (reader.TokenType == JsonTokenType.Null) return default;
        // The token starts at its opening quote; ValueSpan excludes the quotes and still carries the escapes.
        var bytes = source.Slice(checked((int)reader.TokenStartIndex), reader.ValueSpan.Length + 2);
        return new JsonText(bytes, reader.ValueIsEscaped ? Form.Escaped : Form.Clean, quoted: true);
    }

    /// <summary>Writes the text as a JSON string value.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (_string is not null) writer.WriteStringValue(_string);
        else if (_form == Form.Plain) writer.WriteStringValue(Bytes.Span);
        else WriteEscaped(writer);
    }

    /// <summary>Writes the text as a JSON property.</summary>
    public void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> propertyName)
    {
        writer.WritePropertyName(propertyName);
        WriteTo(writer);
    }

    /// <summary>Appends the text to <paramref name="output"/> as the bytes between the quotes of a JSON string.</summary>
    public void AppendEscaped(IBufferWriter<byte> output)
    {
        if (_string is null && _form != Form.Plain)
        {
            output.Write(Bytes.Span);
            return;
        }

        var encoder = JsonWriting.Encoder;
        var source = _string is null ? Bytes.Span : Encoding.UTF8.GetBytes(_string);
        while (!source.IsEmpty)
        {
            var clean = encoder.FindFirstCharacterToEncodeUtf8(source);
            if (clean < 0) clean = source.Length;
            output.Write(source[..clean]);
            source = source[clean..];
            if (source.IsEmpty) break;
            var target = output.GetSpan(256);
            encoder.EncodeUtf8(source, target, out var consumed, out var written, isFinalBlock: true);
            output.Advance(written);
            source = source[consumed..];
        }
    }

    /// <summary>Appends the text to <paramref name="output"/> as plain UTF-8.</summary>
    public void AppendUtf8(IBufferWriter<byte> output)
    {
        if (_string is not null)
        {
            var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(_string.Length));
            output.Advance(Encoding.UTF8.GetBytes(_string, span));
        }
        else if (_form != Form.Escaped)
        {
            output.Write(Bytes.Span);
        }
        else
        {
            Unescape(output);
        }
    }

    /// <summary>Shows the text to <paramref name="progress"/>, without a copy in the byte forms.</summary>
    internal void AddTo(ref JsonProgress progress)
    {
        if (_string is null && _form == Form.Escaped) progress.AddEscaped(Bytes.Span);
        else progress.Add(ToUtf8().Span);
    }

    /// <summary>Whether the text equals the given plain UTF-8.</summary>
    public bool Equals(ReadOnlySpan<byte> utf8)
    {
        if (_string is null && _form != Form.Escaped) return Bytes.Span.SequenceEqual(utf8);
        return ToString() == Encoding.UTF8.GetString(utf8);
    }

    /// <summary>The plain UTF-8 of the text, without a copy where the form allows.</summary>
    public ReadOnlyMemory<byte> ToUtf8()
    {
        if (_string is not null) return Encoding.UTF8.GetBytes(_string);
        if (_form != Form.Escaped) return Bytes;
        var buffer = new ArrayBufferWriter<byte>(Bytes.Length);
        Unescape(buffer);
        return buffer.WrittenMemory;
    }

    /// <summary>A copy that no longer borrows a buffer.</summary>
    public JsonText Detach() => _string is not null || _memory.IsEmpty ? this : new JsonText(_memory.ToArray(), _form, _quoted);

    /// <summary>The text as a .NET string. A lone surrogate escape becomes U+FFFD.</summary>
    public override string ToString()
    {
        if (_string is not null) return _string;
        if (Bytes.IsEmpty) return string.Empty;
        return Encoding.UTF8.GetString(ToUtf8().Span);
    }

    private void WriteEscaped(Utf8JsonWriter writer)
    {
        if (_quoted)
        {
            writer.WriteRawValue(_memory.Span, skipInputValidation: true);
            return;
        }

        var length = Bytes.Length + 2;
        var rented = length <= 512 ? null : ArrayPool<byte>.Shared.Rent(length);
        Span<byte> quoted = rented is null ? stackalloc byte[512] : rented;
        quoted = quoted[..length];
        quoted[0] = (byte)'"';
        Bytes.Span.CopyTo(quoted[1..]);
        quoted[^1] = (byte)'"';
        writer.WriteRawValue(quoted, skipInputValidation: true);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private void Unescape(IBufferWriter<byte> output)
    {
        var source = Bytes.Span;
        while (!source.IsEmpty)
        {
            var slash = source.IndexOf((byte)'\\');
            if (slash < 0)
            {
                output.Write(source);
                return;
            }

            output.Write(source[..slash]);
            source = source[slash..];
            if (source.Length < 2) return;
            var target = output.GetSpan(4);
            if (source[1] != (byte)'u')
            {
                target[0] = source[1] switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    var other => other,
                };
                output.Advance(1);
                source = source[2..];
                continue;
            }

            var rune = ReadRune(source, out var consumed);
            output.Advance(rune.EncodeToUtf8(target));
            source = source[consumed..];
        }
    }

    private static Rune ReadRune(ReadOnlySpan<byte> source, out int consumed)
    {
        consumed = Math.Min(6, source.Length);
        if (!TryHex(source, out var first)) return Rune.ReplacementChar;
        if (!char.IsSurrogate(first)) return new Rune(first);
        var rest = source[6..];
        if (char.IsHighSurrogate(first) && TryHex(rest, out var second) && char.IsLowSurrogate(second))
        {
            consumed = 12;
            return new Rune(first, second);
        }

        return Rune.ReplacementChar;
    }

    private static bool TryHex(ReadOnlySpan<byte> source, out char value)
    {
        value = default;
        if (source.Length < 6 || source[0] != (byte)'\\' || source[1] != (byte)'u') return false;
        if (!System.Buffers.Text.Utf8Parser.TryParse(source.Slice(2, 4), out ushort number, out var used, 'x') || used != 4) return false;
        value = (char)number;
        return true;
    }
}

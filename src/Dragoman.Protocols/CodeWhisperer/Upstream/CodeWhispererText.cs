using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Puts the one text of a message together out of many, as the bytes between the quotes of a JSON string, and leaves out what the service refuses in it:
/// control characters but tab and line breaks, and lone halves of surrogate pairs.
/// </summary>
internal sealed class CodeWhispererText(TranslationContext exchange) : IDisposable
{
    private readonly PooledBuffer _buffer = new(1024);

    /// <summary>Whether nothing was added since the last write.</summary>
    public bool IsEmpty => _buffer.Length <= 1;

    /// <summary>Begins a text.</summary>
    public void Begin()
    {
        _buffer.Clear();
        Append("\""u8);
    }

    /// <summary>Adds a text as a paragraph of its own.</summary>
    public void AddParagraph(JsonText text)
    {
        if (text.IsBlank) return;
        if (!IsEmpty) Append("\\n\\n"u8);
        text.AppendEscaped(_buffer);
    }

    /// <summary>Adds a text right behind the last.</summary>
    public void Add(JsonText text) => text.AppendEscaped(_buffer);

    /// <summary>Adds bytes that need no escapes, or are escaped.</summary>
    public void Append(ReadOnlySpan<byte> escaped)
    {
        escaped.CopyTo(_buffer.GetSpan(escaped.Length));
        _buffer.Advance(escaped.Length);
    }

    /// <summary>Writes the text as a member; <paramref name="placeholder"/> stands for nothing.</summary>
    public void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> placeholder)
    {
        if (IsEmpty) Append(placeholder);
        Append("\""u8);
        writer.WritePropertyName(name);
        var text = _buffer.WrittenSpan;
        if (!MayNeedCleaning(text))
        {
            writer.WriteRawValue(text, skipInputValidation: true);
            return;
        }

        var clean = text.ToArray();
        LoneSurrogates.Repair(clean);
        var length = WithoutControls(clean);
        if (!clean.AsSpan(0, length).SequenceEqual(text)) exchange.Losses.Approximate("text", "control characters and lone halves of surrogate pairs are refused and left out");
        // What was nothing but control characters is nothing.
        if (length <= 2) writer.WriteStringValue(placeholder);
        else writer.WriteRawValue(clean.AsSpan(0, length), skipInputValidation: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private static bool MayNeedCleaning(ReadOnlySpan<byte> escaped)
        => escaped.IndexOf("\\u"u8) >= 0 || escaped.IndexOf("\\b"u8) >= 0 || escaped.IndexOf("\\f"u8) >= 0;

    /// <summary>Moves the text together over the control characters in it; gives its length then.</summary>
    private static int WithoutControls(Span<byte> text)
    {
        var to = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != (byte)'\\' || i + 1 >= text.Length)
            {
                text[to++] = text[i];
                continue;
            }

            var next = text[i + 1];
            if (next is (byte)'b' or (byte)'f')
            {
                i++;
                continue;
            }

            var escape = next == (byte)'u' && i + 5 < text.Length ? 6 : 2;
            if (escape == 6 && IsControl(text.Slice(i + 2, 4)))
            {
                i += 5;
                continue;
            }

            text.Slice(i, escape).CopyTo(text[to..]);
            to += escape;
            i += escape - 1;
        }

        return to;
    }

    private static bool IsControl(ReadOnlySpan<byte> hex)
    {
        if (hex[0] != (byte)'0' || hex[1] != (byte)'0' || hex[2] is not ((byte)'0' or (byte)'1')) return false;
        return hex[2] == (byte)'1' || (hex[3] | 0x20) is not ((byte)'9' or ('a') or ('d'));
    }
}

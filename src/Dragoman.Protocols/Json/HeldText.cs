namespace Dragoman.Protocols.Json;

/// <summary>The end of a text that may be the beginning of a tag, held back until more comes: tags come torn anywhere.</summary>
internal sealed class HeldText
{
    private byte[] _held = [];

    /// <summary>Whether nothing is held back.</summary>
    public bool IsEmpty => _held.Length == 0;

    /// <summary>What is held back and what comes after it, as UTF-8; it stays held.</summary>
    public ReadOnlyMemory<byte> With(JsonText text)
    {
        var bytes = text.ToUtf8();
        if (IsEmpty) return bytes;
        var both = new byte[_held.Length + bytes.Length];
        _held.CopyTo(both, 0);
        bytes.CopyTo(both.AsMemory(_held.Length));
        return both;
    }

    /// <summary>Holds this back, and nothing else.</summary>
    public void Hold(ReadOnlyMemory<byte> bytes) => _held = bytes.ToArray();

    /// <summary>What was held back; nothing is any more.</summary>
    public ReadOnlyMemory<byte> Release()
    {
        var held = _held;
        _held = [];
        return held;
    }

    /// <summary>How many bytes at the end of a text are the beginning of a tag, but not all of it.</summary>
    public static int HalfOf(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> text)
    {
        for (var length = Math.Min(text.Length, tag.Length - 1); length > 0; length--)
        {
            if (text.EndsWith(tag[..length])) return length;
        }

        return 0;
    }
}

using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Keeps the pieces of a streamed text whole signs: some upstreams cut between the two halves of a surrogate pair. The first half waits for
/// the next piece; a half that stays alone becomes U+FFFD.
/// </summary>
internal sealed class SurrogateJoin
{
    private byte[]? _half;

    /// <summary>Takes a piece and gives what of it can be reported.</summary>
    public JsonText Add(JsonText piece)
    {
        if (_half is null && !piece.HasLoneSurrogate) return piece;
        var buffer = new ArrayBufferWriter<byte>(piece.Length + 12);
        if (_half is not null) buffer.Write(_half);
        _half = null;
        piece.AppendEscaped(buffer);
        var bytes = buffer.WrittenSpan.ToArray();
        var length = bytes.Length;
        if (length >= 6 && LoneSurrogates.IsHigh(bytes.AsSpan(length - 6)) && LoneSurrogates.Find(bytes.AsSpan(length - 6)) == 0 && !IsEscaped(bytes, length - 6))
        {
            _half = bytes[(length - 6)..];
            length -= 6;
        }

        LoneSurrogates.Repair(bytes.AsSpan(0, length));
        return JsonText.FromEscaped(bytes.AsMemory(0, length));
    }

    /// <summary>The text is whole: what a half that still waits becomes.</summary>
    public JsonText Complete()
    {
        if (_half is null) return default;
        _half = null;
        return JsonText.From("\uFFFD");
    }

    /// <summary>Whether the backslash at that place is the second of an escaped one.</summary>
    private static bool IsEscaped(ReadOnlySpan<byte> bytes, int at)
    {
        var slashes = 0;
        while (at - slashes > 0 && bytes[at - slashes - 1] == (byte)'\\') slashes++;
        return slashes % 2 != 0;
    }
}

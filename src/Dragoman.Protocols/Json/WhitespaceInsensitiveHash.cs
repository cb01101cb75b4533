
namespace Dragoman.Protocols.Json;

/// <summary>A hash of an answer's text that does not mind white space, because clients trim and join what they send back.</summary>
public struct WhitespaceInsensitiveHash
{
    private ulong _hash;
    private bool _any;

    /// <summary>Whether nothing but white space was added.</summary>
    public readonly bool IsEmpty => !_any;

    /// <summary>The hash so far.</summary>
    public readonly ulong Value => _hash;

    /// <summary>Adds a piece of the text.</summary>
    public void Add(JsonText piece) => Add(piece.ToUtf8().Span);

    /// <summary>Adds a piece of the text.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        foreach (var b in piece)
        {
            if (b <= (byte)' ') continue;
            // FNV-1a, begun at its offset basis.
            _hash = ((_any ? _hash : 14695981039346656037UL) ^ b) * 1099511628211UL;
            _any = true;
        }
    }
}

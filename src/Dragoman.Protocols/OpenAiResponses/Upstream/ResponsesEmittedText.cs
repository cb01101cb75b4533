namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>
/// Remembers how much of a text was reported, and its hash, so that when the whole text comes the part that no delta brought can be reported
/// after it. The text itself is not kept.
/// </summary>
internal struct ResponsesEmittedText
{
    private const ulong Prime = 1099511628211;
    private ulong _hash;
    private int _length;

    /// <summary>Whether anything was reported.</summary>
    public readonly bool Any => _length > 0;

    /// <summary>Takes a piece that was reported, in its escaped form.</summary>
    public void Add(ReadOnlySpan<byte> escaped)
    {
        _hash = Hash(_hash, escaped);
        _length += escaped.Length;
    }

    /// <summary>How much of the whole text was reported: all of it when what was emitted is not its beginning, for then nothing can be repaired.</summary>
    public readonly int EmittedLength(ReadOnlySpan<byte> whole)
        => _length < whole.Length && Hash(0, whole[.._length]) == _hash ? _length : whole.Length;

    private static ulong Hash(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) hash = (hash ^ (b + 1u)) * Prime;
        return hash;
    }
}

using System.Globalization;
using System.Text;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Flows;

/// <summary>
/// Keeps a body that passes, within a limit: the first three quarters of it and the last, with a mark between that says how much is missing.
/// Not thread-safe.
/// </summary>
/// <param name="limit">The most bytes that are kept.</param>
/// <param name="headOnly">Whether only the beginning is kept.</param>
/// <param name="share">What the memory is counted in; where it has no room the rest of the body is left out, and the request goes on.</param>
internal sealed class BodyCollector(int limit, bool headOnly = false, MemoryShare? share = null) : IDisposable
{
    /// <summary>Memory is counted in steps of so much; the first is not counted, as small bodies come and go with every request.</summary>
    private const int Step = 64 * 1024;

    private readonly int _headRoom = headOnly ? limit : limit - (limit / 4);
    private readonly PooledBuffer _head = new(1024);
    private PooledBuffer? _tail;
    private int _counted = Step;
    private bool _isRefused;

    /// <summary>How many bytes came.</summary>
    public long Length { get; private set; }

    /// <summary>How many of them are in memory.</summary>
    public int Kept => _head.Length + (_tail?.Length ?? 0);

    /// <summary>Whether some of them are not kept.</summary>
    public bool IsCut => Length > _head.Length + (_tail?.Length ?? 0) || (_tail is { } tail && tail.Length > limit - _headRoom);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (!MayKeep(Math.Min(bytes.Length, limit))) return;
        var room = Math.Min(_headRoom - _head.Length, bytes.Length);
        if (room > 0)
        {
            Copy(_head, bytes[..room]);
            bytes = bytes[room..];
        }

        if (bytes.IsEmpty || headOnly) return;
        _tail ??= new PooledBuffer(Math.Min(limit / 4, 4096));
        var most = limit - _headRoom;
        if (bytes.Length >= most)
        {
            _tail.Clear();
            Copy(_tail, bytes[^most..]);
            return;
        }

        Copy(_tail, bytes);
        // Moved to the front now and then, not for every piece.
        if (_tail.Length > most * 2) _tail.Consume(_tail.Length - most);
    }

    /// <summary>What is kept. Where it is cut, both edges are moved off a word, so that no half of a key is left that nobody recognises.</summary>
    public byte[] ToArray()
    {
        if (!IsCut) return _tail is null ? _head.WrittenSpan.ToArray() : [.. _head.WrittenSpan, .. _tail.WrittenSpan];
        var head = _head.WrittenSpan;
        var tail = _tail is null ? default : _tail.WrittenSpan[Math.Max(0, _tail.Length - (limit - _headRoom))..];
        head = head[..EndOf(head)];
        tail = tail[StartOf(tail)..];
        var mark = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[dragoman: {Length - head.Length - tail.Length} bytes left out]\n"));
        return [.. head, .. mark, .. tail];
    }

    /// <summary>Gives the buffers back; the share is its owner's to give back.</summary>
    public void Dispose()
    {
        _head.Dispose();
        _tail?.Dispose();
    }

    private const int LongestWord = 512;

    /// <summary>Whether there is memory for so many more bytes. Once there was none nothing more is kept, so that what is kept has no second gap.</summary>
    private bool MayKeep(int bytes)
    {
        if (share is null) return true;
        if (_isRefused) return false;
        var wanted = Kept + bytes;
        if (wanted <= _counted) return true;
        var step = Math.Max(Step, wanted - _counted);
        if (share.TryTake(step)) _counted += step;
        else _isRefused = true;
        return !_isRefused;
    }

    private static int EndOf(ReadOnlySpan<byte> head)
    {
        var at = head.Length;
        while (at > 0 && head.Length - at < LongestWord && IsWord(head[at - 1])) at--;
        return at;
    }

    private static int StartOf(ReadOnlySpan<byte> tail)
    {
        var at = 0;
        while (at < tail.Length && at < LongestWord && IsWord(tail[at])) at++;
        return at;
    }

    /// <summary>Letters of keys, and the inner bytes of a character of several.</summary>
    private static bool IsWord(byte b) => b is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z')
        or (byte)'-' or (byte)'_' or (byte)'.' or (byte)'+' or (byte)'/' or (byte)'=' or (byte)'~' or (byte)':' or (byte)'\\' or >= 0x80;

    private static void Copy(PooledBuffer target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target.GetSpan(bytes.Length));
        target.Advance(bytes.Length);
    }
}

using System.Security.Cryptography;

namespace Dragoman.Gateway.Requests;

/// <summary>The id of a request in the gateway's own records.</summary>
public static class FlowId
{
    private const int Randomness = 10;

    /// <summary>Random bytes are fetched for many ids at once: asking the system for them is dearer than all the rest of an id.</summary>
    [ThreadStatic] private static byte[]? _random;

    [ThreadStatic] private static int _used;

    /// <summary>A new id: a UUID of version 7, time-ordered, so that records sort by it.</summary>
    public static string New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var milliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
        Span<byte> id = [(byte)(milliseconds >> 40), (byte)(milliseconds >> 32), (byte)(milliseconds >> 24), (byte)(milliseconds >> 16), (byte)(milliseconds >> 8), (byte)milliseconds, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        TakeRandom(id[^Randomness..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return Convert.ToHexStringLower(id);
    }

    private static void TakeRandom(Span<byte> target)
    {
        var random = _random ??= new byte[Randomness * 64];
        if (_used == 0) RandomNumberGenerator.Fill(random);
        random.AsSpan(_used, target.Length).CopyTo(target);
        _used = (_used + target.Length) % random.Length;
    }
}

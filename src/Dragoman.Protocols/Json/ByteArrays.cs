using System.Buffers;
using System.Numerics;

namespace Dragoman.Protocols.Json;

/// <summary>
/// Lends byte arrays. Small ones come from the shared pool; of large ones, which that pool would keep by the dozen for every size, only a few are
/// kept, and none after <see cref="Trim"/>.
/// </summary>
public static class ByteArrays
{
    /// <summary>The largest array that the shared pool lends.</summary>
    private const int LargestShared = 1 << 20;

    /// <summary>How many bytes of large arrays wait here for their next use, at most.</summary>
    private const long MostKept = 64L << 20;

    private static readonly Lock Gate = new();
    private static readonly Stack<byte[]>[] Kept = [.. Enumerable.Range(0, 12).Select(_ => new Stack<byte[]>())];
    private static long _keptBytes;

    /// <summary>The bytes of large arrays that wait for their next use.</summary>
    public static long KeptBytes => Volatile.Read(ref _keptBytes);

    /// <summary>Lends an array of at least so many bytes; what stands in it is of no meaning.</summary>
    public static byte[] Rent(int atLeast)
    {
        if (atLeast <= LargestShared) return ArrayPool<byte>.Shared.Rent(atLeast);
        var bucket = BucketOf(atLeast);
        if (bucket < Kept.Length)
        {
            lock (Gate)
            {
                if (Kept[bucket].TryPop(out var array))
                {
                    _keptBytes -= array.Length;
                    return array;
                }
            }
        }

        return GC.AllocateUninitializedArray<byte>(bucket < Kept.Length ? SizeOf(bucket) : atLeast);
    }

    /// <summary>Takes an array back.</summary>
    public static void Return(byte[] array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length <= LargestShared)
        {
            if (array.Length > 0) ArrayPool<byte>.Shared.Return(array);
            return;
        }

        var bucket = BucketOf(array.Length);
        if (bucket >= Kept.Length || SizeOf(bucket) != array.Length) return;
        lock (Gate)
        {
            if (_keptBytes + array.Length > MostKept) return;
            _keptBytes += array.Length;
            Kept[bucket].Push(array);
        }
    }

    /// <summary>Lets go of all that waits, so that the collector can give it back to the system.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            foreach (var stack in Kept)
            {
                stack.Clear();
                stack.TrimExcess();
            }

            _keptBytes = 0;
        }
    }

    private static int BucketOf(int length) => BitOperations.Log2((uint)(length - 1)) - 19;

    private static int SizeOf(int bucket) => 1 << (bucket + 20);
}

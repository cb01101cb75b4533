using System.Buffers;

namespace Dragoman.Protocols.Json;

/// <summary>A growing byte buffer over pooled arrays. Not thread-safe. Dispose it to give the array back.</summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private readonly MemoryBudget? _budget;
    private byte[] _array;
    private int _written;
    private int _charged;

    /// <summary>Makes a buffer with room for <paramref name="capacity"/> bytes.</summary>
    /// <param name="capacity">The room.</param>
    /// <param name="budget">What large buffers are counted in; null for nothing.</param>
    /// <exception cref="Dragoman.Protocols.WireException">The budget has no room; writing to the buffer may throw it too.</exception>
    public PooledBuffer(int capacity = 4096, MemoryBudget? budget = null)
    {
        _budget = budget;
        _array = [];
        Reserve(Math.Max(capacity, 256));
    }

    /// <summary>How many bytes are in the buffer.</summary>
    public int Length => _written;

    /// <summary>The bytes written so far; valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _written);

    /// <summary>The bytes written so far; valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, _written);

    /// <summary>Forgets the bytes and keeps the room.</summary>
    public void Clear() => _written = 0;

    /// <summary>Gives the array back while there is nothing in it; the next write takes one again.</summary>
    public void ReturnBuffer()
    {
        if (_written == 0) Dispose();
    }

    /// <summary>Drops the first <paramref name="count"/> bytes and moves the rest to the front.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _written);
        if (count == 0) return;
        _written -= count;
        if (_written > 0) Buffer.BlockCopy(_array, count, _array, 0, _written);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsSpan(_written);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var array = _array;
        _array = [];
        _written = 0;
        if (_charged > 0) _budget!.Release(_charged);
        _charged = 0;
        if (array.Length > 0) ByteArrays.Return(array);
    }

    private void Reserve(int room)
    {
        if (_array.Length - _written >= room) return;
        // Doubled in 64 bits: a buffer of a gigabyte that grows gets what it needs, not an overflow.
        var wanted = (int)Math.Min(Math.Max((long)_written + room, _array.Length * 2L), Array.MaxLength);
        if (_budget is not null && wanted > MemoryBudget.FreeOfCharge)
        {
            _budget.Take(wanted - _charged);
            _charged = wanted;
        }

        var larger = ByteArrays.Rent(wanted);
        Buffer.BlockCopy(_array, 0, larger, 0, _written);
        if (_array.Length > 0) ByteArrays.Return(_array);
        _array = larger;
    }
}

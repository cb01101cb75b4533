namespace Dragoman.Protocols.Json;

/// <summary>
/// How much memory all bodies, frames and answers of one gateway may take together. What asks for more than is left is refused with an error
/// that says when to come back; what is held already goes on. Thread-safe.
/// </summary>
public sealed class MemoryBudget(long limit)
{
    /// <summary>The code of the error that a caller is refused with.</summary>
    public const string ErrorCode = "gateway_memory_limit";

    /// <summary>Pieces up to this size are not counted: they come and go with every request.</summary>
    internal const int FreeOfCharge = 64 * 1024;

    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(5);
    private long _limit = limit;
    private long _used;

    /// <summary>The most bytes there may be; may be changed while the gateway runs.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>The bytes that are taken.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Whether an error is the refusal of this class: nobody else's fault, so nobody else is blamed for it.</summary>
    public static bool IsRefusal(WireError? error) => error is { Code: ErrorCode, Origin: null };

    /// <summary>Whether so many more bytes would fit now.</summary>
    public bool HasRoomFor(long bytes) => Used + bytes <= Limit;

    /// <summary>Takes bytes if they fit.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= Limit) return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Takes bytes.</summary>
    /// <exception cref="WireException">They do not fit: 503, with a time to come back.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes)) throw new WireException(Refusal());
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);

    private WireError Refusal() => new(ErrorKind.Unavailable, $"The gateway holds as much as it may ({Limit >> 20} MB, limits.max-memory-mb) and takes no more large bodies for the moment; try again shortly.")
    {
        Status = 503,
        Code = ErrorCode,
        RetryAfter = ComeBack,
    };
}

/// <summary>What one thing has taken of a budget in several steps; all of it is given back at the end.</summary>
public sealed class MemoryShare(MemoryBudget? budget) : IDisposable
{
    private long _taken;

    /// <summary>The bytes that were taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes more if it fits.</summary>
    public bool TryTake(long bytes)
    {
        if (budget is not null && !budget.TryTake(bytes)) return false;
        Interlocked.Add(ref _taken, bytes);
        return true;
    }

    /// <summary>Takes more.</summary>
    /// <exception cref="WireException">It does not fit.</exception>
    public void Take(long bytes)
    {
        budget?.Take(bytes);
        Interlocked.Add(ref _taken, bytes);
    }

    /// <summary>Gives a part back.</summary>
    public void Release(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        budget?.Release(bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var taken = Interlocked.Exchange(ref _taken, 0);
        if (taken != 0) budget?.Release(taken);
    }
}

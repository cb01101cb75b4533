namespace Dragoman.Storage.Secrets;

/// <summary>What it costs to make a key of a passphrase by Argon2id.</summary>
/// <param name="MemoryKiB">The memory that it takes, in KiB.</param>
/// <param name="Iterations">The passes over that memory.</param>
/// <param name="Parallelism">How many threads share it.</param>
public sealed record PassphraseCost(int MemoryKiB, int Iterations, int Parallelism)
{
    /// <summary>The second recommended choice of RFC 9106, section 4: three passes over 64 MiB.</summary>
    public static PassphraseCost Default { get; } = new(64 * 1024, 3, 4);

    /// <summary>Whether this program pays it: a file of somebody else's must not take all memory or time of the gateway.</summary>
    internal bool IsBearable => MemoryKiB is <= 256 * 1024 && Iterations is >= 1 and <= 10 && Parallelism is >= 1 and <= 16 && MemoryKiB >= 8 * Parallelism;
}

namespace Dragoman.Gateway.ClientKeys;

/// <summary><c>limits</c>: how much of anything one client, one upstream and all of them together may claim.</summary>
public sealed record LimitOptions
{
    /// <summary><c>max-body-mb</c>: the largest request body after decompression, in bytes here.</summary>
    public long MaxBodyBytes { get; init; } = 32L << 20;

    /// <summary><c>max-frame-mb</c>: the largest single frame of an upstream's stream, in bytes here.</summary>
    public int MaxFrameBytes { get; init; } = 16 << 20;

    /// <summary><c>max-answer-mb</c>: the largest whole answer, and the most content of a streamed one that is translated, in bytes here.</summary>
    public int MaxAnswerBytes { get; init; } = 64 << 20;

    /// <summary><c>max-queued-mb</c>: the most that the unfinished requests of one WebSocket may take together, in bytes here.</summary>
    public long MaxQueuedBytes { get; init; } = 64L << 20;

    /// <summary><c>max-memory-mb</c>: the most that all large bodies, frames and answers may take together, in bytes here; zero for a quarter of the machine's (or the container's) memory.</summary>
    public long MaxMemoryBytes { get; init; }

    /// <summary><c>max-connections</c>: the most connections of clients at once; zero for what the process's limit of open files has room for. Read at start.</summary>
    public int MaxConnections { get; init; }

    /// <summary><c>client-read-timeout-seconds</c>: how long nothing more may come of a request's body before it is given up; zero for no limit.</summary>
    public TimeSpan ClientReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What <see cref="MaxMemoryBytes"/> comes to on a machine with so much memory.</summary>
    public long MemoryOn(long available) => MaxMemoryBytes > 0 ? MaxMemoryBytes : Math.Max(available / 4, 128L << 20);

    /// <summary><c>refused-burst</c>: how many refusals in a row a caller may repeat without a pause before it is told to wait; zero for no limit.</summary>
    public int RefusedBurst { get; init; } = 20;

    /// <summary><c>refused-per-minute</c>: how many refused requests go on after that.</summary>
    public int RefusedPerMinute { get; init; } = 30;
}

using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Persistence;

/// <summary>The policy of a <see cref="WriteBehindQueue{T}"/>.</summary>
public sealed record WriteBehindOptions
{
    /// <summary>What is written, for the log: <c>Usage</c>, <c>Flows</c>, …</summary>
    public required string Name { get; init; }

    /// <summary>How many items may wait, those of the write under way not counted; beyond it an item is dropped, and counted.</summary>
    public int Capacity { get; init; } = int.MaxValue;

    /// <summary>Whether an item beyond the capacity needs no write of its own, because those that wait stand for it: it is dropped without being counted.</summary>
    public bool Coalesces { get; init; }

    /// <summary>How many items one write takes.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>How long the first item of a batch waits for more to come; not where somebody waits for it.</summary>
    public TimeSpan Gather { get; init; }

    /// <summary>How long a store that was away is left alone; twice as long after each further failure.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a store that is away is left alone at most.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the queue writes on when it is closed; zero to stop even the write under way.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a write that fails while the queue is being closed is tried again within <see cref="DrainTimeout"/>.</summary>
    public bool RetriesWhileClosing { get; init; }

    /// <summary>
    /// Whether what the store refuses (<see cref="StoreFault.Invalid"/>) is tried again like any other failure. Else the items of the batch are written one by
    /// one, and those that are refused are given up.
    /// </summary>
    public bool RetriesRefusals { get; init; }

    /// <summary>How loudly a store that is away is reported.</summary>
    public LogLevel FailureLevel { get; init; } = LogLevel.Error;
}
